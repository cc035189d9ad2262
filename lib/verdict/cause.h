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
};
enum class Severity { kInfo, kWarning, kCritical };
/// What an incident of a cause is about. Audit: our own auditing of a token or of an ad account, about which no answer
/// says anything; its key has the one or the other.
enum class Scope { kToken, kAccount, kProbe, kAudit };

std::string_view to_text(Cause cause);  ///< "token.revoked"
std::optional<Cause> cause_from_text(std::string_view text);
const std::vector<Cause>& all_causes();
std::string_view to_text(Severity severity);  ///< "critical"
std::optional<Severity> severity_from_text(std::string_view text);

Severity severity_of(Cause cause);
Scope scope_of(Cause cause);

}  // namespace verdict
