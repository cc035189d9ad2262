#include "verdict/reconcile.h"

#include <doctest/doctest.h>

using namespace verdict;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
constexpr base::Instant kLater = kNoon + base::Duration(60'000);

struct Fixture {
  base::SeededRandom random{3};
  OpenIncidents open;
  audit::TokenId token = audit::TokenId::make(kNoon, random);

  Finding throttled_token() const { return {.key = {Cause::kAuditThrottled, token, ""}, .evidence = {429, ""}}; }
  Finding throttled_account() const { return {.key = {Cause::kAuditThrottled, {}, "acc"}, .evidence = {429, ""}}; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "open_one: opens once, and again only after it was resolved") {
  const auto opened = open_one(throttled_token(), open, kNoon, random);
  REQUIRE(opened.has_value());
  CHECK(opened->step == Step::kOpened);
  CHECK(opened->incident.finding == throttled_token());
  CHECK(opened->incident.opened_at == kNoon);
  CHECK_FALSE(open_one(throttled_token(), open, kLater, random).has_value());
  CHECK(open.size() == 1);
  resolve_one(throttled_token().key, open, kLater);
  const auto again = open_one(throttled_token(), open, kLater, random);
  REQUIRE(again.has_value());
  CHECK(again->incident.id != opened->incident.id);
}

TEST_CASE_FIXTURE(Fixture, "resolve_one: ends what is open, and nothing else") {
  CHECK_FALSE(resolve_one(throttled_account().key, open, kNoon).has_value());
  const auto opened = open_one(throttled_account(), open, kNoon, random);
  CHECK_FALSE(resolve_one(throttled_token().key, open, kLater).has_value());
  const auto resolved = resolve_one(throttled_account().key, open, kLater);
  REQUIRE(resolved.has_value());
  CHECK(resolved->step == Step::kResolved);
  CHECK(resolved->incident.id == opened->incident.id);
  CHECK(resolved->incident.resolved_at == kLater);
  CHECK(open.empty());
}

TEST_CASE_FIXTURE(Fixture, "reconcile: an empty assessment does not end what is about our own auditing") {
  open_one(throttled_token(), open, kNoon, random);
  open_one(throttled_account(), open, kNoon, random);
  CHECK(reconcile_token(token, {}, open, kLater, random).empty());
  CHECK(reconcile_account("acc", {}, open, kLater, random).empty());
  CHECK(open.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "reconcile: what is undecided stays, what is found no more is resolved") {
  const Finding reduced{.key = {Cause::kRoleReduced, token, "acc"}};
  const Finding removed{.key = {Cause::kAccessRemoved, token, "acc"}};
  open_one(reduced, open, kNoon, random);
  open_one(removed, open, kNoon, random);
  const auto steps = reconcile_account("acc", {.undecided = {reduced.key}}, open, kLater, random);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].step == Step::kResolved);
  CHECK(steps[0].incident.finding.key == removed.key);
  CHECK(open.contains(reduced.key));
}
