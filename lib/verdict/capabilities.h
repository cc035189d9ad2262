#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "xads/permissions.h"

namespace verdict {

/// How sure a cell of the table is.
enum class Certainty { kDocumented, kByRoleName, kUnknown };
std::string_view to_text(Certainty certainty);  ///< "documented", "by role name", "unknown"

/// Whether somebody may do something.
enum class Ability { kYes, kNo, kUnknown };

/// What depends on the kind of the token: a row of the table in X's access guide.
struct KindRow {
  std::string capability;  ///< "create_posts"
  audit::TokenKind kind = audit::TokenKind::kAdvertiser;
  std::string answer;  ///< "yes", "no", "with TWEET_COMPOSER", "apart for each advertiser": as config/capabilities.yaml
  Certainty certainty = Certainty::kDocumented;
  std::string source;
  bool operator==(const KindRow&) const = default;
};
/// What a permission gives.
struct RoleRow {
  std::string capability;
  xads::Permission permission = xads::Permission::kAccountAdmin;
  Ability ability = Ability::kUnknown;
  Certainty certainty = Certainty::kUnknown;
  std::string source;
  bool operator==(const RoleRow&) const = default;
};
/// What the app's level of access gives: "standard" or "conversion_only".
struct AppRow {
  std::string capability;
  std::string access;
  Ability ability = Ability::kUnknown;
  Certainty certainty = Certainty::kUnknown;
  std::string source;
  bool operator==(const AppRow&) const = default;
};
/// A capability that people may name in `needs`.
struct CapabilityName {
  std::string name;       ///< stable: "conversions"
  std::string words;      ///< for people, after "What stops:": "conversion uploads"
  std::string deed;       ///< for people, after "cannot": "upload conversions"
  bool web_only = false;  ///< the token's user does it in X's web interface, without the token
  bool operator==(const CapabilityName&) const = default;
};

/// Something that a change stops or starts, or leaves as it is.
struct Effect {
  enum class Kind { kStops, kStarts, kContinues };
  std::string capability;
  std::string words;
  Kind kind = Kind::kStops;
  Certainty certainty = Certainty::kUnknown;
  bool operator==(const Effect&) const = default;
};
std::string_view to_text(Effect::Kind kind);  ///< "stops", "starts", "continues"

/// The table of config/capabilities.yaml: which token may do what. Immutable.
class Capabilities {
 public:
  /// As it was when the program was built.
  static const Capabilities& built_in();

  const std::vector<CapabilityName>& names() const { return names_; }
  const std::vector<KindRow>& kinds() const { return kinds_; }
  const std::vector<RoleRow>& roles() const { return roles_; }
  const std::vector<AppRow>& apps() const { return apps_; }
  const CapabilityName* find(std::string_view name) const;

  struct Answer {
    Ability ability = Ability::kUnknown;
    Certainty certainty = Certainty::kUnknown;
    bool operator==(const Answer&) const = default;
  };
  /// May a token of this kind, with these permissions on an account, do this? Permissions that nobody knows give
  /// nothing, and no permission at all gives nothing for certain. Of permissions that give it the surest one counts, of
  /// those that do not the least sure.
  Answer may(std::string_view capability, audit::TokenKind kind, const xads::Permissions& permissions) const;
  /// May a token of an app with this access ("standard", "conversion_only") do it, whatever its permissions?
  Answer app_may(std::string_view capability, std::string_view access) const;
  /// The permissions of which each alone lets a token of this kind do it.
  xads::Permissions givers(std::string_view capability, audit::TokenKind kind) const;
  /// What the step from one set of permissions to the other stops, starts and leaves possible, in the order of names().
  /// What is unknown on either side is left out. No permissions: the token is dead or has no access.
  std::vector<Effect> effects(audit::TokenKind kind, const xads::Permissions& before,
                              const xads::Permissions& after) const;

 private:
  Capabilities();
  const KindRow* kind_row(std::string_view capability, audit::TokenKind kind) const;
  const RoleRow* role_row(std::string_view capability, xads::Permission permission) const;
  std::optional<Answer> by_kind(std::string_view capability, audit::TokenKind kind,
                                const xads::Permissions& permissions) const;
  Answer by_roles(std::string_view capability, const xads::Permissions& permissions) const;

  std::vector<CapabilityName> names_;
  std::vector<KindRow> kinds_;
  std::vector<RoleRow> roles_;
  std::vector<AppRow> apps_;
};

}  // namespace verdict
