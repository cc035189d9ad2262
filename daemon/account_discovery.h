#pragma once

#include <string>

#include "base/time.h"
#include "command_line.h"

namespace app {

/// Reads the lists of ad accounts of one discovered token, or of all (empty), within `limit`: itself, or, when a daemon
/// holds the database, by asking that. Prints which accounts are new. Returns the exit code.
int discover_accounts(const Invocation& called, const std::string& token, base::Duration limit);

}  // namespace app
