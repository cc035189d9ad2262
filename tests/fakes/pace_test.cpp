#include "pace.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

constexpr std::int64_t kNoon = 1'700'000'000'000;

}  // namespace

TEST_CASE("pace: a burst is taken at once, and then one post a second") {
  Pace pace(1, 3);
  CHECK_FALSE(pace.refuse("/slack/x", kNoon));
  CHECK_FALSE(pace.refuse("/slack/x", kNoon));
  CHECK_FALSE(pace.refuse("/slack/x", kNoon));
  CHECK(pace.refuse("/slack/x", kNoon) == 1);
  CHECK(pace.refuse("/slack/x", kNoon + 999) == 1);
  CHECK_FALSE(pace.refuse("/slack/x", kNoon + 1000));
  CHECK(pace.refuse("/slack/x", kNoon + 1000) == 1);
}

TEST_CASE("pace: a pause brings the whole burst back, and no more") {
  Pace pace(1, 2);
  CHECK_FALSE(pace.refuse("/slack/x", kNoon));
  CHECK_FALSE(pace.refuse("/slack/x", kNoon + 60'000));
  CHECK_FALSE(pace.refuse("/slack/x", kNoon + 60'000));
  CHECK(pace.refuse("/slack/x", kNoon + 60'000) == 1);
}

TEST_CASE("pace: the wait is told in whole seconds that are long enough") {
  Pace pace(0.4, 1);  // one in 2.5 s
  CHECK_FALSE(pace.refuse("/slack/x", kNoon));
  CHECK(pace.refuse("/slack/x", kNoon) == 3);
  CHECK_FALSE(pace.refuse("/slack/x", kNoon + 3000));
}

TEST_CASE("pace: one path does not use up what another may") {
  Pace pace(1, 1);
  CHECK_FALSE(pace.refuse("/slack/x", kNoon));
  CHECK_FALSE(pace.refuse("/slack/y", kNoon));
}

TEST_CASE("pace: what can never be kept is refused") {
  CHECK_THROWS_AS(Pace(0, 1), BadCommand);
  CHECK_THROWS_AS(Pace(-1, 1), BadCommand);
  CHECK_THROWS_AS(Pace(1, 0), BadCommand);
}
