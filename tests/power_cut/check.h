#pragma once

#include <cstdint>
#include <string>

namespace power_cut {

/// What became of the rows of a load.
struct Findings {
  std::uint64_t acknowledged = 0;  ///< rows of the acknowledged commits
  std::uint64_t found = 0;         ///< those of them that are there, every byte as it was committed
  std::uint64_t rows = 0;          ///< that are there in all, acknowledged or not
  /// "ok", or what is wrong with the database as a whole: that it does not open, SQLite's integrity_check and
  /// foreign_key_check, the hash chain of the change log, and that there is no change without its incident, body and
  /// delivery, nor one of these without its change.
  std::string soundness = "ok";
};

/// Opens the store as the daemon does when it starts again, and looks for the rows of the commits 1 to
/// `last_acknowledged` (none: 0). Throws std::runtime_error when the file cannot be read.
Findings check(const std::string& path, std::uint64_t last_acknowledged);

}  // namespace power_cut
