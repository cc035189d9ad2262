#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace verdict {

/// Why something is wrong. The text forms are stable: webhook types, metric labels, arguments of `explain`.
enum class Cause {
  kTokenRevoked,
  kTokenUserSuspended,
  kTokenUserLocked,
  kTokenReauthorizationRequired,
  kTokenIdentityMismatch,
  kAccessRemoved,
  kAccountUnavailable,
  kRoleReduced,
  kRoleEscalated,
  kRoleChanged,
  kComposerLost,
  kComposerGained,
  kPermissionUnknown,
  kAuditThrottled,
  kAppRejected,
  kVersionRetired,
  kSunset,
  kAuditBlind,
  kClockSkew,
  kPolicyViolated,
  kRedundancyLost,
  kChangeOverdue,
  kDestinationBroken,
  kStoreUnwritable,
};
enum class Severity { kInfo, kWarning, kCritical };
/// What an incident of a cause is about, and so what its key names. Audit: our own auditing, as a whole, of a token or
/// of an ad account. App: one app of ours; api: the API as a whole; plan: an announced change; delivery: a destination
/// of alerts; store: the database.
enum class Scope { kToken, kAccount, kProbe, kAudit, kApp, kApi, kPlan, kDelivery, kStore };

std::string_view to_text(Cause cause);  ///< "token.revoked"
std::optional<Cause> cause_from_text(std::string_view text);
const std::vector<Cause>& all_causes();
std::string_view to_text(Severity severity);  ///< "critical"
std::optional<Severity> severity_from_text(std::string_view text);

/// Unless the settings say otherwise: see severity_of(const Finding&).
Severity severity_of(Cause cause);
Scope scope_of(Cause cause);

}  // namespace verdict
