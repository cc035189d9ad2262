// How fast a sink lets itself be posted to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fakes {

/// Takes `per_second` posts a second on average, and `burst` of them at once after a pause. Each path is paced alone,
/// as each of Slack's webhooks is (https://docs.slack.dev/apis/web-api/rate-limits). Posts that are refused cost
/// nothing.
class Pace {
 public:
  /// BadCommand unless both are above 0.
  Pace(double per_second, std::int64_t burst);

  /// Nothing when the post is taken; else the whole seconds, 1 at least, after which one will be.
  std::optional<std::int64_t> refuse(const std::string& path, std::int64_t now_ms);

 private:
  double gap_ms_;                          ///< between posts in the long run
  double ahead_ms_;                        ///< how far a burst may run ahead of it
  std::map<std::string, double> next_ms_;  ///< by path: when the next post would be due without bursts
};

}  // namespace fakes
