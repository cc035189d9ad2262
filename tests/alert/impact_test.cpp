#include "alert/impact.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

namespace {

using Texts = std::vector<std::string>;

Texts needs(const Alert& alert, std::string_view effect) {
  Texts needs;
  for (const Impact& impact : impact_of(alert)) {
    if (impact.effect == effect) needs.push_back(impact.need);
  }
  return needs;
}
Texts stops(const Alert& alert) { return needs(alert, "stops"); }

Alert opened(Cause cause, Texts before, Texts after) {
  Alert alert = samples::alert(cause, State::kOpened);
  alert.incident.finding.before = std::move(before);
  alert.incident.finding.after = std::move(after);
  return alert;
}

}  // namespace

TEST_CASE("impact: a role below ad manager stops conversions for certain, and edits by its name") {
  const Alert alert = opened(Cause::kRoleReduced, {"AD_MANAGER"}, {"CAMPAIGN_ANALYST"});
  CHECK(stops(alert) == Texts{"conversions", "manage_campaigns", "creatives", "cards", "audiences"});
  CHECK(impact_of(alert)[0] == Impact{"conversions", "stops", "documented", "conversion uploads"});
  CHECK(impact_of(alert)[1] == Impact{"manage_campaigns", "stops", "by role name", "campaign edits"});
  CHECK(needs(alert, "continues") == Texts{"account_access", "create_posts", "analytics"});
  CHECK(impact_text(impact_of(alert)) ==
        "documented: conversion uploads stop; by role name: campaign edits, creative edits, card creation, custom "
        "audience edits stop; posts in the advertiser's name, campaign reads and statistics still work");
}

TEST_CASE("impact: an administrator who becomes ad manager loses the users and nothing else") {
  const Alert alert = opened(Cause::kRoleReduced, {"ACCOUNT_ADMIN"}, {"AD_MANAGER"});
  CHECK(stops(alert) == Texts{"manage_users"});
  CHECK(impact_text(impact_of(alert)).starts_with("documented: changes of users and settings stop; "));
}

TEST_CASE("impact: what could not be done before cannot stop") {
  CHECK(stops(opened(Cause::kRoleReduced, {"CREATIVE_MANAGER"}, {"ANALYST"})) == Texts{"creatives", "cards"});
}

TEST_CASE("impact: a dead token stops what the widest rights gave through the API, not in the web interface") {
  const Texts all{"account_access", "conversions", "create_posts", "manage_campaigns",
                  "analytics",      "creatives",   "cards",        "audiences"};
  for (const Cause cause : {Cause::kTokenRevoked, Cause::kTokenUserSuspended, Cause::kTokenUserLocked,
                            Cause::kTokenReauthorizationRequired, Cause::kAppRejected}) {
    CAPTURE(verdict::to_text(cause));
    CHECK(stops(samples::alert(cause, State::kOpened)) == all);
  }
}

TEST_CASE("impact: lost access stops what the rights gave, in the web interface too") {
  Alert alert = opened(Cause::kAccessRemoved, {"AD_MANAGER"}, {});
  alert.subject.token = samples::token(audit::TokenKind::kDeveloper);
  CHECK(stops(alert) == Texts{"account_access", "conversions", "manage_campaigns", "analytics", "creatives", "cards",
                              "audiences", "ads_ui"});
  CHECK(stops(opened(Cause::kAccessRemoved, {}, {})).empty());
}

TEST_CASE("impact: without TWEET_COMPOSER a developer token no longer posts, an advertiser's own does") {
  Alert alert = opened(Cause::kComposerLost, {"AD_MANAGER", "TWEET_COMPOSER"}, {"AD_MANAGER"});
  CHECK(stops(alert) == Texts{"create_posts"});
  alert.subject.token = samples::token(audit::TokenKind::kAdvertiser);
  CHECK(impact_of(alert).empty());
}

TEST_CASE("impact: more rights begin something") {
  Alert alert = opened(Cause::kComposerGained, {"AD_MANAGER"}, {"AD_MANAGER", "TWEET_COMPOSER"});
  alert.subject.token = samples::token(audit::TokenKind::kDeveloper);
  CHECK(needs(alert, "starts") == Texts{"create_posts"});
  CHECK(impact_text(impact_of(alert)).starts_with("documented: posts in the advertiser's name become possible; "));
  CHECK(needs(opened(Cause::kRoleEscalated, {"AD_MANAGER"}, {"ACCOUNT_ADMIN"}), "starts") == Texts{"manage_users"});
}

TEST_CASE("impact: a role beside the former one stops one thing and begins another, what stops first") {
  const Alert alert = opened(Cause::kRoleChanged, {"CREATIVE_MANAGER"}, {"PARTNER_AUDIENCE_MANAGER"});
  CHECK(stops(alert) == Texts{"creatives", "cards"});
  CHECK(needs(alert, "starts") == Texts{"partner_audiences"});
  CHECK(impact_text(impact_of(alert)) ==
        "by role name: creative edits, card creation stop; by role name: data-partner audience edits become possible; "
        "posts in the advertiser's name still work");
}

TEST_CASE("impact: a broken expectation tells what is possible otherwise than expected, where a set is expected") {
  CHECK(stops(opened(Cause::kPolicyViolated, {"AD_MANAGER"}, {"ANALYST"})).front() == "conversions");
  CHECK(impact_of(opened(Cause::kPolicyViolated, {}, {"ACCOUNT_ADMIN"})).empty());
}

TEST_CASE("impact: an account that was seen once is out of reach") {
  Alert alert = samples::alert(Cause::kAccountUnavailable, State::kOpened);
  CHECK(impact_text(impact_of(alert)) == "documented: access to the ad account stops");
  alert.incident.finding.last_good_at.reset();
  CHECK(impact_of(alert).empty());
}

TEST_CASE("impact: nothing is claimed where nothing is known, nor for what is over") {
  for (const Cause cause :
       {Cause::kTokenIdentityMismatch, Cause::kPermissionUnknown, Cause::kAuditThrottled, Cause::kVersionRetired,
        Cause::kSunset, Cause::kAuditBlind, Cause::kClockSkew, Cause::kRedundancyLost, Cause::kChangeOverdue})
    CHECK(impact_of(samples::alert(cause, State::kOpened)).empty());
  for (const Cause cause : verdict::all_causes()) CHECK(impact_of(samples::alert(cause, State::kResolved)).empty());
  CHECK(impact_text({}).empty());
}
