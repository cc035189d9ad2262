#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "exit_codes.h"
#include "settings/complaint.h"

namespace app {

/// Where a daemon may listen for commands, the place to be preferred first: the folder that systemd makes for it, the
/// same for a command that systemd did not start, and beside the database.
std::vector<std::string> control_paths(const std::string& store_path);

/// What came of reading the settings again.
struct ReloadOutcome {
  ExitCode code = kExitOk;
  std::string message;  ///< for people: what is in force now, or why the old settings stay
  std::vector<settings::Complaint> complaints;
};
/// One line of JSON, no longer than an answer on the control socket may be: complaints that do not fit are left out.
std::string to_line(const ReloadOutcome& outcome);
/// An answer that to_line() did not write is a failure.
ReloadOutcome outcome_from_line(const std::string& line);

/// Of the option --timeout. Throws UsageError.
base::Duration timeout_from(const std::string& text);
/// Asks the daemon that has this database for `action`. Throws CommandError: kExitUnreachable when none answers for it,
/// kExitNotPermitted, kExitTimedOut when there is no answer within `limit`.
ReloadOutcome ask_control(const std::string& store_path, const std::string& action, base::Duration limit);

}  // namespace app
