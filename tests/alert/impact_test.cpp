#include "alert/impact.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

namespace {

std::vector<std::string> stops(const Alert& alert) {
  std::vector<std::string> needs;
  for (const Impact& impact : impact_of(alert)) needs.emplace_back(impact.need);
  return needs;
}
Alert opened(Cause cause, std::vector<std::string> before, std::vector<std::string> after) {
  Alert alert = samples::alert(cause, State::kOpened);
  alert.incident.finding.before = std::move(before);
  alert.incident.finding.after = std::move(after);
  return alert;
}
using Needs = std::vector<std::string>;

}  // namespace

TEST_CASE("impact: conversions stop when the role falls below ad manager") {
  CHECK(stops(opened(Cause::kRoleReduced, {"AD_MANAGER"}, {"CAMPAIGN_ANALYST"})) == Needs{"conversions"});
  CHECK(stops(opened(Cause::kRoleReduced, {"ACCOUNT_ADMIN"}, {"ANALYST"})) == Needs{"conversions"});
}

TEST_CASE("impact: conversions go on while the role is ad manager, and cannot stop when they never went") {
  CHECK(stops(opened(Cause::kRoleReduced, {"ACCOUNT_ADMIN"}, {"AD_MANAGER"})) == Needs{});
  CHECK(stops(opened(Cause::kRoleReduced, {"CREATIVE_MANAGER"}, {"ANALYST"})) == Needs{});
}

TEST_CASE("impact: conversions stop when the token is dead") {
  CHECK(stops(samples::alert(Cause::kTokenRevoked, State::kOpened)) == Needs{"conversions"});
}

TEST_CASE("impact: without TWEET_COMPOSER a developer token no longer posts, an advertiser's own does") {
  Alert alert = opened(Cause::kComposerLost, {"AD_MANAGER", "TWEET_COMPOSER"}, {"AD_MANAGER"});
  CHECK(stops(alert) == Needs{"create_posts"});
  alert.subject.token = samples::token(audit::TokenKind::kAdvertiser);
  CHECK(stops(alert) == Needs{});
}

TEST_CASE("impact: nothing is claimed where nothing is documented, nor for what is over") {
  CHECK(stops(samples::alert(Cause::kTokenUserLocked, State::kOpened)) == Needs{});
  CHECK(stops(samples::alert(Cause::kRoleEscalated, State::kOpened)) == Needs{});
  CHECK(stops(samples::alert(Cause::kAuditThrottled, State::kOpened)) == Needs{});
  CHECK(stops(samples::alert(Cause::kTokenRevoked, State::kResolved)) == Needs{});
}
