#pragma once

#include <vector>

#include "service/engine.h"

namespace service {

/// What people should know about the set of tokens: an app at its limit, one user's token stored twice, a token whose
/// app the settings do not have. Linear in the tokens. Pure.
std::vector<Notice> check_tokens(const Roster& roster, const std::vector<App>& apps);

}  // namespace service
