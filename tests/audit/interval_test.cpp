#include "audit/interval.h"

#include <doctest/doctest.h>

#include <set>

using namespace audit;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

Token brand_a() {
  Token token;
  token.name = "brand-a";
  token.app = "agency";
  token.labels = {{"client", "Brand A"}, {"tier", "gold"}};
  return token;
}

}  // namespace

TEST_CASE("interval: a match without names fits everything") { CHECK(fits({}, brand_a(), "18ce54d4x5t")); }

TEST_CASE("interval: all that a match names must fit") {
  CHECK(fits({.apps = {"other", "agency"}}, brand_a(), "18ce54d4x5t"));
  CHECK_FALSE(fits({.apps = {"other"}}, brand_a(), "18ce54d4x5t"));
  CHECK(fits({.tokens = {"brand-a"}}, brand_a(), "18ce54d4x5t"));
  CHECK_FALSE(fits({.tokens = {"brand-b"}}, brand_a(), "18ce54d4x5t"));
  CHECK(fits({.accounts = {"18ce54d4x5t"}}, brand_a(), "18ce54d4x5t"));
  CHECK_FALSE(fits({.accounts = {"18ce54d4x6u"}}, brand_a(), "18ce54d4x5t"));
  CHECK(fits({.labels = {{"tier", "gold"}}}, brand_a(), "18ce54d4x5t"));
  CHECK_FALSE(fits({.labels = {{"tier", "gold"}, {"owner", "ads-ops"}}}, brand_a(), "18ce54d4x5t"));
  CHECK_FALSE(fits({.labels = {{"tier", "silver"}}}, brand_a(), "18ce54d4x5t"));
  CHECK_FALSE(fits({.apps = {"agency"}, .tokens = {"brand-b"}}, brand_a(), "18ce54d4x5t"));
}

TEST_CASE("interval: a match that names accounts does not fit a question about the token alone") {
  CHECK_FALSE(fits({.accounts = {"18ce54d4x5t"}}, brand_a(), ""));
  CHECK(fits({.tokens = {"brand-a"}}, brand_a(), ""));
}

TEST_CASE("interval: the first rule that fits gives the class, and normal is what is left") {
  IntervalOptions options;
  options.rules = {{{.accounts = {"18ce54d4x6u"}}, IntervalClass::kArchive},
                   {{.labels = {{"tier", "gold"}}}, IntervalClass::kCritical},
                   {{.tokens = {"brand-a"}}, IntervalClass::kArchive}};
  CHECK(class_of(options, brand_a(), "18ce54d4x6u") == IntervalClass::kArchive);
  CHECK(class_of(options, brand_a(), "18ce54d4x5t") == IntervalClass::kCritical);
  CHECK(class_of({}, brand_a(), "18ce54d4x5t") == IntervalClass::kNormal);
}

TEST_CASE("interval: each class has its own interval") {
  const IntervalOptions options;
  CHECK(interval_of(options, IntervalClass::kNormal) == 15min);
  CHECK(interval_of(options, IntervalClass::kCritical) == 5min);
  CHECK(interval_of(options, IntervalClass::kArchive) == 6h);
}

TEST_CASE("interval: classes are words, and only these three") {
  CHECK(to_text(IntervalClass::kNormal) == "normal");
  CHECK(interval_class_from_text("critical") == IntervalClass::kCritical);
  CHECK(interval_class_from_text("archive") == IntervalClass::kArchive);
  CHECK_FALSE(interval_class_from_text("Critical"));
  CHECK_FALSE(interval_class_from_text(""));
}

TEST_CASE("interval: the phase is the same in every version") {
  CHECK(phase("brand-a", "18ce54d4x5t", 15min) == 229'067ms);
  CHECK(phase("brand-b", "18ce54d4x5t", 15min) == 216'201ms);
  CHECK(phase("", "", 6h) == 10'318'966ms);
}

TEST_CASE("interval: the phase tells where the token's name ends") {
  CHECK(phase("ab", "c", 15min) != phase("a", "bc", 15min));
}

TEST_CASE("interval: phases spread over the whole interval") {
  int tenths[10] = {};
  for (int pair = 0; pair < 10'000; ++pair) {
    const auto at = phase("token", std::to_string(pair), 1000s);
    REQUIRE(at >= 0s);
    REQUIRE(at < 1000s);
    ++tenths[at / 100s];
  }
  for (const int count : tenths) CHECK((count > 850 && count < 1150));
}

TEST_CASE("interval: the next slot is the first of its phase that is not over") {
  const base::Instant hour = base::from_epoch_seconds(3600);
  CHECK(next_slot(hour, 0ms, 15min) == hour);
  CHECK(next_slot(hour + 1ms, 0ms, 15min) == hour + 15min);
  CHECK(next_slot(hour, 4min, 15min) == hour + 4min);
  CHECK(next_slot(hour + 4min, 4min, 15min) == hour + 4min);
  CHECK(next_slot(hour + 5min, 4min, 15min) == hour + 19min);
}

TEST_CASE("interval: jitter only ever delays, and by its share at most") {
  base::SeededRandom random(1);
  std::set<base::Instant> seen;
  for (int draw = 0; draw < 100; ++draw) {
    const auto due = after_interval(kNoon, 1000s, 0.1, random);
    CHECK(due >= kNoon + 1000s);
    CHECK(due <= kNoon + 1100s);
    seen.insert(due);
  }
  CHECK(seen.size() > 90);
}

TEST_CASE("interval: a boosted pair is asked after a third of its interval, but not within a minute") {
  CHECK(boosted_interval(15min) == 5min);
  CHECK(boosted_interval(6h) == 2h);
  CHECK(boosted_interval(3min) == 1min);
  CHECK_FALSE(boosted_interval(179s));
  CHECK_FALSE(boosted_interval(1s));
}
