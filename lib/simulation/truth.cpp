#include "simulation/truth.h"

#include <array>

namespace simulation {

std::string_view to_text(Standing standing) {
  static constexpr std::array<std::string_view, kStandings> kTexts{
      "granted",        "not found",        "revoked",
      "user suspended", "user locked",      "must be authorized anew",
      "app suspended",  "keys regenerated", "Ads access lost",
      "app read-only",  "version retired",  "clock off"};
  return kTexts.at(static_cast<std::size_t>(standing));
}

std::string to_text(const Truth& truth) {
  if (truth.standing != Standing::kGranted) return std::string(to_text(truth.standing));
  return "granted " + xads::Permissions::from_mask(truth.role).text();
}

}  // namespace simulation
