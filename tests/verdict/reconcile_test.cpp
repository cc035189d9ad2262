#include "verdict/reconcile.h"

#include <doctest/doctest.h>

#include <chrono>

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

constexpr base::Instant minute(int count) { return kNoon + count * base::Duration(60'000); }

/// An account that breaks an expectation comes, goes and comes for the third time at minute 20: it flaps.
struct Flapping : Fixture {
  Finding first{.key = {Cause::kPolicyViolated, token, "acc"}, .details = {"lacks AD_MANAGER"}};
  Finding other{.key = first.key, .details = {"lacks AD_MANAGER", "has ACCOUNT_ADMIN, which is forbidden"}};

  Flapping() {
    for (const int begin : {0, 10, 20}) {
      find(first, minute(begin));
      if (begin < 20) find_nothing(minute(begin + 5));
    }
  }
  std::vector<IncidentStep> find(const Finding& finding, base::Instant now) {
    return reconcile_account("acc", {.findings = {finding}}, open, now, random);
  }
  std::vector<IncidentStep> find_nothing(base::Instant now) { return reconcile_account("acc", {}, open, now, random); }
  /// Away at minute 25, and back at minute 30.
  std::vector<IncidentStep> turn(const Finding& back) {
    CHECK(find_nothing(minute(25)).empty());
    return find(back, minute(30));
  }
};

void check_one(const std::vector<IncidentStep>& steps, Step step) {
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].step == step);
}

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

TEST_CASE_FIXTURE(Flapping, "flapping: what changed meanwhile is told when the last turn is no longer recent, once") {
  check_one(turn(other), Step::kRecorded);
  CHECK(settle_calm(open, minute(54)).empty());
  const auto steps = settle_calm(open, minute(55));  // the turn of minute 25 was half an hour ago
  check_one(steps, Step::kUpdated);
  CHECK(steps[0].incident.finding.details == other.details);
  CHECK(steps[0].incident.updated_at == minute(55));
  CHECK(settle_calm(open, minute(120)).empty());
}

TEST_CASE_FIXTURE(Flapping, "flapping: a change without a turn is told late as well") {
  check_one(find(other, minute(22)), Step::kRecorded);
  check_one(settle_calm(open, minute(45)), Step::kUpdated);
}

TEST_CASE_FIXTURE(Flapping, "flapping: turns that left everything as it was told are not worth another word") {
  turn(other);
  find(first, minute(40));
  check_one(settle_calm(open, minute(55)), Step::kRecorded);
  CHECK(settle_calm(open, minute(120)).empty());
}

TEST_CASE_FIXTURE(Flapping, "flapping: an incident that flaps no longer tells what is new and what is over at once") {
  CHECK(settle_calm(open, minute(55)).empty());
  check_one(find(other, minute(60)), Step::kUpdated);
  CHECK(settle_calm(open, minute(120)).empty());
  check_one(find_nothing(minute(121)), Step::kResolved);
}

TEST_CASE_FIXTURE(Flapping, "flapping: what is told before anybody looked again is not told twice") {
  turn(first);
  check_one(find(other, minute(56)), Step::kUpdated);
  CHECK(settle_calm(open, minute(57)).empty());
}

TEST_CASE_FIXTURE(Flapping, "flapping: one that is calm stays for its half hour, however old its last turn is") {
  turn(first);
  CHECK(find_nothing(minute(50)).empty());
  CHECK(settle_calm(open, minute(60)).empty());
  CHECK(find_nothing(minute(61)).empty());
  check_one(settle_calm(open, minute(80)), Step::kResolved);
}

TEST_CASE_FIXTURE(Flapping, "flapping: a process that starts anew tells what the one before it may not have told") {
  const auto restarted = [&](const Incident& incident) {
    OpenIncidents again;
    again.emplace(first.key, incident);
    return settle_calm(again, minute(600));
  };
  CHECK(restarted(open.find(first.key)->second).empty());  // as it was opened
  turn(other);
  check_one(restarted(open.find(first.key)->second), Step::kUpdated);
  const auto steps = settle_calm(open, minute(55));
  REQUIRE(steps.size() == 1);
  CHECK(restarted(steps[0].incident).empty());
}

TEST_CASE_FIXTURE(Fixture, "open_one: what was calm comes again with what is found now, and keeps its latest turns") {
  const auto key = throttled_token().key;
  open.emplace(key, {.finding = throttled_token(), .opened_at = kNoon, .updated_at = kNoon, .flips = {kNoon, kNoon}});
  Finding found = throttled_token();
  for (int turn = 1; turn <= 60; ++turn) {
    CHECK_FALSE(resolve_one(key, open, minute(2 * turn)));
    found.affected = static_cast<std::uint64_t>(turn);
    found.details = {"turn"};
    const auto step = open_one(found, open, minute(2 * turn + 1), random);
    REQUIRE(step);
    CHECK(step->step == Step::kRecorded);
    CHECK(step->incident.finding == found);
  }
  const Incident& incident = open.find(key)->second;
  CHECK(incident.flips.size() == OpenIncidents::kMostFlips);
  CHECK(incident.flips.back() == minute(120));
}

TEST_CASE_FIXTURE(
    Fixture, "flapping: of many that are open, none is due that has not flapped, and what is recent goes in its time") {
  for (int number = 0; number < 1'000; ++number) {
    const IncidentKey key{Cause::kRoleReduced, token, std::to_string(number)};
    open.emplace(key, {.finding = {.key = key}, .opened_at = kNoon, .updated_at = kNoon});
    const IncidentKey past{Cause::kAccessRemoved, token, std::to_string(number)};
    open.remember({.finding = {.key = past}, .opened_at = kNoon, .updated_at = kNoon, .resolved_at = kLater});
  }
  CHECK(settle_calm(open, kLater).empty());
  open.forget_before(kLater);
  open.forget_before(kLater + base::Duration(1));
  CHECK(open.take_recent({Cause::kAccessRemoved, token, "7"}, kLater).empty());
}
