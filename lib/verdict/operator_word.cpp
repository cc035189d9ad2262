#include "verdict/operator_word.h"

#include <array>

namespace verdict {
namespace {

constexpr std::array<std::string_view, 4> kStateTexts{"open", "done", "overdue", "withdrawn"};

}  // namespace

std::string_view to_text(PlannedChange::State state) { return kStateTexts.at(static_cast<std::size_t>(state)); }

std::optional<PlannedChange::State> plan_state_from_text(std::string_view text) {
  for (std::size_t place = 0; place < kStateTexts.size(); ++place) {
    if (kStateTexts[place] == text) return static_cast<PlannedChange::State>(place);
  }
  return std::nullopt;
}

std::string target_text(const PlannedChange& plan) { return plan.to ? plan.to->text() : "no access"; }

bool acceptable(Cause cause) {
  switch (cause) {
    case Cause::kAccessRemoved:
    case Cause::kRoleReduced:
    case Cause::kRoleEscalated:
    case Cause::kRoleChanged:
    case Cause::kComposerLost:
    case Cause::kComposerGained:
    case Cause::kPermissionUnknown:
    case Cause::kPolicyViolated:
    case Cause::kChangeOverdue:
      return true;
    case Cause::kTokenRevoked:
    case Cause::kTokenUserSuspended:
    case Cause::kTokenUserLocked:
    case Cause::kTokenReauthorizationRequired:
    case Cause::kTokenIdentityMismatch:
    case Cause::kAccountUnavailable:
    case Cause::kAuditThrottled:
    case Cause::kAppRejected:
    case Cause::kVersionRetired:
    case Cause::kSunset:
    case Cause::kAuditBlind:
    case Cause::kClockSkew:
    case Cause::kRedundancyLost:
    case Cause::kDestinationBroken:
    case Cause::kStoreUnwritable:
      return false;
  }
  return false;
}

}  // namespace verdict
