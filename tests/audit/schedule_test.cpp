#include "audit/schedule.h"

#include <doctest/doctest.h>

#include <set>

using audit::ProbeId;
using audit::Schedule;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

ProbeId new_probe() {
  static base::SeededRandom random(7);
  return ProbeId::make(kNoon, random);
}

}  // namespace

TEST_CASE("schedule: the earliest due probe comes first, and none before its time") {
  Schedule schedule({15min, 0.1});
  const ProbeId late = new_probe(), early = new_probe();
  schedule.add(late, kNoon + 2s);
  schedule.add(early, kNoon + 1s);
  CHECK(schedule.next_due() == kNoon + 1s);
  CHECK_FALSE(schedule.take_due(kNoon + 999ms));
  CHECK(schedule.take_due(kNoon + 3s) == early);
  CHECK(schedule.take_due(kNoon + 3s) == late);
  CHECK_FALSE(schedule.take_due(kNoon + 3s));
  CHECK(schedule.running() == 2);
}

TEST_CASE("schedule: a running probe is not given out again until it is put back") {
  Schedule schedule({15min, 0.1});
  const ProbeId probe = new_probe();
  schedule.add(probe, kNoon);
  REQUIRE(schedule.take_due(kNoon) == probe);
  schedule.hasten(probe, kNoon);
  CHECK_FALSE(schedule.take_due(kNoon + 1h));
  schedule.put_back(probe, kNoon + 5s);
  CHECK(schedule.next_due() == kNoon + 5s);
}

TEST_CASE("schedule: among probes that were put off to the same time the longest overdue goes first") {
  Schedule schedule({15min, 0.1});
  const ProbeId first = new_probe(), second = new_probe(), third = new_probe();
  schedule.add(third, kNoon + 3s);
  schedule.add(first, kNoon + 1s);
  schedule.add(second, kNoon + 2s);
  for (int probe = 0; probe < 3; ++probe) schedule.defer(*schedule.take_due(kNoon + 10s), kNoon + 1min);
  CHECK_FALSE(schedule.take_due(kNoon + 59s));
  CHECK(schedule.take_due(kNoon + 1min) == first);
  schedule.put_back(first, kNoon + 1min);
  CHECK(schedule.take_due(kNoon + 1min) == second);
  CHECK(schedule.take_due(kNoon + 1min) == third);
  CHECK(schedule.take_due(kNoon + 1min) == first);
}

TEST_CASE("schedule: hastening brings a probe forward, never back") {
  Schedule schedule({15min, 0.1});
  const ProbeId probe = new_probe();
  schedule.add(probe, kNoon + 10min);
  schedule.hasten(probe, kNoon + 11min);
  CHECK(schedule.next_due() == kNoon + 10min);
  schedule.hasten(probe, kNoon + 20s);
  CHECK(schedule.next_due() == kNoon + 20s);
}

TEST_CASE("schedule: a probe removed while it runs does not come back") {
  Schedule schedule({15min, 0.1});
  const ProbeId probe = new_probe();
  schedule.add(probe, kNoon);
  REQUIRE(schedule.take_due(kNoon) == probe);
  schedule.remove(probe);
  schedule.put_back(probe, kNoon);
  CHECK_FALSE(schedule.take_due(kNoon + 1h));
  CHECK(schedule.waiting() + schedule.running() == 0);
}

TEST_CASE("schedule: the phase is the same after a restart and differs between pairs") {
  CHECK(audit::phase("brand-a", "18ce54d4x5t", 15min) == audit::phase("brand-a", "18ce54d4x5t", 15min));
  CHECK(audit::phase("brand-a", "18ce54d4x5t", 15min) != audit::phase("brand-a", "18ce54d4x6u", 15min));
  CHECK(audit::phase("ab", "c", 15min) != audit::phase("a", "bc", 15min));
}

TEST_CASE("schedule: phases spread over the whole interval") {
  int tenths[10] = {};
  for (int pair = 0; pair < 10'000; ++pair) {
    const auto at = audit::phase("token", std::to_string(pair), 1000s);
    REQUIRE(at >= 0s);
    REQUIRE(at < 1000s);
    ++tenths[at / 100s];
  }
  for (const int count : tenths) CHECK((count > 850 && count < 1150));
}

TEST_CASE("schedule: jitter only ever delays, and by its share at most") {
  Schedule schedule({1000s, 0.1});
  base::SeededRandom random(1);
  std::set<base::Instant> seen;
  for (int draw = 0; draw < 100; ++draw) {
    const auto due = schedule.after_interval(kNoon, random);
    CHECK(due >= kNoon + 1000s);
    CHECK(due <= kNoon + 1100s);
    seen.insert(due);
  }
  CHECK(seen.size() > 90);
}
