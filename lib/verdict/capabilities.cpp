#include "verdict/capabilities.h"

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace verdict {
namespace {

// The rows of config/capabilities.yaml as words.
struct NameWords {
  std::string_view name, words, deed, through;
};
struct CellWords {
  std::string_view capability, column, value, certainty, source;
};
constexpr NameWords kNames[] = {
#include "verdict/capability_names.inc"
};
constexpr CellWords kKinds[] = {
#include "verdict/capability_kinds.inc"
};
constexpr CellWords kRoles[] = {
#include "verdict/capability_roles.inc"
};
constexpr CellWords kApps[] = {
#include "verdict/capability_apps.inc"
};

constexpr std::array kCertainties{Certainty::kDocumented, Certainty::kByRoleName, Certainty::kUnknown};
constexpr std::string_view kWith = "with ";

Certainty certainty_of(std::string_view text) {
  const auto* found = std::find_if(kCertainties.begin(), kCertainties.end(),
                                   [&](Certainty certainty) { return to_text(certainty) == text; });
  ENSURE(found != kCertainties.end());
  return *found;
}

Ability ability_of(std::string_view text) {
  if (text == "yes") return Ability::kYes;
  if (text == "no") return Ability::kNo;
  ENSURE(text == "unknown");
  return Ability::kUnknown;
}

/// The permission that "with TWEET_COMPOSER" names; nothing for other answers.
std::optional<xads::Permission> condition_of(std::string_view answer) {
  if (!answer.starts_with(kWith)) return std::nullopt;
  return xads::permission_from_text(answer.substr(kWith.size()));
}

}  // namespace

std::string_view to_text(Certainty certainty) {
  switch (certainty) {
    case Certainty::kDocumented:
      return "documented";
    case Certainty::kByRoleName:
      return "by role name";
    case Certainty::kUnknown:
      return "unknown";
  }
  return {};
}

std::string_view to_text(Effect::Kind kind) {
  switch (kind) {
    case Effect::Kind::kStops:
      return "stops";
    case Effect::Kind::kStarts:
      return "starts";
    case Effect::Kind::kContinues:
      return "continues";
  }
  return {};
}

const Capabilities& Capabilities::built_in() {
  static const Capabilities table;
  return table;
}

Capabilities::Capabilities() {
  for (const NameWords& row : kNames)
    names_.push_back({std::string(row.name), std::string(row.words), std::string(row.deed), row.through == "web"});
  for (const CellWords& row : kKinds) {
    const auto kind = audit::token_kind_from_text(row.column);
    ENSURE(kind.has_value());
    ENSURE(!row.value.starts_with(kWith) || condition_of(row.value));
    kinds_.push_back({std::string(row.capability), *kind, std::string(row.value), certainty_of(row.certainty),
                      std::string(row.source)});
  }
  for (const CellWords& row : kRoles) {
    const auto permission = xads::permission_from_text(row.column);
    ENSURE(permission.has_value() && find(row.capability) != nullptr);
    roles_.push_back({std::string(row.capability), *permission, ability_of(row.value), certainty_of(row.certainty),
                      std::string(row.source)});
  }
  for (const CellWords& row : kApps) {
    ENSURE(find(row.capability) != nullptr);
    apps_.push_back({std::string(row.capability), std::string(row.column), ability_of(row.value),
                     certainty_of(row.certainty), std::string(row.source)});
  }
}

const CapabilityName* Capabilities::find(std::string_view name) const {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const auto& row) { return row.name == name; });
  return found == names_.end() ? nullptr : &*found;
}

const KindRow* Capabilities::kind_row(std::string_view capability, audit::TokenKind kind) const {
  const auto found = std::find_if(kinds_.begin(), kinds_.end(),
                                  [&](const KindRow& row) { return row.capability == capability && row.kind == kind; });
  return found == kinds_.end() ? nullptr : &*found;
}

