// The rate-limit windows of the fake. As X's staff describe them, a window begins at the first call, lasts a fixed time
// and is counted for each endpoint (twittercommunity.com/t/95775).
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace fakes {

struct WindowLevel {
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  std::int64_t reset = 0;  ///< epoch seconds
  bool allowed = true;     ///< false: this call found the window empty
};

/// Counts calls by key. Holds no clock: every call says what time it is, in epoch seconds.
class RateWindows {
 public:
  /// Takes `calls` out of the key's window, which begins now if there is none; an empty window refuses.
  WindowLevel spend(const std::string& key, std::int64_t limit, std::int64_t length_s, std::int64_t now_s,
                    std::int64_t calls = 1);
  void clear() { windows_.clear(); }

 private:
  struct Window {
    std::int64_t ends_s = 0;
    std::int64_t used = 0;
  };
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace fakes
