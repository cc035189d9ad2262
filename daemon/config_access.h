#pragma once

#include <string>
#include <vector>

#include "settings/complaint.h"

namespace app {

constexpr const char* kDaemonUser = "adsauditd";  ///< of the unit

/// Root reads everything, the daemon does not: a warning for each file of the settings of the unit that its user cannot
/// read. Nothing for whoever is not root, for settings elsewhere, and where there is no such user.
std::vector<settings::Complaint> find_hidden(const std::string& settings_file);

}  // namespace app
