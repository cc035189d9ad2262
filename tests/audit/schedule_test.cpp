#include "audit/schedule.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace audit;
using namespace std::chrono_literals;
using Counts = Schedule::Counts;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
constexpr PairIndex kFirst{0}, kSecond{1}, kThird{2};

const Schedule::Gate kTokenGate{{Counting::kToken, Endpoint::kAccess, 7}, Purpose::kRoutine};
const Schedule::Gate kAccountGate{{Counting::kAccount, Endpoint::kAccess, 7}, Purpose::kRoutine};

std::optional<PairIndex> take(Schedule& schedule, base::Instant now) {
  const auto due = schedule.take_due(now);
  if (!due) return std::nullopt;
  return due->pair;
}

}  // namespace

TEST_CASE("schedule: the earliest due pair comes first, and none before its time") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon + 2s);
  schedule.add(kSecond, kNoon + 1s);
  CHECK(schedule.next_due() == kNoon + 1s);
  CHECK_FALSE(schedule.take_due(kNoon + 999ms));
  CHECK(schedule.next_due() == kNoon + 1s);
  CHECK(take(schedule, kNoon + 3s) == kSecond);
  CHECK(take(schedule, kNoon + 3s) == kFirst);
  CHECK_FALSE(schedule.take_due(kNoon + 3s));
  CHECK_FALSE(schedule.next_due());
  CHECK(schedule.counts() == Counts{.running = 2});
}

TEST_CASE("schedule: a pair says when its turn came, so that its lateness is known") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon + 2s);
  CHECK(schedule.take_due(kNoon + 5s)->due == kNoon + 2s);
}

TEST_CASE("schedule: overdue pairs come in the order of their times, also when they are added late") {
  Schedule schedule(kNoon);
  schedule.add(kThird, kNoon + 3s);
  CHECK_FALSE(schedule.take_due(kNoon + 2s));
  schedule.add(kSecond, kNoon + 1s);
  schedule.add(kFirst, kNoon - 1h);
  CHECK(schedule.next_due() == kNoon - 1h);
  CHECK(take(schedule, kNoon + 3s) == kFirst);
  CHECK(take(schedule, kNoon + 3s) == kSecond);
  CHECK(take(schedule, kNoon + 3s) == kThird);
}

TEST_CASE("schedule: a running pair is not given out again until it is put back") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon);
  REQUIRE(take(schedule, kNoon) == kFirst);
  schedule.hasten(kFirst, kNoon);
  CHECK_FALSE(schedule.take_due(kNoon + 1h));
  CHECK_FALSE(schedule.waits(kFirst));
  schedule.put_back(kFirst, kNoon + 2h);
  CHECK(schedule.waits(kFirst));
  CHECK_FALSE(schedule.take_due(kNoon + 2h - 1ms));
  CHECK(schedule.next_due() == kNoon + 2h);
  CHECK(schedule.counts() == Counts{.waiting = 1});
}

TEST_CASE("schedule: hastening brings a waiting pair forward, never back") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon + 10min);
  schedule.hasten(kFirst, kNoon + 11min);
  CHECK(schedule.next_due() == kNoon + 10min);
  schedule.hasten(kFirst, kNoon + 20s);
  CHECK(schedule.next_due() == kNoon + 20s);
  CHECK(take(schedule, kNoon + 20s) == kFirst);
  CHECK_FALSE(schedule.take_due(kNoon + 1h));
}

TEST_CASE("schedule: a pair whose time has come and is hastened nevertheless is given out once") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon + 1000ms);
  schedule.add(kSecond, kNoon + 1001ms);
  REQUIRE(take(schedule, kNoon + 1000ms) == kFirst);
  schedule.hasten(kSecond, kNoon);
  CHECK(take(schedule, kNoon + 1000ms) == kSecond);
  CHECK_FALSE(schedule.take_due(kNoon + 2s));
}

TEST_CASE("schedule: a pair that is removed does not come back, from wherever it was") {
  Schedule schedule(kNoon);
  for (const PairIndex pair : {kFirst, kSecond, kThird}) schedule.add(pair, kNoon);
  REQUIRE(take(schedule, kNoon));
  REQUIRE(take(schedule, kNoon));
  REQUIRE(take(schedule, kNoon));
  schedule.put_back(kSecond, kNoon + 1s);
  schedule.park(kThird, kTokenGate, kNoon + 1s);
  CHECK(schedule.counts() == Counts{1, 1, 1});
  for (const PairIndex pair : {kFirst, kSecond, kThird}) schedule.remove(pair);
  CHECK(schedule.counts() == Counts{});
  schedule.put_back(kFirst, kNoon);
  schedule.park(kFirst, kTokenGate, kNoon);
  CHECK_FALSE(schedule.take_due(kNoon + 1h));
  CHECK_FALSE(schedule.next_due());
  CHECK_FALSE(schedule.contains(kFirst));
}

