#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xads {

/// What X documents for `permissions`. The values are bits of a stored mask: never renumber.
enum class Permission : std::uint8_t {
  kAccountAdmin = 1,
  kAdManager = 2,
  kCreativeManager = 4,
  kCampaignAnalyst = 8,
  kAnalyst = 16,
  kPartnerAudienceManager = 32,
  kTweetComposer = 64,
};
std::string_view to_text(Permission permission);
std::optional<Permission> permission_from_text(std::string_view text);
/// All seven, in the order of their bits.
const std::vector<Permission>& all_permissions();

/// A set: X gives no order. Strings that we do not know are kept beside the known ones, never dropped.
class Permissions {
 public:
  Permissions() = default;
  static Permissions from_texts(const std::vector<std::string>& texts);
  /// The other way round of known_mask(). Requires bits of known permissions only.
  static Permissions from_mask(std::uint8_t known);
  void add(std::string_view text);

  bool has(Permission permission) const { return (known_ & static_cast<std::uint8_t>(permission)) != 0; }
  bool composer() const { return has(Permission::kTweetComposer); }
  bool empty() const { return known_ == 0 && unknown_.empty(); }
  /// Without TWEET_COMPOSER and without unknown strings.
  Permissions base_roles() const;
  std::uint8_t known_mask() const { return known_; }
  const std::vector<std::string>& unknown() const { return unknown_; }  ///< sorted, no repeats

  /// Known ones in the order of their bits, then the unknown ones.
  std::vector<std::string> texts() const;
  /// "ACCOUNT_ADMIN, TWEET_COMPOSER", or "none".
  std::string text() const;

  bool operator==(const Permissions&) const = default;

 private:
  std::uint8_t known_ = 0;
  std::vector<std::string> unknown_;
};

}  // namespace xads
