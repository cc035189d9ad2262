#include "base/clock.h"

#include <doctest/doctest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

const Instant kNoon = parse_instant("2026-11-23T12:00:00Z").value();

}  // namespace

TEST_CASE("clock: a manual clock stands still until told") {
  ManualClock clock(kNoon);
  CHECK(clock.now().utc == kNoon);
  CHECK(clock.now().steady == kNoon);
  clock.advance(90s);
  CHECK(clock.now().utc == kNoon + 90s);
  CHECK(clock.now().steady == kNoon + 90s);
}

TEST_CASE("clock: a step of the wall clock leaves the steady one alone") {
  ManualClock clock(kNoon);
  clock.step_wall(-1h);
  CHECK(clock.now().utc == kNoon - 1h);
  CHECK(clock.now().steady == kNoon);
}

TEST_CASE("clock: the machine's steady time never goes back and starts as the wall clock") {
  const SystemClock clock;
  const Moment first = clock.now();
  const Moment second = clock.now();
  CHECK(second.steady >= first.steady);
  CHECK(std::chrono::abs(first.steady - first.utc) < 1min);
  CHECK(first.utc > parse_instant("2024-01-01T00:00:00Z").value());
}

}  // namespace base
