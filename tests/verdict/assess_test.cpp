#include "verdict/assess.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "verdict/reconcile.h"

using namespace verdict;
using xads::Denial;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

/// Tokens and their answers about one account.
struct Account {
  std::deque<audit::Token> tokens;
  std::deque<ProbeState> states;
  std::vector<Member> members;
  base::SeededRandom random{1};

  ProbeState& add(std::optional<Conclusive> answer, bool seen_before = true, bool elsewhere = false) {
    tokens.push_back({.id = audit::TokenId::make(kNoon, random), .name = "t", .app = "agency", .user_id = "77"});
    ProbeState state{.probe = {audit::ProbeId::make(kNoon, random), tokens.back().id, "acc"}};
    if (answer) state.baseline.run = Run{*answer, kNoon, kNoon, 2, {200, ""}};
    if (seen_before) state.baseline.normal = xads::Granted{"77", xads::Permissions::from_texts({"AD_MANAGER"})};
    states.push_back(state);
    members.push_back({&tokens.back(), &states.back(), elsewhere});
    return states.back();
  }
};

Conclusive role(const std::string& permission) {
  return xads::Granted{"77", xads::Permissions::from_texts({permission})};
}
Conclusive refused(Denial denial) { return xads::Denied{denial}; }

bool finds(const Assessment& assessment, Cause cause, const audit::TokenId& token) {
  return std::any_of(assessment.findings.begin(), assessment.findings.end(),
                     [&](const Finding& finding) { return finding.key.cause == cause && finding.key.token == token; });
}
bool undecided(const Assessment& assessment, Cause cause, const audit::TokenId& token) {
  return std::any_of(assessment.undecided.begin(), assessment.undecided.end(),
                     [&](const IncidentKey& key) { return key.cause == cause && key.token == token; });
}

}  // namespace

TEST_CASE("assess: a normal account has no findings") {
  Account account;
  account.add(role("AD_MANAGER"));
  CHECK(assess_account("acc", account.members).findings.empty());
}

TEST_CASE("assess: access is removed when another token still sees the account") {
  Account account;
  const auto lost = account.add(refused(Denial::kAccountNotFound)).probe.token;
  account.add(role("AD_MANAGER"));
  const auto assessment = assess_account("acc", account.members);
  CHECK(assessment.findings.size() == 1);
  CHECK(finds(assessment, Cause::kAccessRemoved, lost));
}

TEST_CASE("assess: access is removed when the only token is granted elsewhere") {
  Account account;
  const auto lost = account.add(refused(Denial::kAccountNotFound), true, true).probe.token;
  CHECK(finds(assess_account("acc", account.members), Cause::kAccessRemoved, lost));
}

TEST_CASE("assess: the account is unavailable when no token finds it, once for all of them") {
  Account account;
  account.add(refused(Denial::kAccountNotFound), true, true);
  account.add(refused(Denial::kAccountNotFound), true, true);
  const auto assessment = assess_account("acc", account.members);
  CHECK(assessment.findings.size() == 1);
  CHECK(finds(assessment, Cause::kAccountUnavailable, {}));
}

TEST_CASE("assess: a neighbour's unconfirmed 'not found' counts as one") {
  Account account;
  account.add(refused(Denial::kAccountNotFound), true, true);
  account.add(role("AD_MANAGER")).baseline.suspicion = Suspicion{.answer = refused(Denial::kAccountNotFound)};
  CHECK(finds(assess_account("acc", account.members), Cause::kAccountUnavailable, {}));
}

TEST_CASE("assess: a 'not found' from before the account came back is not held against the token") {
  Account account;
  const auto& late = account.add(refused(Denial::kAccountNotFound));
  account.add(role("AD_MANAGER"));
  account.members[0].last_answer = kNoon;
  account.members[1].answer_began = kNoon + std::chrono::minutes(5);
  CHECK(assess_account("acc", account.members).findings.empty());
  account.members[0].last_answer = kNoon + std::chrono::minutes(6);
  CHECK(finds(assess_account("acc", account.members), Cause::kAccessRemoved, late.probe.token));
}

