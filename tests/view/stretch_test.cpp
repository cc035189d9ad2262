#include "view/stretch.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using view::count_coverage;
using view::Coverage;
using view::Recorded;
using view::Stretch;
using view::Stretches;

namespace {

base::Instant at(int hour) { return base::from_epoch_seconds(1'767'225'600) + std::chrono::hours(hour); }  // 2026-01-01
const Stretch kDay{at(0), at(24)};
const Stretches kAlways{{at(-100), at(100)}};

Coverage hours(int well, int in_incident, int blind, int unknown) {
  return {std::chrono::hours(well), std::chrono::hours(in_incident), std::chrono::hours(blind),
          std::chrono::hours(unknown)};
}

}  // namespace

TEST_CASE("stretches: what overlaps or touches becomes one, and what is empty or upside down goes") {
  CHECK(view::merged(
            {{at(5), at(7)}, {at(1), at(3)}, {at(2), at(4)}, {at(4), at(5)}, {at(9), at(9)}, {at(12), at(11)}}) ==
        Stretches{{at(1), at(7)}});
}

TEST_CASE("stretches: one within another does not shorten it") {
  CHECK(view::merged({{at(1), at(9)}, {at(2), at(3)}}) == Stretches{{at(1), at(9)}});
}

TEST_CASE("stretches: common times of two lists") {
  CHECK(view::common({{at(0), at(4)}, {at(6), at(9)}}, {{at(3), at(7)}, {at(8), at(20)}}) ==
        Stretches{{at(3), at(4)}, {at(6), at(7)}, {at(8), at(9)}});
  CHECK(view::common({{at(0), at(4)}}, {{at(4), at(6)}}).empty());
}

TEST_CASE("stretches: a hole may lie within, at an end, or over several") {
  CHECK(view::without({{at(0), at(10)}}, {{at(2), at(3)}, {at(5), at(6)}}) ==
        Stretches{{at(0), at(2)}, {at(3), at(5)}, {at(6), at(10)}});
  CHECK(view::without({{at(0), at(4)}, {at(6), at(9)}}, {{at(3), at(7)}}) == Stretches{{at(0), at(3)}, {at(7), at(9)}});
  CHECK(view::without({{at(1), at(2)}}, {{at(0), at(3)}}).empty());
}

TEST_CASE("coverage: a pair without trouble was well all the time") {
  CHECK(count_coverage(kDay, {.known = kAlways}) == hours(24, 0, 0, 0));
}

TEST_CASE("coverage: without any answer nothing is known, whatever else is recorded") {
  CHECK(count_coverage(kDay, {.incidents = kAlways, .blind = kAlways}) == hours(0, 0, 0, 24));
}

TEST_CASE("coverage: two incidents at once count once") {
  CHECK(count_coverage(kDay, {.known = kAlways, .incidents = view::merged({{at(2), at(6)}, {at(4), at(8)}})}) ==
        hours(18, 6, 0, 0));
}

TEST_CASE("coverage: incidents open at the beginning and at the end count within the span alone") {
  CHECK(count_coverage(kDay, {.known = kAlways, .incidents = {{at(-5), at(3)}, {at(20), at(90)}}}) ==
        hours(17, 7, 0, 0));
}

TEST_CASE("coverage: blind time is never well and never time of an incident") {
  CHECK(count_coverage(kDay, {.known = kAlways, .incidents = {{at(4), at(10)}}, .blind = {{at(8), at(12)}}}) ==
        hours(16, 4, 4, 0));
}

TEST_CASE("coverage: doubt takes from what was well, and from nothing else") {
  const Recorded recorded{
      .known = kAlways, .incidents = {{at(4), at(10)}}, .blind = {{at(8), at(12)}}, .doubted = {{at(0), at(14)}}};
  CHECK(count_coverage(kDay, recorded) == hours(10, 4, 4, 6));
}

TEST_CASE("coverage: the time before the first answer and after the last one is unknown") {
  CHECK(count_coverage(kDay, {.known = {{at(3), at(20)}}, .blind = {{at(0), at(5)}}}) == hours(15, 0, 2, 7));
}

TEST_CASE("coverage: the parts add up to the span, to the millisecond") {
  const Recorded recorded{.known = {{at(1) + 1ms, at(23)}},
                          .incidents = {{at(2) + 3ms, at(5)}},
                          .blind = {{at(4) + 7ms, at(6) + 1ms}},
                          .doubted = {{at(5), at(7) + 9ms}}};
  CHECK(count_coverage(kDay, recorded).total() == 24h);
}