const RoleRow* Capabilities::role_row(std::string_view capability, xads::Permission permission) const {
  const auto found = std::find_if(roles_.begin(), roles_.end(), [&](const RoleRow& row) {
    return row.capability == capability && row.permission == permission;
  });
  return found == roles_.end() ? nullptr : &*found;
}

/// What the kind of the token decides alone; nothing when it is up to the permissions.
std::optional<Capabilities::Answer> Capabilities::by_kind(std::string_view capability, audit::TokenKind kind,
                                                          const xads::Permissions& permissions) const {
  const KindRow* row = kind_row(capability, kind);
  if (row == nullptr) return std::nullopt;
  if (row->answer == "no") return Answer{Ability::kNo, row->certainty};
  if (const auto condition = condition_of(row->answer))
    return Answer{permissions.has(*condition) ? Ability::kYes : Ability::kNo, row->certainty};
  const bool conditional_for_the_other = std::any_of(kinds_.begin(), kinds_.end(), [&](const KindRow& other) {
    return other.capability == capability && condition_of(other.answer);
  });
  if (conditional_for_the_other) return Answer{Ability::kYes, row->certainty};
  return std::nullopt;
}

Capabilities::Answer Capabilities::by_roles(std::string_view capability, const xads::Permissions& permissions) const {
  std::optional<Certainty> yes, no;
  bool unknown = false;
  for (const xads::Permission permission : xads::all_permissions()) {
    if (!permissions.has(permission)) continue;
    const RoleRow* row = role_row(capability, permission);
    if (row == nullptr || row->ability == Ability::kUnknown)
      unknown = true;
    else if (row->ability == Ability::kYes)
      yes = std::min(yes.value_or(row->certainty), row->certainty);
    else
      no = std::max(no.value_or(row->certainty), row->certainty);
  }
  if (yes) return {Ability::kYes, *yes};
  if (unknown || !no) return {};
  return {Ability::kNo, *no};
}

Capabilities::Answer Capabilities::may(std::string_view capability, audit::TokenKind kind,
                                       const xads::Permissions& permissions) const {
  if (find(capability) == nullptr) return {};
  if (permissions.known_mask() == 0) return {Ability::kNo, Certainty::kDocumented};
  if (const auto answer = by_kind(capability, kind, permissions)) return *answer;
  return by_roles(capability, permissions);
}

Capabilities::Answer Capabilities::app_may(std::string_view capability, std::string_view access) const {
  const auto found = std::find_if(apps_.begin(), apps_.end(), [&](const AppRow& row) {
    return row.capability == capability && row.access == access;
  });
  return found == apps_.end() ? Answer{} : Answer{found->ability, found->certainty};
}

xads::Permissions Capabilities::givers(std::string_view capability, audit::TokenKind kind) const {
  xads::Permissions givers;
  for (const xads::Permission permission : xads::all_permissions()) {
    const auto alone = xads::Permissions::from_mask(static_cast<std::uint8_t>(permission));
    if (may(capability, kind, alone).ability == Ability::kYes) givers.add(xads::to_text(permission));
  }
  return givers;
}

std::vector<Effect> Capabilities::effects(audit::TokenKind kind, const xads::Permissions& before,
                                          const xads::Permissions& after) const {
  std::vector<Effect> effects;
  for (const CapabilityName& name : names_) {
    const Answer from = may(name.name, kind, before), to = may(name.name, kind, after);
    const bool decided = from.ability != Ability::kUnknown && to.ability != Ability::kUnknown;
    const bool could = from.ability == Ability::kYes, can = to.ability == Ability::kYes;
    if (!decided || (!could && !can)) continue;
    const auto what = could && can ? Effect::Kind::kContinues : could ? Effect::Kind::kStops : Effect::Kind::kStarts;
    effects.push_back({name.name, name.words, what, std::max(from.certainty, to.certainty)});
  }
  return effects;
}

}  // namespace verdict
