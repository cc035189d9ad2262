#include "xads/observation.h"

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace xads {
namespace {

struct DenialName {
  Denial denial;
  std::string_view name;
};
// These names are stored and shown: they may be added to, never changed.
constexpr std::array kNames{DenialName{Denial::kTokenInvalid, "token_invalid"},
                            DenialName{Denial::kUnauthenticated, "unauthenticated"},
                            DenialName{Denial::kAccountNotFound, "account_not_found"},
                            DenialName{Denial::kUserSuspended, "user_suspended"},
                            DenialName{Denial::kUserLocked, "user_locked"},
                            DenialName{Denial::kReauthorizationRequired, "reauthorization_required"},
                            DenialName{Denial::kAppRejected, "app_rejected"},
                            DenialName{Denial::kVersionRetired, "version_retired"},
                            DenialName{Denial::kClockSkewed, "clock_skewed"},
                            DenialName{Denial::kRequestRefused, "request_refused"},
                            DenialName{Denial::kUnknown, "unknown"}};

}  // namespace

std::string_view to_text(Denial denial) {
  const auto* named =
      std::find_if(kNames.begin(), kNames.end(), [&](const DenialName& name) { return name.denial == denial; });
  ENSURE(named != kNames.end());
  return named->name;
}

std::optional<Denial> denial_from_text(std::string_view text) {
  for (const auto& [denial, name] : kNames) {
    if (name == text) return denial;
  }
  return std::nullopt;
}

}  // namespace xads
