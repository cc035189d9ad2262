#pragma once

#include <map>
#include <string>

#include "base/time.h"
#include "command_line.h"

namespace settings {
struct Settings;
}

namespace app {

/// How the reading of lists of ad accounts ended.
struct ListsRead {
  bool complete = false;
  std::map<std::string, std::string> failures;  ///< why a list was not read, by the name of its token
};
/// Reads the lists of ad accounts of one discovered token, or of all (empty), within `limit`: itself, or, when a daemon
/// holds the database, by asking that. Shows its progress unless `quiet`. Throws as settings and store do, and
/// CommandError or UsageError for a token without such a list.
ListsRead read_account_lists(const settings::Settings& settings, const std::string& token, base::Duration limit,
                             bool quiet);
/// The same; prints which accounts are new. Returns the exit code.
int discover_accounts(const Invocation& called, const std::string& token, base::Duration limit);

}  // namespace app
