#include "verdict/cause.h"

#include <array>

#include "base/ensure.h"

namespace verdict {
namespace {

struct Row {
  Cause cause;
  std::string_view text;
  Severity severity;
  Scope scope;
};
// In the order of the enumerators, so that a cause is its own index.
constexpr std::array kRows{
    Row{Cause::kTokenRevoked, "token.revoked", Severity::kCritical, Scope::kToken},
    Row{Cause::kTokenUserSuspended, "token.user_suspended", Severity::kCritical, Scope::kToken},
    Row{Cause::kTokenUserLocked, "token.user_locked", Severity::kWarning, Scope::kToken},
    Row{Cause::kTokenReauthorizationRequired, "token.reauthorization_required", Severity::kCritical, Scope::kToken},
    Row{Cause::kTokenIdentityMismatch, "token.identity_mismatch", Severity::kCritical, Scope::kToken},
    Row{Cause::kAccessRemoved, "access.removed", Severity::kCritical, Scope::kProbe},
    Row{Cause::kAccountUnavailable, "account.unavailable", Severity::kWarning, Scope::kAccount},
    Row{Cause::kRoleReduced, "role.reduced", Severity::kWarning, Scope::kProbe},
    Row{Cause::kRoleEscalated, "role.escalated", Severity::kWarning, Scope::kProbe},
    Row{Cause::kRoleChanged, "role.changed", Severity::kInfo, Scope::kProbe},
    Row{Cause::kComposerLost, "composer.lost", Severity::kWarning, Scope::kProbe},
    Row{Cause::kComposerGained, "composer.gained", Severity::kInfo, Scope::kProbe},
    Row{Cause::kPermissionUnknown, "permission.unknown", Severity::kInfo, Scope::kProbe},
    Row{Cause::kAuditThrottled, "audit.throttled", Severity::kWarning, Scope::kAudit},
    Row{Cause::kAppRejected, "app.rejected", Severity::kCritical, Scope::kApp},
    Row{Cause::kVersionRetired, "api.version_retired", Severity::kCritical, Scope::kApi},
    Row{Cause::kSunset, "api.sunset", Severity::kInfo, Scope::kApi},
    Row{Cause::kAuditBlind, "audit.blind", Severity::kCritical, Scope::kAudit},
    Row{Cause::kClockSkew, "audit.clock_skew", Severity::kCritical, Scope::kAudit},
    Row{Cause::kPolicyViolated, "policy.violated", Severity::kWarning, Scope::kProbe},
    Row{Cause::kRedundancyLost, "redundancy.lost", Severity::kWarning, Scope::kAccount},
    Row{Cause::kChangeOverdue, "change.overdue", Severity::kWarning, Scope::kPlan},
    Row{Cause::kDestinationBroken, "destination.broken", Severity::kCritical, Scope::kDelivery},
    Row{Cause::kStoreUnwritable, "store.unwritable", Severity::kCritical, Scope::kStore},
};
constexpr bool rows_follow_the_enumerators() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].cause) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enumerators());

const Row& row_of(Cause cause) {
  const auto index = static_cast<std::size_t>(cause);
  ENSURE(index < kRows.size());
  return kRows[index];
}

constexpr std::array<std::string_view, 3> kSeverityTexts{"info", "warning", "critical"};

}  // namespace

std::string_view to_text(Cause cause) { return row_of(cause).text; }

std::optional<Cause> cause_from_text(std::string_view text) {
  for (const Row& row : kRows) {
    if (row.text == text) return row.cause;
  }
  return std::nullopt;
}

const std::vector<Cause>& all_causes() {
  static const std::vector<Cause> causes = [] {
    std::vector<Cause> all;
    for (const Row& row : kRows) all.push_back(row.cause);
    return all;
  }();
  return causes;
}

std::string_view to_text(Severity severity) { return kSeverityTexts.at(static_cast<std::size_t>(severity)); }

std::optional<Severity> severity_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kSeverityTexts.size(); ++i) {
    if (kSeverityTexts[i] == text) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

Severity severity_of(Cause cause) { return row_of(cause).severity; }
Scope scope_of(Cause cause) { return row_of(cause).scope; }

}  // namespace verdict