TEST_CASE("assess: a dead neighbour says nothing about the account") {
  Account account;
  const auto lost = account.add(refused(Denial::kAccountNotFound), true, true).probe.token;
  account.add(refused(Denial::kTokenInvalid));
  CHECK(finds(assess_account("acc", account.members), Cause::kAccessRemoved, lost));
}

TEST_CASE("assess: a pair that was never granted is no lost access") {
  Account account;
  account.add(refused(Denial::kAccountNotFound), false, true);
  CHECK(finds(assess_account("acc", account.members), Cause::kAccountUnavailable, {}));
}

TEST_CASE("assess: a token that never saw an account which others see has a finding of its own") {
  Account account;
  const auto blind = account.add(refused(Denial::kAccountNotFound), false).probe.token;
  account.add(role("AD_MANAGER"));
  CHECK(finds(assess_account("acc", account.members), Cause::kAccountUnavailable, blind));
}

TEST_CASE("assess: while a token is dead its role and access incidents are neither held nor over") {
  Account account;
  const auto dead = account.add(refused(Denial::kTokenInvalid)).probe.token;
  const auto assessment = assess_account("acc", account.members);
  CHECK(assessment.findings.empty());
  CHECK(undecided(assessment, Cause::kRoleReduced, dead));
  CHECK(undecided(assessment, Cause::kAccessRemoved, dead));
}

TEST_CASE("assess: removed access stays what it is when the account goes away for all") {
  Account account;
  const auto lost = account.add(refused(Denial::kAccountNotFound)).probe.token;
  account.add(refused(Denial::kAccountNotFound));
  CHECK(undecided(assess_account("acc", account.members), Cause::kAccessRemoved, lost));
}

TEST_CASE("assess: a reduced role tells both full sets") {
  Account account;
  const auto token = account.add(role("CAMPAIGN_ANALYST")).probe.token;
  const auto assessment = assess_account("acc", account.members);
  REQUIRE(finds(assessment, Cause::kRoleReduced, token));
  CHECK(assessment.findings[0].before == std::vector<std::string>{"AD_MANAGER"});
  CHECK(assessment.findings[0].after == std::vector<std::string>{"CAMPAIGN_ANALYST"});
}

TEST_CASE("assess: every finding names the rule that made it") {
  const auto rule = [](const Assessment& assessment) {
    REQUIRE(assessment.findings.size() == 1);
    return assessment.findings[0].grounds.rule;
  };
  Account beside;
  beside.add(refused(Denial::kAccountNotFound));
  beside.add(role("AD_MANAGER"));
  CHECK(rule(assess_account("acc", beside.members)) == "not_found_beside_live_neighbour");
  Account elsewhere;
  elsewhere.add(refused(Denial::kAccountNotFound), true, true);
  CHECK(rule(assess_account("acc", elsewhere.members)) == "not_found_but_granted_elsewhere");
  Account all;
  all.add(refused(Denial::kAccountNotFound), true, true);
  all.add(refused(Denial::kAccountNotFound), true, true);
  CHECK(rule(assess_account("acc", all.members)) == "not_found_for_all");
  Account alone;
  alone.add(refused(Denial::kAccountNotFound));
  CHECK(rule(assess_account("acc", alone.members)) == "not_found_by_the_only_witness");
  Account never;
  never.add(refused(Denial::kAccountNotFound), false);
  CHECK(rule(assess_account("acc", never.members)) == "never_seen");
}

TEST_CASE("assess: a difference names its rule, and so does a refusal and another user") {
  Account account;
  auto& state = account.add(xads::Granted{"77", xads::Permissions::from_texts({"ANALYST", "TWEET_COMPOSER", "SHOP"})});
  const auto found = assess_account("acc", account.members).findings;
  REQUIRE(found.size() == 3);
  CHECK(found[0].grounds.rule == "role_differs");
  CHECK(found[1].grounds.rule == "composer_differs");
  CHECK(found[2].grounds.rule == "permission_not_known");
  state.baseline.run->answer = refused(Denial::kUserSuspended);
  CHECK(assess_token(account.tokens[0], {&state}).findings[0].grounds.rule == "code_says_so");
  state.baseline.run->answer = xads::Granted{"99", {}};
  CHECK(assess_token(account.tokens[0], {&state}).findings[0].grounds.rule == "user_differs");
}

