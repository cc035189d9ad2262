#include "base/clock.h"

namespace base {
namespace {

Instant wall_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

}  // namespace

SystemClock::SystemClock() : started_utc_(wall_now()), started_steady_(std::chrono::steady_clock::now()) {}

Moment SystemClock::now() const {
  const auto passed = std::chrono::steady_clock::now() - started_steady_;
  return {wall_now(), started_utc_ + std::chrono::floor<Duration>(passed)};
}

}  // namespace base
