#pragma once

#include <algorithm>
#include <vector>

#include "base/time.h"

namespace simulation {

/// X's side of a rate limit: windows of 15 minutes that begin with their first call. Steady time.
class Windows {
 public:
  static constexpr base::Duration kLength{15 * 60'000};

  Windows(std::size_t owners, int limit) : limit_(limit), windows_(owners) {}

  struct Call {
    bool refused = false;
    int remaining = 0;
    base::Instant reset;
  };
  /// One call of ours. `crowded`: others have used all but a few calls of this window.
  Call call(std::size_t owner, bool crowded, base::Instant now) {
    constexpr int kLeftByOthers = 3;
    Window& window = windows_[owner];
    if (now >= window.begin + kLength) window = {.begin = now};
    if (crowded) window.used = std::max(window.used, limit_ - kLeftByOthers);
    const bool refused = window.used >= limit_;
    if (!refused) ++window.used;
    return {refused, limit_ - window.used, window.begin + kLength};
  }
  int limit() const { return limit_; }

 private:
  struct Window {
    base::Instant begin = base::Instant::min() + 2 * kLength;
    int used = 0;
  };
  int limit_;
  std::vector<Window> windows_;
};

}  // namespace simulation
