#pragma once

namespace app {

/// What a command's end means. Stable: scripts and the systemd unit depend on it.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  kExitSettings = 3,      ///< the settings are broken; nothing was changed
  kExitUnreachable = 4,   ///< no daemon answers
  kExitNotPermitted = 5,  ///< a file may not be read or written
  kExitNotFound = 6,      ///< no such token, incident, ...
  kExitFindings = 10,     ///< the command did its work and something is wrong with tokens or access
  kExitLocked = 11,       ///< another daemon holds the database
  kExitTimedOut = 12,
  kExitStoreUnusable = 13  ///< the database is damaged, too new, or sealed with another key
};

}  // namespace app
