#include "base/text_pool.h"

#include <openssl/crypto.h>

#include <cstring>
#include <stdexcept>

namespace base {
namespace {

// Each text starts with its length, two bytes. A place counts bytes from the start of the first page, so that a page
// and a position in it are one number of 32 bits.
constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kPage = std::size_t{1} << 17;
constexpr std::size_t kLongest = 0xFFFF;
constexpr std::size_t kMostPages = (std::size_t{1} << 32) / kPage;

}  // namespace

TextPool::Place TextPool::put(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() > kLongest) throw std::length_error("a text of more than 64 KiB cannot be pooled");
  const std::size_t needed = kLengthBytes + text.size();
  if (pages_.empty() || used_ + needed > kPage) {
    if (pages_.size() == kMostPages) throw std::length_error("the pool of texts is full");
    pages_.push_back(std::make_unique<char[]>(kPage));
    used_ = pages_.size() == 1 ? 1 : 0;  // place 0 is the empty text
  }
  const auto place = static_cast<Place>((pages_.size() - 1) * kPage + used_);
  used_ += needed;
  write(place, text);
  return place;
}

char* TextPool::write(Place place, std::string_view text) {
  char* const start = pages_[place / kPage].get() + place % kPage;
  start[0] = static_cast<char>(text.size() & 0xFF);
  start[1] = static_cast<char>(text.size() >> 8);
  std::memcpy(start + kLengthBytes, text.data(), text.size());
  return start;
}

TextPool::Place TextPool::replace(Place old, std::string_view text) {
  if (old == 0) return put(text);
  const std::string_view before = get(old);
  if (before == text) return old;
  const bool fits = text.size() <= before.size() && !text.empty();
  ::OPENSSL_cleanse(const_cast<char*>(before.data()), before.size());
  if (!fits) return put(text);
  write(old, text);
  return old;
}

void TextPool::fetch(Place place) const {
  if (place == 0) return;
  constexpr std::size_t kCacheLine = 64;
  const char* const start = pages_[place / kPage].get() + place % kPage;
  __builtin_prefetch(start);
  __builtin_prefetch(start + kCacheLine);  // a sealed secret has two; beyond the page it does no harm
}

std::string_view TextPool::get(Place place) const {
  if (place == 0) return {};
  const char* const start = pages_[place / kPage].get() + place % kPage;
  const auto low = static_cast<unsigned char>(start[0]);
  const auto high = static_cast<unsigned char>(start[1]);
  return {start + kLengthBytes, static_cast<std::size_t>(low) | static_cast<std::size_t>(high) << 8};
}

}  // namespace base
