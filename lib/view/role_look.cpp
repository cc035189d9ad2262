#include "view/role_look.h"

#include <array>
#include <variant>

#include "verdict/baseline.h"

namespace view {
namespace {

constexpr std::array<RoleLook, 8> kLooks{{{"ACCOUNT_ADMIN", "#1d3461", "#ffffff"},
                                          {"AD_MANAGER", "#2f6690", "#ffffff"},
                                          {"CREATIVE_MANAGER", "#6a8532", "#ffffff"},
                                          {"CAMPAIGN_ANALYST", "#e9c46a", "#1b1b1b"},
                                          {"ANALYST", "#f4e3b2", "#1b1b1b"},
                                          {"PARTNER_AUDIENCE_MANAGER", "#d8b4d8", "#1b1b1b"},
                                          {"refused", "#b3261e", "#ffffff"},
                                          {"not known, or no role", "#e8e8e8", "#1b1b1b"}}};
constexpr const RoleLook& kRefused = kLooks[6];
constexpr const RoleLook& kNoRole = kLooks[7];
// In the order of kLooks.
constexpr std::array kRoles{xads::Permission::kAccountAdmin,    xads::Permission::kAdManager,
                            xads::Permission::kCreativeManager, xads::Permission::kCampaignAnalyst,
                            xads::Permission::kAnalyst,         xads::Permission::kPartnerAudienceManager};

}  // namespace

const RoleLook& look_of(const std::string& answer) {
  const auto read = verdict::answer_from_text(answer);
  if (!read) return kNoRole;
  const auto* granted = std::get_if<xads::Granted>(&*read);
  if (granted == nullptr) return kRefused;
  for (std::size_t place = 0; place < kRoles.size(); ++place)
    if (granted->permissions.has(kRoles[place])) return kLooks[place];
  return kNoRole;
}

std::span<const RoleLook> role_looks() { return kLooks; }

}  // namespace view
