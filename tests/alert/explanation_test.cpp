#include "alert/explanation.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

namespace {

bool has_rule(Cause cause, std::string_view name) {
  for (const Rule& rule : explanation_of(cause).rules) {
    if (rule.name == name) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("explanation: every cause is explained in full") {
  for (const Cause cause : verdict::all_causes()) {
    CAPTURE(verdict::to_text(cause));
    const Explanation& page = explanation_of(cause);
    CHECK(page.cause == cause);
    CHECK_FALSE(page.title.empty());
    CHECK(page.meaning.ends_with('.'));
    CHECK(page.closes.ends_with('.'));
    CHECK(page.stops.ends_with('.'));
    CHECK(page.repair.ends_with('.'));
    REQUIRE_FALSE(page.rules.empty());
    for (const Rule& rule : page.rules) {
      CHECK(rule.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
      CHECK_FALSE(rule.words.empty());
    }
  }
}

TEST_CASE("explanation: no two causes have one title, and no rule stands twice in one") {
  std::set<std::string_view> titles;
  for (const Cause cause : verdict::all_causes()) {
    CHECK(titles.insert(explanation_of(cause).title).second);
    std::set<std::string_view> names;
    for (const Rule& rule : explanation_of(cause).rules) CHECK(names.insert(rule.name).second);
  }
}

TEST_CASE("explanation: the title is the one that alerts carry") {
  for (const Cause cause : verdict::all_causes()) {
    CAPTURE(verdict::to_text(cause));
    CHECK(wording_of(samples::alert(cause, State::kOpened)).title.starts_with(explanation_of(cause).title));
  }
}

TEST_CASE("explanation: the rules of the verdicts are explained under their causes") {
  for (const char* rule : {"identity_confirms", "neighbours_are_well", "code_repeated", "stable_in_a_mass"})
    CHECK(has_rule(Cause::kTokenRevoked, rule));
  for (const Cause cause : {Cause::kTokenUserSuspended, Cause::kTokenUserLocked, Cause::kTokenReauthorizationRequired})
    CHECK(has_rule(cause, "code_says_so"));
  CHECK(has_rule(Cause::kTokenIdentityMismatch, "user_differs"));
  CHECK(has_rule(Cause::kAccessRemoved, "not_found_beside_live_neighbour"));
  CHECK(has_rule(Cause::kAccessRemoved, "not_found_but_granted_elsewhere"));
  for (const char* rule : {"not_found_for_all", "not_found_by_the_only_witness", "never_seen"})
    CHECK(has_rule(Cause::kAccountUnavailable, rule));
  for (const Cause cause : {Cause::kRoleReduced, Cause::kRoleEscalated, Cause::kRoleChanged})
    CHECK(has_rule(cause, "role_differs"));
  CHECK(has_rule(Cause::kComposerLost, "composer_differs"));
  CHECK(has_rule(Cause::kComposerGained, "composer_differs"));
  CHECK(has_rule(Cause::kPermissionUnknown, "permission_not_known"));
  CHECK(has_rule(Cause::kPolicyViolated, "expectation_broken"));
  CHECK(has_rule(Cause::kRedundancyLost, "too_few_live_tokens"));
  CHECK(has_rule(Cause::kRedundancyLost, "too_few_admins"));
  CHECK(has_rule(Cause::kChangeOverdue, "announced_change_did_not_come"));
  CHECK(has_rule(Cause::kAppRejected, "tokens_fail_together"));
  CHECK(has_rule(Cause::kVersionRetired, "code_blames_app"));
  CHECK(has_rule(Cause::kSunset, "x_warns"));
  CHECK(has_rule(Cause::kAuditBlind, "no_answer_within_the_bound"));
  CHECK(has_rule(Cause::kClockSkew, "date_differs"));
  CHECK(has_rule(Cause::kClockSkew, "time_stamp_refused"));
}
