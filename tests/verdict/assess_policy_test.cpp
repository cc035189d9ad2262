#include "verdict/assess_policy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "verdict/reconcile.h"

using namespace verdict;
using xads::Denial;
using xads::Permissions;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
using Texts = std::vector<std::string>;

Permissions set(const Texts& texts) { return Permissions::from_texts(texts); }

/// The tokens t0, t1, ... of one ad account.
struct Account {
  std::deque<audit::Token> tokens;
  std::deque<ProbeState> states;
  std::vector<Member> members;
  base::SeededRandom random{1};
  Policy policy;

  ProbeState& add(const Texts& now, const Texts& normal) {
    auto& state = add();
    state.baseline.run = Run{xads::Granted{"77", set(now)}, kNoon, kNoon, 2, {200, ""}};
    state.baseline.normal = xads::Granted{"77", set(normal)};
    return state;
  }
  ProbeState& add() {
    tokens.push_back({.id = audit::TokenId::make(kNoon, random),
                      .name = "t" + std::to_string(tokens.size()),
                      .app = "agency",
                      .user_id = "77"});
    states.push_back({.probe = {audit::ProbeId::make(kNoon, random), tokens.back().id, "acc"}});
    members.push_back({&tokens.back(), &states.back()});
    return states.back();
  }
  void expect(Expectation expectation) { policy.expectations.push_back(std::move(expectation)); }
  Assessment assess() const { return assess_account("acc", members, policy); }
  Texts causes() const {
    Texts texts;
    for (const Finding& finding : assess().findings) texts.emplace_back(to_text(finding.key.cause));
    return texts;
  }
  bool undecided(Cause cause) const {
    const auto assessment = assess();
    return std::any_of(assessment.undecided.begin(), assessment.undecided.end(),
                       [&](const IncidentKey& key) { return key.cause == cause; });
  }
  Finding redundancy() const {
    for (const Finding& finding : assess().findings) {
      if (finding.key.cause == Cause::kRedundancyLost) return finding;
    }
    return {};
  }
};

void suspect(ProbeState& state) { state.baseline.suspicion = Suspicion{.answer = xads::Denied{Denial::kTokenInvalid}}; }
void kill(ProbeState& state) { state.baseline.run->answer = xads::Denied{Denial::kTokenInvalid}; }

}  // namespace

TEST_CASE_FIXTURE(Account,
                  "policy: a first observation that breaks what is expected is found, one that does not is quiet") {
  expect({.name = "expect[0]", .at_least = set({"AD_MANAGER"})});
  add({"AD_MANAGER"}, {"AD_MANAGER"});
  CHECK(causes().empty());
  add({"ANALYST"}, {"ANALYST"});
  REQUIRE(causes() == Texts{"policy.violated"});
  const Finding finding = assess().findings[0];
  CHECK(finding.key == IncidentKey{Cause::kPolicyViolated, tokens[1].id, "acc"});
  CHECK(finding.details == Texts{"lacks AD_MANAGER", "expected by expect[0]"});
}

TEST_CASE_FIXTURE(Account, "policy: of several expectations the most specific alone decides") {
  expect({.name = "expect[0]", .at_least = set({"AD_MANAGER"})});
  expect({.name = "expect[1]", .match = {.tokens = {"t0"}}, .at_least = set({"ANALYST"})});
  add({"ANALYST"}, {"ANALYST"});
  CHECK(causes().empty());
}

TEST_CASE_FIXTURE(Account, "policy: a broken expectation about the role takes the place of the role's own incident") {
  add({"CAMPAIGN_ANALYST"}, {"AD_MANAGER", "TWEET_COMPOSER"});
  CHECK(causes() == Texts{"role.reduced", "composer.lost"});
  expect({.at_least = set({"AD_MANAGER"})});
  CHECK(causes() == Texts{"policy.violated", "composer.lost"});
  policy.expectations[0].at_least = set({"TWEET_COMPOSER"});
  CHECK(causes() == Texts{"policy.violated", "role.reduced"});
  policy.expectations[0].at_least = set({"AD_MANAGER", "TWEET_COMPOSER"});
  CHECK(causes() == Texts{"policy.violated"});
}

