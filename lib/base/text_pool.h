#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace base {

/// Keeps many short texts side by side: four bytes for the place instead of a string's 32. What is put stays until the
/// pool goes; a text that is replaced takes the place of the old one when it is not longer. One thread at a time.
class TextPool {
 public:
  using Place = std::uint32_t;  ///< 0: the empty text

  /// Texts of up to 64 KiB, up to 4 GiB of them. Throws std::length_error beyond.
  Place put(std::string_view text);
  /// Wipes the old text, which may be a sealed secret.
  Place replace(Place old, std::string_view text);
  /// Valid until the text is replaced or the pool goes.
  std::string_view get(Place place) const;
  /// Has the beginning of a text fetched into the processor's cache; no text is read.
  void fetch(Place place) const;

 private:
  char* write(Place place, std::string_view text);

  std::vector<std::unique_ptr<char[]>> pages_;
  std::size_t used_ = 0;  ///< bytes of the last page
};

}  // namespace base
