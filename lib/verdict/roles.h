#pragma once

#include <optional>
#include <vector>

#include "verdict/cause.h"
#include "xads/permissions.h"

namespace verdict {

/// How the base roles differ: reduced, escalated, or changed (neither), by the reach that X's reference gives each
/// role: ACCOUNT_ADMIN above AD_MANAGER above the four narrower ones, which are beside each other, above none. Nothing
/// when they are the same. Pure.
std::optional<Cause> role_difference(const xads::Permissions& before, const xads::Permissions& after);

/// Every cause that the step from `before` to `after` is: role, composer, unknown permissions. Pure.
std::vector<Cause> differences(const xads::Permissions& before, const xads::Permissions& after);

}  // namespace verdict
