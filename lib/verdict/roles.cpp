#include "verdict/roles.h"

#include <algorithm>

namespace verdict {
namespace {

using xads::Permission;
using xads::Permissions;

int reach(const Permissions& roles) {
  if (roles.has(Permission::kAccountAdmin)) return 3;
  if (roles.has(Permission::kAdManager)) return 2;
  return roles.known_mask() != 0 ? 1 : 0;
}

bool includes(const Permissions& wider, const Permissions& narrower) {
  return (narrower.known_mask() & ~wider.known_mask()) == 0;
}

bool has_new_unknown(const Permissions& before, const Permissions& after) {
  return !std::includes(before.unknown().begin(), before.unknown().end(), after.unknown().begin(),
                        after.unknown().end());
}

}  // namespace

std::optional<Cause> role_difference(const Permissions& before, const Permissions& after) {
  const Permissions from = before.base_roles(), to = after.base_roles();
  if (from == to) return std::nullopt;
  if (reach(to) < reach(from)) return Cause::kRoleReduced;
  if (reach(to) > reach(from)) return Cause::kRoleEscalated;
  if (includes(from, to)) return Cause::kRoleReduced;
  if (includes(to, from)) return Cause::kRoleEscalated;
  return Cause::kRoleChanged;
}

std::vector<Cause> differences(const Permissions& before, const Permissions& after) {
  std::vector<Cause> causes;
  if (const auto role = role_difference(before, after)) causes.push_back(*role);
  if (before.composer() && !after.composer()) causes.push_back(Cause::kComposerLost);
  if (!before.composer() && after.composer()) causes.push_back(Cause::kComposerGained);
  if (has_new_unknown(before, after)) causes.push_back(Cause::kPermissionUnknown);
  return causes;
}

}  // namespace verdict