TEST_CASE_FIXTURE(Account,
                  "policy: an expectation that is kept, or broken by its user, leaves the role's own incident") {
  add({"ANALYST"}, {"AD_MANAGER"});
  expect({.at_least = set({"ANALYST"})});
  CHECK(causes() == Texts{"role.reduced"});
  policy.expectations[0] = {.user_id = "2"};
  CHECK(causes() == Texts{"policy.violated", "role.reduced"});
}

TEST_CASE_FIXTURE(Account, "policy: what is exactly as expected is no change, whatever it was before") {
  add({"ANALYST"}, {"AD_MANAGER", "TWEET_COMPOSER"});
  expect({.exactly = set({"ANALYST"})});
  CHECK(causes().empty());
  policy.expectations[0].user_id = "2";
  CHECK(causes() == Texts{"policy.violated", "role.reduced", "composer.lost"});
}

TEST_CASE_FIXTURE(Account, "policy: an unknown permission keeps its own incident beside the broken expectation") {
  add({"AD_MANAGER", "SHOP_MANAGER"}, {"AD_MANAGER"});
  expect({.exactly = set({"AD_MANAGER"})});
  CHECK(causes() == Texts{"policy.violated", "permission.unknown"});
}

TEST_CASE_FIXTURE(Account, "policy: a dead token and another user's token decide nothing") {
  expect({.at_least = set({"AD_MANAGER"})});
  auto& state = add({"ANALYST"}, {"ANALYST"});
  CHECK_FALSE(undecided(Cause::kPolicyViolated));
  kill(state);
  CHECK(causes().empty());
  CHECK(undecided(Cause::kPolicyViolated));
  state.baseline.run->answer = xads::Granted{"99", set({"ANALYST"})};
  CHECK(causes().empty());
  CHECK(undecided(Cause::kPolicyViolated));
  state.baseline.run.reset();
  CHECK(undecided(Cause::kPolicyViolated));
}

TEST_CASE_FIXTURE(Account, "policy: without an expectation nothing stays of a violation") {
  kill(add({"ANALYST"}, {"ANALYST"}));
  CHECK_FALSE(undecided(Cause::kPolicyViolated));
}

TEST_CASE_FIXTURE(Account, "redundancy: too few live tokens are told with how many of how many, and who is missing") {
  expect({.name = "expect[0]", .min_live_tokens = 2, .severity = Severity::kCritical});
  add({"ANALYST"}, {"ANALYST"});
  auto& second = add({"ANALYST"}, {"ANALYST"});
  CHECK(causes().empty());
  kill(second);
  const Finding finding = redundancy();
  CHECK(finding.key == IncidentKey{Cause::kRedundancyLost, audit::TokenId{}, "acc"});
  CHECK(finding.details == Texts{"1 of 2 live tokens, expected by expect[0]"});
  CHECK(finding.grounds.rule == "too_few_live_tokens");
  CHECK(finding.affected == 1);
  CHECK(finding.examples == Texts{"t1"});
  CHECK(finding.severity == Severity::kCritical);
}

TEST_CASE_FIXTURE(Account, "redundancy: administrators are counted apart, and both shortages are one incident") {
  expect({.name = "expect[0]", .min_live_tokens = 3, .min_admins = 1});
  add({"AD_MANAGER"}, {"AD_MANAGER"});
  add({"ACCOUNT_ADMIN"}, {"ACCOUNT_ADMIN"});
  auto& third = add({"AD_MANAGER"}, {"AD_MANAGER"});
  CHECK(causes().empty());
  states[1].baseline.run->answer = xads::Granted{"77", set({"AD_MANAGER"})};
  states[1].baseline.normal = xads::Granted{"77", set({"AD_MANAGER"})};
  CHECK(redundancy().details == Texts{"0 of 1 administrators, expected by expect[0]"});
  CHECK(redundancy().grounds.rule == "too_few_admins");
  CHECK(redundancy().affected == 3);
  kill(third);
  CHECK(causes() == Texts{"redundancy.lost"});
  CHECK(redundancy().details ==
        Texts{"2 of 3 live tokens, expected by expect[0]", "0 of 1 administrators, expected by expect[0]"});
  CHECK(redundancy().grounds.rule == "too_few_live_tokens");
  CHECK(redundancy().examples == Texts{"t2"});
}

