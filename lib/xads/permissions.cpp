#include "xads/permissions.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/ensure.h"
#include "base/text.h"

namespace xads {
namespace {

struct PermissionName {
  Permission permission;
  std::string_view name;
};
// https://docs.x.com/x-ads-api/campaign-management/reference#authenticated-user-access, in the order of the bits.
constexpr std::array kNames{PermissionName{Permission::kAccountAdmin, "ACCOUNT_ADMIN"},
                            PermissionName{Permission::kAdManager, "AD_MANAGER"},
                            PermissionName{Permission::kCreativeManager, "CREATIVE_MANAGER"},
                            PermissionName{Permission::kCampaignAnalyst, "CAMPAIGN_ANALYST"},
                            PermissionName{Permission::kAnalyst, "ANALYST"},
                            PermissionName{Permission::kPartnerAudienceManager, "PARTNER_AUDIENCE_MANAGER"},
                            PermissionName{Permission::kTweetComposer, "TWEET_COMPOSER"}};

constexpr std::uint8_t bit_of(Permission permission) { return static_cast<std::uint8_t>(permission); }

}  // namespace

std::string_view to_text(Permission permission) {
  const auto* named = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const PermissionName& name) { return name.permission == permission; });
  ENSURE(named != kNames.end());
  return named->name;
}

std::optional<Permission> permission_from_text(std::string_view text) {
  for (const auto& [permission, name] : kNames) {
    if (name == text) return permission;
  }
  return std::nullopt;
}

const std::vector<Permission>& all_permissions() {
  static const std::vector<Permission> all = [] {
    std::vector<Permission> permissions;
    for (const auto& [permission, name] : kNames) permissions.push_back(permission);
    return permissions;
  }();
  return all;
}

Permissions Permissions::from_texts(const std::vector<std::string>& texts) {
  Permissions permissions;
  for (const std::string& text : texts) permissions.add(text);
  return permissions;
}

Permissions Permissions::from_mask(std::uint8_t known) {
  constexpr auto kAll = std::accumulate(kNames.begin(), kNames.end(), 0, [](int mask, const PermissionName& name) {
    return mask | bit_of(name.permission);
  });
  ENSURE((known & ~kAll) == 0);
  Permissions permissions;
  permissions.known_ = known;
  return permissions;
}

void Permissions::add(std::string_view text) {
  if (const auto permission = permission_from_text(text)) {
    known_ = static_cast<std::uint8_t>(known_ | bit_of(*permission));
    return;
  }
  const auto place = std::lower_bound(unknown_.begin(), unknown_.end(), text);
  if (place == unknown_.end() || *place != text) unknown_.emplace(place, text);
}

Permissions Permissions::base_roles() const {
  Permissions roles;
  roles.known_ = static_cast<std::uint8_t>(known_ & ~bit_of(Permission::kTweetComposer));
  return roles;
}

std::vector<std::string> Permissions::texts() const {
  std::vector<std::string> texts;
  for (const Permission permission : all_permissions()) {
    if (has(permission)) texts.emplace_back(to_text(permission));
  }
  texts.insert(texts.end(), unknown_.begin(), unknown_.end());
  return texts;
}

std::string Permissions::text() const { return empty() ? "none" : base::join(texts(), ", "); }

}  // namespace xads
