#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

/// Finds an element of a table by its key, when the key lies in the table itself: four bytes for each element (and a
/// half more for room), where a map of keys would hold them a second time. Open addressing with linear probing. One
/// thread at a time.
class IndexTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  /// `is_it(index)` compares the element's key with the wanted one. kNone when there is none.
  template <class IsIt>
  std::uint32_t find(std::uint64_t hash, IsIt is_it) const {
    if (slots_.empty()) return kNone;
    for (std::size_t slot = start(hash);; slot = next(slot)) {
      if (slots_[slot] == kNone) return kNone;
      if (slots_[slot] != kGone && is_it(slots_[slot])) return slots_[slot];
    }
  }
  /// Requires a key that is not there. `hash_of(index)` is needed when the table grows.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t index, HashOf hash_of) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow(hash_of);
    place(hash, index);
  }
  /// The element with this very index. Unknown ones are no error.
  void erase(std::uint64_t hash, std::uint32_t index) {
    if (slots_.empty()) return;
    for (std::size_t slot = start(hash); slots_[slot] != kNone; slot = next(slot)) {
      if (slots_[slot] != index) continue;
      slots_[slot] = kGone;
      --alive_;
      return;
    }
  }

 private:
  static constexpr std::uint32_t kGone = 0xFFFF'FFFE;

  std::size_t start(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  void place(std::uint64_t hash, std::uint32_t index) {
    std::size_t slot = start(hash);
    while (slots_[slot] != kNone) slot = next(slot);
    slots_[slot] = index;
    ++used_;
    ++alive_;
  }
  template <class HashOf>
  void grow(HashOf hash_of) {
    std::size_t size = 16;
    while (size * 3 < (alive_ + 1) * 4 * 3 / 2) size *= 2;
    auto indices = std::exchange(slots_, std::vector<std::uint32_t>(size, kNone));
    used_ = alive_ = 0;
    // In the order of the table that holds the keys: its memory is read once from end to end.
    std::erase_if(indices, [](std::uint32_t index) { return index >= kGone; });
    std::sort(indices.begin(), indices.end());
    for (const std::uint32_t index : indices) place(hash_of(index), index);
  }

  std::vector<std::uint32_t> slots_;  ///< a power of two, at most three quarters used
  std::size_t used_ = 0;              ///< slots that are not kNone
  std::size_t alive_ = 0;
};

/// A hash of short texts, the same in every process: FNV-1a, mixed at the end so that its low bits can be used alone.
std::uint64_t hash_of(std::string_view text);

}  // namespace base
