#include "verdict/agreement.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using verdict::Agreement;
using News = verdict::Agreement::News;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

}  // namespace

TEST_CASE("agreement: one odd answer says nothing") {
  Agreement agreement({.begin = 2, .end = 2});
  CHECK(agreement.hear(true, kNoon) == News::kNone);
  CHECK(agreement.undecided());
  CHECK(agreement.hear(false, kNoon + 1s) == News::kNone);
  CHECK_FALSE(agreement.undecided());
  CHECK(agreement.hear(true, kNoon + 2s) == News::kNone);
  CHECK_FALSE(agreement.holds());
}

TEST_CASE("agreement: enough signs in a row begin it, as many against it end it") {
  Agreement agreement({.begin = 3, .end = 2});
  CHECK(agreement.hear(true, kNoon) == News::kNone);
  CHECK(agreement.hear(true, kNoon) == News::kNone);
  CHECK(agreement.hear(true, kNoon) == News::kBegan);
  CHECK(agreement.holds());
  CHECK(agreement.hear(true, kNoon) == News::kNone);
  CHECK(agreement.hear(false, kNoon) == News::kNone);
  CHECK(agreement.hear(true, kNoon) == News::kNone);
  CHECK(agreement.hear(false, kNoon) == News::kNone);
  CHECK(agreement.hear(false, kNoon) == News::kEnded);
  CHECK_FALSE(agreement.holds());
}

TEST_CASE("agreement: signs within a moment are one sign") {
  Agreement agreement({.begin = 2, .end = 2, .least_span = 30s});
  CHECK(agreement.hear(true, kNoon) == News::kNone);
  CHECK(agreement.hear(true, kNoon + 29s) == News::kNone);
  CHECK(agreement.hear(true, kNoon + 30s) == News::kBegan);
  CHECK(agreement.hear(false, kNoon + 40s) == News::kNone);
  CHECK(agreement.hear(false, kNoon + 69s) == News::kNone);
  CHECK(agreement.hear(false, kNoon + 70s) == News::kEnded);
}

TEST_CASE("agreement: what held before a restart holds until enough speaks against it") {
  Agreement agreement({.begin = 2, .end = 2}, true);
  CHECK(agreement.holds());
  CHECK(agreement.hear(false, kNoon) == News::kNone);
  CHECK(agreement.hear(false, kNoon) == News::kEnded);
}