TEST_CASE("schedule: a pair that nobody knows is no trouble") {
  Schedule schedule(kNoon);
  schedule.remove(PairIndex{1000});
  schedule.hasten(PairIndex{1000}, kNoon);
  schedule.put_back(PairIndex{1000}, kNoon);
  CHECK_FALSE(schedule.contains(PairIndex{1000}));
  CHECK_FALSE(schedule.waits(PairIndex{1000}));
  CHECK_FALSE(schedule.next_due());
}

TEST_CASE("schedule: an index can be used again after its pair was removed") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon + 1s);
  schedule.remove(kFirst);
  schedule.add(kFirst, kNoon + 2s);
  CHECK_FALSE(schedule.take_due(kNoon + 1s));
  CHECK(take(schedule, kNoon + 2s) == kFirst);
}

TEST_CASE("schedule: who waits for more than a turn of the wheel comes at its time") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon + 6h);
  schedule.add(kSecond, kNoon + 65'536 * 16ms);  // the same slot as now, a turn later
  schedule.add(kThird, kNoon);
  REQUIRE(take(schedule, kNoon) == kThird);
  CHECK_FALSE(schedule.take_due(kNoon + 17min));
  CHECK(take(schedule, kNoon + 65'536 * 16ms) == kSecond);
  int looks = 0;
  base::Instant now = kNoon + 18min;
  while (!schedule.take_due(now)) {
    const auto next = schedule.next_due();
    REQUIRE(next);
    REQUIRE(*next > now);
    REQUIRE(*next <= kNoon + 6h);
    now = *next;
    ++looks;
  }
  CHECK(now == kNoon + 6h);
  CHECK(looks <= 25);
}

TEST_CASE("schedule: a gate lets the first through at its time, then one after another") {
  Schedule schedule(kNoon);
  for (const PairIndex pair : {kFirst, kSecond, kThird}) {
    schedule.add(pair, kNoon);
    REQUIRE(take(schedule, kNoon) == pair);
    schedule.park(pair, kTokenGate, kNoon + 5s);
  }
  CHECK(schedule.counts() == Counts{.parked = 3});
  CHECK(schedule.next_due() == kNoon + 5s);
  CHECK_FALSE(schedule.take_due(kNoon + 5s - 1ms));
  CHECK(take(schedule, kNoon + 5s) == kFirst);
  CHECK(take(schedule, kNoon + 5s) == kSecond);
  CHECK(take(schedule, kNoon + 5s) == kThird);
  CHECK_FALSE(schedule.next_due());
}

TEST_CASE("schedule: a pair that its gate let through in vain keeps its place at the head") {
  Schedule schedule(kNoon);
  for (const PairIndex pair : {kFirst, kSecond, kThird}) {
    schedule.add(pair, kNoon);
    REQUIRE(take(schedule, kNoon) == pair);
    schedule.park(pair, kTokenGate, kNoon + 5s);
  }
  REQUIRE(take(schedule, kNoon + 5s) == kFirst);
  schedule.put_back(kFirst, kNoon + 1h);
  REQUIRE(take(schedule, kNoon + 5s) == kSecond);
  schedule.park(kSecond, kTokenGate, kNoon + 10s);
  CHECK_FALSE(schedule.take_due(kNoon + 6s));
  CHECK(schedule.take_due(kNoon + 10s)->due == kNoon);
  CHECK(schedule.counts() == Counts{1, 1, 1});
  schedule.put_back(kSecond, kNoon + 10s);
  CHECK(take(schedule, kNoon + 10s) == kThird);
  CHECK(take(schedule, kNoon + 10s) == kSecond);
}

TEST_CASE("schedule: a pair that had its answer queues behind the others next time") {
  Schedule schedule(kNoon);
  for (const PairIndex pair : {kFirst, kSecond}) {
    schedule.add(pair, kNoon);
    REQUIRE(take(schedule, kNoon) == pair);
    schedule.park(pair, kTokenGate, kNoon + 5s);
  }
  REQUIRE(take(schedule, kNoon + 5s) == kFirst);
  schedule.put_back(kFirst, kNoon + 5s);
  schedule.add(kThird, kNoon + 6s);
  REQUIRE(take(schedule, kNoon + 5s) == kSecond);
  schedule.park(kSecond, kTokenGate, kNoon + 10s);
  REQUIRE(take(schedule, kNoon + 6s) == kFirst);
  schedule.park(kFirst, kTokenGate, kNoon + 10s);
  CHECK(take(schedule, kNoon + 10s) == kSecond);
  CHECK(take(schedule, kNoon + 10s) == kFirst);
  CHECK(take(schedule, kNoon + 10s) == kThird);
}

TEST_CASE("schedule: gates open each at its own time, and before those who merely wait") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon);
  REQUIRE(take(schedule, kNoon) == kFirst);
  schedule.park(kFirst, kTokenGate, kNoon + 5s);
  schedule.add(kSecond, kNoon);
  REQUIRE(take(schedule, kNoon) == kSecond);
  schedule.park(kSecond, kAccountGate, kNoon + 2s);
  schedule.add(kThird, kNoon + 1s);
  CHECK(take(schedule, kNoon + 2s) == kSecond);
  CHECK(take(schedule, kNoon + 6s) == kFirst);
  CHECK(take(schedule, kNoon + 6s) == kThird);
}

