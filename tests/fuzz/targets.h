#pragma once

#include <string_view>

#include "base/ensure.h"

/// What strangers' bytes go through, one function each. A target takes any bytes; it ends the process, by ENSURE or a
/// sanitizer, when the code does not keep what it promises. The same bytes always do the same. libFuzzer runs each as a
/// program (scripts/fuzz), and the replay test runs all on the files of tests/data/fuzz/<target>.
///
/// A new target is a function here, a line in CMakeLists.txt and in replay_test.cpp, and a folder of seeds.
namespace fuzz {

// base and xads
void json(std::string_view bytes);
void classify(std::string_view bytes);
void call_back(std::string_view bytes);

// http
void answer(std::string_view bytes);
void url(std::string_view bytes);
void address(std::string_view bytes);
void smtp(std::string_view bytes);
void request(std::string_view bytes);

// alert
void match(std::string_view bytes);
void words(std::string_view bytes);

// store
void change_log(std::string_view bytes);
void sealed(std::string_view bytes);

// service
void control(std::string_view bytes);

// settings
void settings(std::string_view bytes);
void scenario(std::string_view bytes);

/// Cuts bytes into pieces: each begins with its size in one byte, or what is left when that is less.
class Pieces {
 public:
  explicit Pieces(std::string_view bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<unsigned char>(rest_[0]);
    rest_.remove_prefix(1);
    return first;
  }
  std::string_view text() { return take(byte()); }
  std::string_view rest() { return take(rest_.size()); }
  long long number() {
    unsigned long long value = 0;
    const auto bytes = take(byte() % 9);
    for (const char each : bytes) value = value << 8 | static_cast<unsigned char>(each);
    return static_cast<long long>(value);
  }

 private:
  std::string_view take(std::size_t size) {
    const auto piece = rest_.substr(0, size);
    rest_.remove_prefix(piece.size());
    return piece;
  }
  std::string_view rest_;
};

}  // namespace fuzz
