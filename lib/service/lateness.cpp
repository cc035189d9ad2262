#include "service/lateness.h"

#include <algorithm>
#include <bit>

namespace service {

void Lateness::add(base::Duration late) {
  const auto ms = static_cast<std::uint64_t>(std::max<base::Duration::rep>(late.count(), 0));
  // Below kSteps each millisecond has a step of its own; above, a doubling has kSteps of them.
  std::size_t step = ms;
  if (ms >= kSteps) {
    const auto doublings = static_cast<std::size_t>(std::bit_width(ms)) - std::bit_width(kSteps);
    step = (doublings + 1) * kSteps + ((ms >> doublings) - kSteps);
  }
  ++counts_[std::min(step, counts_.size() - 1)];
  ++total_;
}

base::Duration Lateness::quantile(double share) const {
  std::uint64_t within = 0;
  for (std::size_t step = 0; step < counts_.size() && total_ > 0; ++step) {
    within += counts_[step];
    if (static_cast<double>(within) < share * static_cast<double>(total_)) continue;
    if (step < kSteps) return base::Duration(step);
    const std::size_t doublings = step / kSteps - 1;
    return base::Duration(((step % kSteps + kSteps + 1) << doublings) - 1);  // the end of the step
  }
  return base::Duration(0);
}

}  // namespace service
