#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "base/time.h"
#include "xads/observation.h"

namespace scenario {

using namespace std::chrono_literals;

/// X's side of a rate limit: windows of 15 minutes that begin with their first call, counted by ad account or by token.
class Windows {
 public:
  explicit Windows(bool counts_by_account = true, int calls = 2000) : by_account(counts_by_account), limit(calls) {}

  bool by_account;
  int limit;
  std::map<std::string, int> others;  ///< calls of somebody else, taken from each window of this owner at its start
  bool with_headers = true;

  /// One call of ours. Throttled when the window is used up.
  struct Outcome {
    bool throttled = false;
    xads::RateLimits limits;
    base::Instant reset;
  };
  Outcome call(const std::string& token, const std::string& account, base::Instant server_now) {
    const std::string& owner = by_account ? account : token;
    Window& window = windows_[owner];
    if (server_now >= window.begin + 15min) {
      window = {.begin = server_now};
      const auto taken = others.find(owner);
      if (taken != others.end()) window.used = taken->second;
    }
    Outcome outcome{.throttled = window.used >= limit, .reset = window.begin + 15min};
    if (!outcome.throttled) ++window.used;
    if (!outcome.throttled) ++window.ours;
    if (outcome.throttled) ++refused;
    most_ours = std::max(most_ours, window.ours);
    if (!with_headers) return outcome;
    // X counts in whole seconds.
    const xads::RateLimit family{limit, std::max(limit - window.used, 0),
                                 base::from_epoch_seconds(base::to_epoch_seconds(outcome.reset))};
    (by_account ? outcome.limits.account : outcome.limits.user) = family;
    return outcome;
  }
  void forget() { windows_.clear(); }

  int refused = 0;    ///< answers of 429
  int most_ours = 0;  ///< calls of ours in the fullest window

 private:
  struct Window {
    base::Instant begin{};
    int used = 0, ours = 0;
  };
  std::map<std::string, Window> windows_;
};

}  // namespace scenario
