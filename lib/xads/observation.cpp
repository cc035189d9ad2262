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

std::vector<Denial> all_denials() {
  std::vector<Denial> denials;
  for (const auto& name : kNames) denials.push_back(name.denial);
  return denials;
}

std::string_view to_text(Trouble trouble) {
  switch (trouble) {
    case Trouble::kNetwork:
      return "network";
    case Trouble::kNameResolution:
      return "name_resolution";
    case Trouble::kTls:
      return "tls";
    case Trouble::kServer:
      return "server";
    case Trouble::kMiddlebox:
      return "middlebox";
  }
  base::broken_promise("a trouble is one of its enumerators", __FILE__, __LINE__);
}

}  // namespace xads