TEST_CASE("schedule: confirmations queue apart from the routine of the same bucket") {
  Schedule schedule(kNoon);
  schedule.add(kFirst, kNoon);
  schedule.add(kSecond, kNoon);
  const auto one = take(schedule, kNoon), other = take(schedule, kNoon);
  schedule.park(*one, kTokenGate, kNoon + 5s);
  schedule.park(*other, {kTokenGate.bucket, Purpose::kConfirmation}, kNoon + 1s);
  CHECK(take(schedule, kNoon + 1s) == other);
  CHECK_FALSE(schedule.take_due(kNoon + 1s));
}

TEST_CASE("schedule: a parked pair that is hastened leaves its gate, wherever it stands in the queue") {
  for (const PairIndex leaving : {kFirst, kSecond, kThird}) {
    Schedule schedule(kNoon);
    for (const PairIndex pair : {kFirst, kSecond, kThird}) {
      schedule.add(pair, kNoon);
      REQUIRE(take(schedule, kNoon) == pair);
      schedule.park(pair, kTokenGate, kNoon + 5s);
    }
    schedule.hasten(leaving, kNoon + 1s);
    CHECK(schedule.waits(leaving));
    CHECK(schedule.counts() == Counts{.waiting = 1, .parked = 2});
    CHECK(take(schedule, kNoon + 1s) == leaving);
    CHECK_FALSE(schedule.take_due(kNoon + 1s));
    for (const PairIndex pair : {kFirst, kSecond, kThird})
      if (pair != leaving) CHECK(take(schedule, kNoon + 5s) == pair);
    CHECK_FALSE(schedule.take_due(kNoon + 1h));
  }
}

TEST_CASE("schedule: after a suspend of eight hours everything overdue comes at once, in order") {
  Schedule schedule(kNoon);
  std::mt19937 random(5);
  for (std::uint32_t pair = 0; pair < 20'000; ++pair) {
    schedule.add(PairIndex{pair}, kNoon + base::Duration(random() % (7 * 3600'000)));
  }
  schedule.add(PairIndex{20'000}, kNoon + 9h);
  base::Instant before = kNoon;
  for (int pair = 0; pair < 20'000; ++pair) {
    const auto due = schedule.take_due(kNoon + 8h);
    REQUIRE(due);
    REQUIRE(due->due >= before);
    before = due->due;
  }
  CHECK_FALSE(schedule.take_due(kNoon + 8h));
  CHECK(take(schedule, kNoon + 9h) == PairIndex{20'000});
}

TEST_CASE("schedule: whoever looks again at next_due() meets each pair at its time and never spins") {
  Schedule schedule(kNoon);
  std::mt19937 random(9);
  std::map<PairIndex, base::Instant> due;
  for (std::uint32_t pair = 0; pair < 3000; ++pair) {
    due[PairIndex{pair}] = kNoon + base::Duration(random() % (3 * 3600'000));
    schedule.add(PairIndex{pair}, due[PairIndex{pair}]);
  }
  int in_vain = 0;
  base::Instant now = kNoon - 1ms;
  while (const auto next = schedule.next_due()) {
    REQUIRE(*next > now);
    now = *next;
    int taken = 0;
    while (const auto one = schedule.take_due(now)) {
      REQUIRE(one->due == now);
      REQUIRE(due.at(one->pair) == now);
      due.erase(one->pair);
      ++taken;
    }
    in_vain += taken == 0;
  }
  CHECK(due.empty());
  CHECK(in_vain < 300);
}