TEST_CASE_FIXTURE(Account, "redundancy: the graver of two expectations gives the severity") {
  expect({.min_live_tokens = 2, .severity = Severity::kInfo});
  expect({.match = {.accounts = {"acc"}}, .min_admins = 1, .severity = Severity::kCritical});
  add({"ANALYST"}, {"ANALYST"});
  CHECK(redundancy().severity == Severity::kCritical);
}

TEST_CASE_FIXTURE(Account,
                  "redundancy: while those that have yet to answer could make up for the rest it is undecided") {
  expect({.min_live_tokens = 2});
  add({"ANALYST"}, {"ANALYST"});
  auto& second = add({"ANALYST"}, {"ANALYST"});
  suspect(second);
  CHECK(causes().empty());
  CHECK(undecided(Cause::kRedundancyLost));
  policy.expectations[0].min_live_tokens = 3;
  CHECK(causes() == Texts{"redundancy.lost"});
  add();
  CHECK(causes().empty());
  CHECK(undecided(Cause::kRedundancyLost));
  policy.expectations[0].min_live_tokens = 1;
  CHECK_FALSE(undecided(Cause::kRedundancyLost));
}

TEST_CASE_FIXTURE(Account, "redundancy: only pairs that fit the match are counted") {
  expect({.name = "expect[0]", .match = {.tokens = {"t1", "t2"}}, .min_live_tokens = 2});
  add({"ANALYST"}, {"ANALYST"});
  add({"ANALYST"}, {"ANALYST"});
  CHECK(redundancy().details == Texts{"1 of 2 live tokens, expected by expect[0]"});
  CHECK(redundancy().affected == 0);
  add({"ANALYST"}, {"ANALYST"});
  CHECK(causes().empty());
}

TEST_CASE_FIXTURE(
    Account,
    "redundancy: an expectation for tokens that are not asked here says nothing, unless it names the account") {
  expect({.match = {.labels = {{"client", "Brand B"}}}, .min_live_tokens = 1});
  add({"ANALYST"}, {"ANALYST"});
  CHECK(causes().empty());
  policy.expectations[0].match.accounts = {"a*"};
  CHECK(causes().empty());
  policy.expectations[0].match.accounts = {"acc"};
  CHECK(causes() == Texts{"redundancy.lost"});
}

TEST_CASE_FIXTURE(Account, "redundancy: names a limited number of those that are missing, and counts all") {
  expect({.min_live_tokens = 1});
  for (int i = 0; i < 25; ++i) kill(add({"ANALYST"}, {"ANALYST"}));
  CHECK(redundancy().affected == 25);
  CHECK(redundancy().examples.size() == kMostExamples);
}

TEST_CASE_FIXTURE(Account, "redundancy: an incident opens, is told again when the number falls, and ends") {
  expect({.min_live_tokens = 3});
  OpenIncidents open;
  auto& first = add({"ANALYST"}, {"ANALYST"});
  auto& second = add({"ANALYST"}, {"ANALYST"});
  add({"ANALYST"}, {"ANALYST"});
  const auto pass = [&] { return reconcile_account("acc", assess(), open, kNoon, random); };
  CHECK(pass().empty());
  kill(first);
  REQUIRE(pass().size() == 1);
  kill(second);
  const auto steps = pass();
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].step == Step::kUpdated);
  policy.expectations.clear();
  REQUIRE(pass().size() == 1);
  CHECK(open.empty());
}