TEST_CASE("assess: lost access that the operator accepted is neither found nor undecided") {
  Account account;
  auto& state = account.add(refused(Denial::kAccountNotFound), false);
  account.add(role("AD_MANAGER"));
  state.baseline.accepted = true;
  const auto assessment = assess_account("acc", account.members);
  CHECK(assessment.findings.empty());
  CHECK_FALSE(undecided(assessment, Cause::kAccessRemoved, state.probe.token));
}

TEST_CASE("assess: every refusal of a token has its cause, whatever the number of accounts") {
  const std::vector<std::pair<Denial, Cause>> table{
      {Denial::kTokenInvalid, Cause::kTokenRevoked},
      {Denial::kUserSuspended, Cause::kTokenUserSuspended},
      {Denial::kUserLocked, Cause::kTokenUserLocked},
      {Denial::kReauthorizationRequired, Cause::kTokenReauthorizationRequired}};
  for (const auto& [denial, cause] : table) {
    Account account;
    const auto& first = account.add(refused(denial));
    const auto& second = account.add(refused(denial));
    const auto assessment = assess_token(account.tokens[0], {&first, &second});
    CHECK(assessment.findings.size() == 1);
    CHECK(finds(assessment, cause, account.tokens[0].id));
  }
}

TEST_CASE("assess: another user behind the token is a mismatch, and its roles are not compared") {
  Account account;
  const auto& state = account.add(xads::Granted{"99", xads::Permissions::from_texts({"ACCOUNT_ADMIN"})});
  CHECK(finds(assess_token(account.tokens[0], {&state}), Cause::kTokenIdentityMismatch, account.tokens[0].id));
  CHECK(assess_account("acc", account.members).findings.empty());
}

TEST_CASE("reconcile: an incident opens once, is updated when its sets change, and resolves once") {
  Account account;
  base::SeededRandom random(2);
  OpenIncidents open;
  auto& state = account.add(role("CAMPAIGN_ANALYST"));
  const auto pass = [&] {
    return reconcile_account("acc", assess_account("acc", account.members), open, kNoon, random);
  };
  const auto opened = pass();
  REQUIRE(opened.size() == 1);
  CHECK(opened[0].step == Step::kOpened);
  CHECK(pass().empty());

  state.baseline.run->answer = role("ANALYST");
  const auto updated = pass();
  REQUIRE(updated.size() == 1);
  CHECK(updated[0].step == Step::kUpdated);
  CHECK(updated[0].incident.id == opened[0].incident.id);

  state.baseline.run->answer = refused(Denial::kTokenInvalid);
  CHECK(pass().empty());

  state.baseline.run->answer = role("AD_MANAGER");
  const auto resolved = pass();
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].step == Step::kResolved);
  CHECK(resolved[0].incident.id == opened[0].incident.id);
  CHECK(resolved[0].incident.resolved_at == kNoon);
  CHECK(open.empty());
}

TEST_CASE("reconcile: the incidents of other tokens and accounts are left alone") {
  base::SeededRandom random(2);
  OpenIncidents open;
  Account account;
  const auto& state = account.add(refused(Denial::kTokenInvalid));
  reconcile_token(account.tokens[0].id, assess_token(account.tokens[0], {&state}), open, kNoon, random);
  REQUIRE(open.size() == 1);
  CHECK(reconcile_token(audit::TokenId::make(kNoon, random), {}, open, kNoon, random).empty());
  CHECK(reconcile_account("acc", {}, open, kNoon, random).empty());
  CHECK(open.size() == 1);
}
