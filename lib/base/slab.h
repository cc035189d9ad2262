#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace base {

/// A list that grows by pieces: nothing moves when it grows, and no more than one piece lies unused. One thread at a
/// time.
template <class T, std::size_t kPiece = 4096>
class Slab {
 public:
  T& operator[](std::size_t index) { return (*pieces_[index / kPiece])[index % kPiece]; }
  const T& operator[](std::size_t index) const { return (*pieces_[index / kPiece])[index % kPiece]; }

  /// The index of the new element.
  std::size_t push_back(T value) {
    if (size_ == pieces_.size() * kPiece) pieces_.push_back(std::make_unique<std::array<T, kPiece>>());
    (*this)[size_] = std::move(value);
    return size_++;
  }
  std::size_t size() const { return size_; }

 private:
  std::vector<std::unique_ptr<std::array<T, kPiece>>> pieces_;
  std::size_t size_ = 0;
};

}  // namespace base
