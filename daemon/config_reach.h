#pragma once

#include <string>
#include <vector>

#include "settings/settings.h"

namespace app {

/// Tries whether X and each destination take a connection now: a warning for each that does not, without anything of
/// its URL but the host. Sends nothing. Takes some seconds at most, and as long as the system takes for a name.
std::vector<settings::Complaint> find_unreachable(const std::string& settings_file, const settings::Settings& settings);

}  // namespace app
