#include "service/pulse.h"

#include <doctest/doctest.h>

namespace {

using namespace std::chrono_literals;
using service::Pulse;

constexpr base::Instant kStart{1h};

}  // namespace

TEST_CASE("pulse: who has nothing to do is alive for ever") {
  Pulse pulse(kStart);
  CHECK(pulse.complaint({}, kStart).empty());
  CHECK(pulse.complaint({}, kStart + 24h).empty());
  CHECK(pulse.complaint({.due = kStart + 25h}, kStart + 24h).empty());
}

TEST_CASE("pulse: what is due may wait for a minute, and not longer") {
  Pulse pulse(kStart);
  CHECK(pulse.complaint({.due = kStart}, kStart + 60s).empty());
  CHECK(pulse.complaint({.due = kStart}, kStart + 61s) == "what is due is not started");
  CHECK(pulse.complaint({.due = kStart + 61s}, kStart + 61s).empty());
}

TEST_CASE("pulse: of what is under way something must end, however much more is started") {
  Pulse pulse(kStart);
  CHECK(pulse.complaint({.under_way = 1}, kStart + 5min).empty());
  CHECK(pulse.complaint({.due = kStart + 6min, .under_way = 7}, kStart + 5min + 1ms) ==
        "nothing that was started ends");
  pulse.beat(kStart + 6min);
  CHECK(pulse.complaint({.under_way = 6}, kStart + 11min).empty());
  CHECK_FALSE(pulse.complaint({.under_way = 6}, kStart + 12min).empty());
}

TEST_CASE("pulse: a long rest before the first one is no silence of that one") {
  Pulse pulse(kStart);
  CHECK(pulse.complaint({}, kStart + 8h).empty());
  CHECK(pulse.complaint({.under_way = 1}, kStart + 8h + 1min).empty());
  CHECK_FALSE(pulse.complaint({.under_way = 1}, kStart + 8h + 6min).empty());
}

TEST_CASE("pulse: while nothing may be started, nothing is wrong") {
  Pulse pulse(kStart);
  pulse.excuse(kStart + 10min);
  CHECK(pulse.complaint({.under_way = 1}, kStart + 10min).empty());
}
