#include "audit/host_pace.h"

#include <doctest/doctest.h>

using audit::HostPace;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
constexpr base::Instant kAnswerFirst = base::Instant::max();

/// As many questions as the host takes at `now`.
std::size_t start_all(HostPace& pace, base::Instant now) {
  std::size_t started = 0;
  for (; !pace.wait(now); ++started) pace.started(now);
  return started;
}

/// One round trip of 100 ms in which all goes well; afterwards `now` is its end.
std::size_t good_round_trip(HostPace& pace, base::Instant& now) {
  const std::size_t started = start_all(pace, now);
  const base::Instant asked = now;
  now += 100ms;
  for (std::size_t question = 0; question < started; ++question) pace.succeeded(asked, now);
  return started;
}

/// Five troubles in a row, at `now`.
void five_troubles(HostPace& pace, base::Instant now) {
  for (int question = 0; question < 5; ++question) {
    pace.started(now - 10ms);
    pace.troubled(now - 10ms, std::nullopt, now);
  }
}

}  // namespace

TEST_CASE("host pace: a host that is well takes the most at once, and no more") {
  HostPace pace(64);
  CHECK(start_all(pace, kNoon) == 64);
  CHECK(pace.wait(kNoon) == kAnswerFirst);
  CHECK(pace.in_flight() == 64);
  pace.succeeded(kNoon, kNoon + 1ms);
  CHECK_FALSE(pace.wait(kNoon + 1ms));
}

TEST_CASE("host pace: trouble halves what may be under way, once for a round trip") {
  HostPace pace(64);
  CHECK(start_all(pace, kNoon) == 64);
  pace.troubled(kNoon, std::nullopt, kNoon + 100ms);
  CHECK(pace.limit() == 32);
  pace.troubled(kNoon, std::nullopt, kNoon + 101ms);
  CHECK(pace.limit() == 32);
  pace.succeeded(kNoon, kNoon + 102ms);
  CHECK(pace.limit() == 32);
  pace.abandoned();
  for (int question = 0; question < 40; ++question) pace.succeeded(kNoon, kNoon + 103ms);
  CHECK(pace.limit() == 32);
  pace.started(kNoon + 104ms);
  pace.troubled(kNoon + 104ms, std::nullopt, kNoon + 200ms);
  CHECK(pace.limit() == 16);
}

TEST_CASE("host pace: without a pause it grows by one in a round trip") {
  HostPace pace(64);
  pace.started(kNoon);
  pace.troubled(kNoon, std::nullopt, kNoon + 1ms);
  base::Instant now = kNoon + 2ms;
  CHECK(good_round_trip(pace, now) == 32);
  CHECK(good_round_trip(pace, now) == 33);
  CHECK(good_round_trip(pace, now) == 34);
}

TEST_CASE("host pace: four troubles in a row are no reason to pause, the fifth is one for a second") {
  HostPace pace(64);
  for (int question = 0; question < 4; ++question) {
    pace.started(kNoon);
    pace.troubled(kNoon, std::nullopt, kNoon + 10ms);
  }
  CHECK_FALSE(pace.paused_until(kNoon + 10ms));
  pace.started(kNoon + 10ms);
  pace.troubled(kNoon + 10ms, std::nullopt, kNoon + 20ms);
  CHECK(pace.paused_until(kNoon + 20ms) == kNoon + 1020ms);
  CHECK(pace.wait(kNoon + 20ms) == kNoon + 1020ms);
}

TEST_CASE("host pace: a success in between starts the count again") {
  HostPace pace(64);
  for (int question = 0; question < 20; ++question) {
    pace.started(kNoon);
    if (question % 5 == 4) {
      pace.succeeded(kNoon, kNoon + 1ms);
    } else {
      pace.troubled(kNoon, std::nullopt, kNoon + 1ms);
    }
  }
  CHECK_FALSE(pace.paused_until(kNoon + 1ms));
}

TEST_CASE("host pace: after a pause one question tries, and nobody else") {
  HostPace pace(64);
  five_troubles(pace, kNoon);
  CHECK_FALSE(pace.wait(kNoon + 1s));
  CHECK_FALSE(pace.paused_until(kNoon + 1s));
  pace.started(kNoon + 1s);
  CHECK(pace.wait(kNoon + 1s) == kAnswerFirst);
  CHECK(pace.limit() == 1);
}

TEST_CASE("host pace: pauses double up to five minutes while the host stays ill") {
  HostPace pace(64);
  five_troubles(pace, kNoon);
  base::Instant now = kNoon;
  for (const base::Duration pause : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s}) {
    REQUIRE(pace.paused_until(now) == now + pause);
    now += pause;
    pace.started(now);
    pace.troubled(now, std::nullopt, now + 1s);
    now += 1s;
  }
}

TEST_CASE("host pace: retry-after is obeyed, up to a quarter of an hour") {
  HostPace pace(64);
  pace.started(kNoon);
  pace.troubled(kNoon, 30s, kNoon + 1s);
  CHECK(pace.wait(kNoon + 1s) == kNoon + 31s);
  pace.started(kNoon + 31s);
  pace.troubled(kNoon + 31s, 3h, kNoon + 32s);
  CHECK(pace.wait(kNoon + 32s) == kNoon + 32s + 15min);
}

