#include "verdict/cause.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace verdict;

namespace {

struct Expected {
  Cause cause;
  std::string text;
  Severity severity;
  Scope scope;
};
const std::vector<Expected> kExpected{
    {Cause::kTokenRevoked, "token.revoked", Severity::kCritical, Scope::kToken},
    {Cause::kTokenUserSuspended, "token.user_suspended", Severity::kCritical, Scope::kToken},
    {Cause::kTokenUserLocked, "token.user_locked", Severity::kWarning, Scope::kToken},
    {Cause::kTokenReauthorizationRequired, "token.reauthorization_required", Severity::kCritical, Scope::kToken},
    {Cause::kTokenIdentityMismatch, "token.identity_mismatch", Severity::kCritical, Scope::kToken},
    {Cause::kAccessRemoved, "access.removed", Severity::kCritical, Scope::kProbe},
    {Cause::kAccountUnavailable, "account.unavailable", Severity::kWarning, Scope::kAccount},
    {Cause::kRoleReduced, "role.reduced", Severity::kWarning, Scope::kProbe},
    {Cause::kRoleEscalated, "role.escalated", Severity::kWarning, Scope::kProbe},
    {Cause::kRoleChanged, "role.changed", Severity::kInfo, Scope::kProbe},
    {Cause::kComposerLost, "composer.lost", Severity::kWarning, Scope::kProbe},
    {Cause::kComposerGained, "composer.gained", Severity::kInfo, Scope::kProbe},
    {Cause::kPermissionUnknown, "permission.unknown", Severity::kInfo, Scope::kProbe},
    {Cause::kAuditThrottled, "audit.throttled", Severity::kWarning, Scope::kAudit},
    {Cause::kAppRejected, "app.rejected", Severity::kCritical, Scope::kApp},
    {Cause::kVersionRetired, "api.version_retired", Severity::kCritical, Scope::kApi},
    {Cause::kSunset, "api.sunset", Severity::kInfo, Scope::kApi},
    {Cause::kAuditBlind, "audit.blind", Severity::kCritical, Scope::kAudit},
    {Cause::kClockSkew, "audit.clock_skew", Severity::kCritical, Scope::kAudit},
    {Cause::kPolicyViolated, "policy.violated", Severity::kWarning, Scope::kProbe},
    {Cause::kRedundancyLost, "redundancy.lost", Severity::kWarning, Scope::kAccount},
    {Cause::kChangeOverdue, "change.overdue", Severity::kWarning, Scope::kPlan},
    {Cause::kDestinationBroken, "destination.broken", Severity::kCritical, Scope::kDelivery},
    {Cause::kStoreUnwritable, "store.unwritable", Severity::kCritical, Scope::kStore},
};

}  // namespace

TEST_CASE("cause: text, severity and scope are the documented ones") {
  REQUIRE(all_causes().size() == kExpected.size());
  for (const Expected& expected : kExpected) {
    CAPTURE(expected.text);
    CHECK(to_text(expected.cause) == expected.text);
    CHECK(severity_of(expected.cause) == expected.severity);
    CHECK(scope_of(expected.cause) == expected.scope);
  }
}

TEST_CASE("cause: every text reads back as its cause, and no two are alike") {
  std::set<std::string_view> texts;
  for (const Cause cause : all_causes()) {
    CHECK(cause_from_text(to_text(cause)) == cause);
    texts.insert(to_text(cause));
  }
  CHECK(texts.size() == all_causes().size());
}

TEST_CASE("cause: a text that is not exactly one is no cause") {
  CHECK_FALSE(cause_from_text(""));
  CHECK_FALSE(cause_from_text("token"));
  CHECK_FALSE(cause_from_text("Token.revoked"));
  CHECK_FALSE(cause_from_text("token.revoked "));
  CHECK_FALSE(cause_from_text("audit.deaf"));
}

TEST_CASE("severity: reads back from its text, and nothing else does") {
  CHECK(to_text(Severity::kInfo) == "info");
  CHECK(to_text(Severity::kWarning) == "warning");
  CHECK(to_text(Severity::kCritical) == "critical");
  CHECK(severity_from_text("info") == Severity::kInfo);
  CHECK(severity_from_text("warning") == Severity::kWarning);
  CHECK(severity_from_text("critical") == Severity::kCritical);
  CHECK_FALSE(severity_from_text("error"));
  CHECK_FALSE(severity_from_text("CRITICAL"));
  CHECK_FALSE(severity_from_text(""));
}
