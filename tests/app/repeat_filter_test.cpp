#include "repeat_filter.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using Verdict = app::RepeatFilter::Verdict;

namespace {

constexpr int kInfo = 2;
constexpr int kError = 4;
const base::Instant kNow = base::from_epoch_ms(1'790'000'000'000);

}  // namespace

TEST_CASE("repeats: the first of a line passes, the same are counted and told before the next") {
  app::RepeatFilter filter;
  CHECK(filter.take(kInfo, "a", kNow) == Verdict{.passes = true});
  CHECK(filter.take(kInfo, "a", kNow + 1s) == Verdict{.passes = false});
  CHECK(filter.take(kInfo, "a", kNow + 2s) == Verdict{.passes = false});
  CHECK(filter.take(kInfo, "b", kNow + 3s) == Verdict{.passes = true, .held_back = 2, .level = kInfo});
  CHECK(filter.take(kInfo, "a", kNow + 3s) == Verdict{.passes = true, .held_back = 0, .level = kInfo});
}

TEST_CASE("repeats: an error with the words of a warning is another line") {
  app::RepeatFilter filter;
  CHECK(filter.take(kInfo, "a", kNow).passes);
  CHECK(filter.take(kError, "a", kNow).passes);
}

TEST_CASE("repeats: what goes on and on is told again and again, also when the clock goes back") {
  app::RepeatFilter filter;
  CHECK(filter.take(kError, "a", kNow).passes);
  CHECK_FALSE(filter.take(kError, "a", kNow + 9s).passes);
  CHECK(filter.take(kError, "a", kNow + 10s) == Verdict{.passes = true, .held_back = 1, .level = kError});
  CHECK(filter.take(kError, "a", kNow - 1h).passes);
}

TEST_CASE("repeats: in silence, what was counted is told after a while") {
  app::RepeatFilter filter;
  filter.take(kError, "a", kNow);
  filter.take(kError, "a", kNow + 1s);
  CHECK(filter.look(kNow + 9s).held_back == 0);
  CHECK(filter.look(kNow + 10s) == Verdict{.passes = false, .held_back = 1, .level = kError});
  CHECK(filter.look(kNow + 20s).held_back == 0);
  CHECK(filter.take(kError, "a", kNow + 20s) == Verdict{.passes = true});
}

TEST_CASE("repeats: what was counted is not lost at the end") {
  app::RepeatFilter filter;
  CHECK(filter.end().held_back == 0);
  filter.take(kError, "a", kNow);
  filter.take(kError, "a", kNow);
  CHECK(filter.end() == Verdict{.passes = false, .held_back = 1, .level = kError});
  CHECK(filter.end().held_back == 0);
  CHECK(app::repeat_text(1) == "the line before came 1 more time");
}