TEST_CASE("host pace: a retry-after of nothing is trouble like any other") {
  HostPace pace(64);
  pace.started(kNoon);
  pace.troubled(kNoon, 0s, kNoon + 1s);
  CHECK_FALSE(pace.wait(kNoon + 1s));
  CHECK(pace.limit() == 32);
}

TEST_CASE("host pace: answers to questions from before a pause neither end nor lengthen it") {
  HostPace pace(64);
  CHECK(start_all(pace, kNoon) == 64);
  for (int question = 0; question < 5; ++question) pace.troubled(kNoon, std::nullopt, kNoon + 1s);
  REQUIRE(pace.paused_until(kNoon + 1s) == kNoon + 2s);
  pace.troubled(kNoon, 10min, kNoon + 1500ms);
  pace.succeeded(kNoon, kNoon + 1500ms);
  CHECK(pace.paused_until(kNoon + 1500ms) == kNoon + 2s);

  pace.started(kNoon + 2s);
  pace.succeeded(kNoon, kNoon + 2100ms);
  pace.troubled(kNoon, 10min, kNoon + 2100ms);
  CHECK(pace.wait(kNoon + 2100ms) == kAnswerFirst);
  pace.succeeded(kNoon + 2s, kNoon + 2200ms);
  for (int question = 0; question < 20; ++question) pace.troubled(kNoon, 10min, kNoon + 2300ms);
  CHECK_FALSE(pace.paused_until(kNoon + 2300ms));
  CHECK(pace.limit() == 1);
}

TEST_CASE("host pace: after a pause it comes back to half of its old speed within a few round trips") {
  HostPace pace(64);
  pace.started(kNoon);
  pace.troubled(kNoon, 5s, kNoon);
  base::Instant now = kNoon + 5s;
  CHECK(good_round_trip(pace, now) == 1);
  CHECK(good_round_trip(pace, now) == 1);
  CHECK(good_round_trip(pace, now) == 2);
  CHECK(good_round_trip(pace, now) == 4);
  CHECK(good_round_trip(pace, now) == 8);
  CHECK(good_round_trip(pace, now) == 16);
  CHECK(good_round_trip(pace, now) == 32);
  CHECK(good_round_trip(pace, now) == 33);
}

TEST_CASE("host pace: four thousand at once are back within seventy round trips") {
  HostPace pace(4096);
  pace.started(kNoon);
  pace.troubled(kNoon, 5s, kNoon);
  base::Instant now = kNoon + 5s;
  int round_trips = 0;
  while (pace.limit() < 4096 && round_trips < 1000) {
    good_round_trip(pace, now);
    ++round_trips;
  }
  CHECK(round_trips < 70);
}

TEST_CASE("host pace: after a recovery the next pause is short again") {
  HostPace pace(4);
  five_troubles(pace, kNoon);
  base::Instant now = kNoon + 1s;
  pace.started(now);
  pace.troubled(now, std::nullopt, now);
  REQUIRE(pace.paused_until(now) == now + 2s);
  now += 2s;
  for (int round_trip = 0; round_trip < 20; ++round_trip) good_round_trip(pace, now);
  five_troubles(pace, now + 20ms);
  CHECK(pace.paused_until(now + 20ms) == now + 1020ms);
}

TEST_CASE("host pace: when nobody waits any more for the one question, another may try") {
  HostPace pace(64);
  five_troubles(pace, kNoon);
  pace.started(kNoon + 1s);
  CHECK(pace.wait(kNoon + 2s) == kAnswerFirst);
  pace.abandoned();
  CHECK_FALSE(pace.wait(kNoon + 2s));
  CHECK(pace.in_flight() == 0);
}

TEST_CASE("host pace: one at a time is never less") {
  HostPace pace(1);
  pace.started(kNoon);
  pace.troubled(kNoon, std::nullopt, kNoon + 1ms);
  CHECK(pace.limit() == 1);
  CHECK_FALSE(pace.wait(kNoon + 1ms));
}

TEST_CASE("host pace: another one goes on where this one stands, also with another limit") {
  HostPace well(64);
  HostPace next(16);
  next.continue_after(well);
  CHECK(next.limit() == 16);
  HostPace larger(128);
  larger.continue_after(well);
  CHECK(start_all(larger, kNoon) == 128);

  HostPace pressed(64);
  pressed.started(kNoon);
  pressed.troubled(kNoon, std::nullopt, kNoon + 1ms);
  pressed.started(kNoon + 2ms);  // forgotten
  larger = HostPace(128);
  larger.continue_after(pressed);
  CHECK(larger.limit() == 32);
  CHECK(larger.in_flight() == 0);
  next = HostPace(16);
  next.continue_after(pressed);
  CHECK(next.limit() == 16);
}

TEST_CASE("host pace: a pause outlives whoever heard of it, and then one question may try") {
  HostPace paused(64);
  paused.started(kNoon);
  paused.troubled(kNoon, 1min, kNoon);
  HostPace next(64);
  next.continue_after(paused);
  CHECK(next.paused_until(kNoon) == kNoon + 1min);
  CHECK(start_all(next, kNoon + 1min) == 1);
  HostPace third(64);
  third.continue_after(next);  // the one question is forgotten
  CHECK(start_all(third, kNoon + 1min) == 1);
}
