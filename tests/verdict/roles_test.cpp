#include "verdict/roles.h"

#include <doctest/doctest.h>

using namespace verdict;
using xads::Permissions;

namespace {

std::vector<Cause> between(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  return differences(Permissions::from_texts(before), Permissions::from_texts(after));
}
using Causes = std::vector<Cause>;

}  // namespace

TEST_CASE("roles: the same set in another order is no difference") {
  CHECK(between({"AD_MANAGER", "TWEET_COMPOSER"}, {"TWEET_COMPOSER", "AD_MANAGER"}).empty());
}

TEST_CASE("roles: towards administrator is an escalation, away from it a reduction") {
  CHECK(between({"AD_MANAGER"}, {"ACCOUNT_ADMIN"}) == Causes{Cause::kRoleEscalated});
  CHECK(between({"ACCOUNT_ADMIN"}, {"AD_MANAGER"}) == Causes{Cause::kRoleReduced});
  CHECK(between({"AD_MANAGER"}, {"CAMPAIGN_ANALYST"}) == Causes{Cause::kRoleReduced});
  CHECK(between({"ANALYST"}, {"AD_MANAGER"}) == Causes{Cause::kRoleEscalated});
  CHECK(between({"AD_MANAGER"}, {"PARTNER_AUDIENCE_MANAGER"}) == Causes{Cause::kRoleReduced});
}

TEST_CASE("roles: no role at all is less than any role") {
  CHECK(between({"ANALYST"}, {}) == Causes{Cause::kRoleReduced});
  CHECK(between({}, {"ANALYST"}) == Causes{Cause::kRoleEscalated});
}

TEST_CASE("roles: the four narrow roles stand beside each other") {
  CHECK(between({"CREATIVE_MANAGER"}, {"CAMPAIGN_ANALYST"}) == Causes{Cause::kRoleChanged});
  CHECK(between({"ANALYST"}, {"PARTNER_AUDIENCE_MANAGER"}) == Causes{Cause::kRoleChanged});
}

TEST_CASE("roles: one role more or less of the same reach has a direction too") {
  CHECK(between({"ANALYST"}, {"ANALYST", "CAMPAIGN_ANALYST"}) == Causes{Cause::kRoleEscalated});
  CHECK(between({"ANALYST", "CAMPAIGN_ANALYST"}, {"ANALYST"}) == Causes{Cause::kRoleReduced});
}

TEST_CASE("roles: the composer right is a difference of its own") {
  CHECK(between({"AD_MANAGER", "TWEET_COMPOSER"}, {"AD_MANAGER"}) == Causes{Cause::kComposerLost});
  CHECK(between({"AD_MANAGER"}, {"AD_MANAGER", "TWEET_COMPOSER"}) == Causes{Cause::kComposerGained});
  CHECK(between({"AD_MANAGER", "TWEET_COMPOSER"}, {"CAMPAIGN_ANALYST"}) ==
        Causes{Cause::kRoleReduced, Cause::kComposerLost});
}

TEST_CASE("roles: an unknown permission is told when it appears, not when it goes") {
  CHECK(between({"ANALYST"}, {"ANALYST", "SOME_FUTURE_PERMISSION"}) == Causes{Cause::kPermissionUnknown});
  CHECK(between({"ANALYST", "SOME_FUTURE_PERMISSION"}, {"ANALYST"}).empty());
}
