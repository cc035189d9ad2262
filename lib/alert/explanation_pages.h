#pragma once

#include <vector>

#include "alert/explanation.h"

namespace alert {

// The pages of the manual of causes, by what they are about.
std::vector<Explanation> pages_of_tokens();
std::vector<Explanation> pages_of_rights();     ///< access, roles, expectations
std::vector<Explanation> pages_of_operation();  ///< app, API, our own auditing

}  // namespace alert
