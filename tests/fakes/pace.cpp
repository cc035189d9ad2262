#include "pace.h"

#include <algorithm>
#include <cmath>

#include "json.h"

namespace fakes {

Pace::Pace(double per_second, std::int64_t burst)
    : gap_ms_(1000 / per_second), ahead_ms_(gap_ms_ * static_cast<double>(burst - 1)) {
  if (!(per_second > 0)) throw BadCommand("member \"per_second\" must be above 0");
  if (burst < 1) throw BadCommand("member \"burst\" must be above 0");
}

std::optional<std::int64_t> Pace::refuse(const std::string& path, std::int64_t now_ms) {
  const auto now = static_cast<double>(now_ms);
  double& next = next_ms_[path];
  const double wait = next - ahead_ms_ - now;
  if (wait > 0) return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(wait / 1000)));
  next = std::max(next, now) + gap_ms_;
  return std::nullopt;
}

}  // namespace fakes
