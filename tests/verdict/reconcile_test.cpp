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

TEST_CASE_FIXTURE(Fixture,
                  "flapping: the third time within half an hour stays open until it has been calm for as long") {
  const auto minute = [](int count) { return kNoon + count * base::Duration(60'000); };
  const auto key = throttled_token().key;
  open_one(throttled_token(), open, minute(0), random);
  CHECK(resolve_one(key, open, minute(5))->step == Step::kResolved);
  const auto second = open_one(throttled_token(), open, minute(10), random);
  CHECK(second->incident.flips == std::vector{minute(5)});
  CHECK(resolve_one(key, open, minute(15))->step == Step::kResolved);
  const auto third = open_one(throttled_token(), open, minute(20), random);
  CHECK(third->step == Step::kOpened);
  CHECK(third->incident.flips == std::vector{minute(5), minute(15)});
  CHECK_FALSE(resolve_one(key, open, minute(25)));
  CHECK(open.size() == 1);
  const auto fourth = open_one(throttled_token(), open, minute(30), random);
  CHECK(fourth->step == Step::kRecorded);  // nobody is told again
  CHECK(fourth->incident.id == third->incident.id);
  CHECK(fourth->incident.flips.size() == 3);
  CHECK_FALSE(resolve_one(key, open, minute(31)));
  CHECK(settle_calm(open, minute(60)).empty());
  const auto steps = settle_calm(open, minute(61));
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].step == Step::kResolved);
  CHECK(open.empty());
}

TEST_CASE_FIXTURE(Fixture, "flapping: what comes back after more than half an hour is a new incident") {
  open_one(throttled_token(), open, kNoon, random);
  resolve_one(throttled_token().key, open, kNoon);
  const auto late = kNoon + OpenIncidents::kRecent + base::Duration(1);
  CHECK(open_one(throttled_token(), open, late, random)->incident.flips.empty());
  resolve_one(throttled_token().key, open, late);
  open.forget_before(late + base::Duration(1));
  CHECK(open_one(throttled_token(), open, late, random)->incident.flips.empty());
}

TEST_CASE_FIXTURE(Fixture, "flapping: flips are remembered from before a restart") {
  open_one(throttled_token(), open, kNoon, random);
  const auto resolved = resolve_one(throttled_token().key, open, kNoon)->incident;
  OpenIncidents restarted;
  restarted.remember(resolved);
  CHECK(open_one(throttled_token(), restarted, kLater, random)->incident.flips == std::vector{kNoon});
}

TEST_CASE_FIXTURE(Fixture, "reconcile: new details of an open incident are told, new evidence alone is not") {
  Finding violated{.key = {Cause::kPolicyViolated, token, "acc"}, .details = {"lacks AD_MANAGER"}};
  Assessment assessment{.findings = {violated}};
  reconcile_account("acc", assessment, open, kNoon, random);
  assessment.findings[0].evidence = {200, ""};
  CHECK(reconcile_account("acc", assessment, open, kLater, random).empty());
  assessment.findings[0].details = {"lacks AD_MANAGER", "has ACCOUNT_ADMIN, which is forbidden"};
  const auto steps = reconcile_account("acc", assessment, open, kLater, random);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].step == Step::kUpdated);
}
