#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "config_reach.h"
#include "doctor.h"

namespace app {

// What is concluded from what was seen. Pure.

/// `ahead`: how much our clock is ahead of the host's, negative when behind; the host told whole seconds.
CheckResult judge_clock(base::Duration ahead, bool synchronised, const std::string& host);
/// The file of trusted certificates, by their ends.
CheckResult judge_trust(const std::string& file, const std::vector<base::Instant>& ends, base::Instant now);
/// A place that was asked for a connection. `settings_key` says where its URL stands.
CheckResult judge_entrance(const Entrance& entrance, const http::Knock& knock, const std::string& ca_file,
                           base::Instant now);
/// Bytes.
CheckResult judge_space(std::uint64_t free, std::uint64_t database, const std::string& folder);

/// The file that holds the key of the database.
struct KeyFile {
  std::string path;
  mode_t mode = 0;
  std::string owner;          ///< name of its user, or the number
  bool owner_trusted = true;  ///< root, the daemon's user, or whoever asks
};
/// Nothing when nobody can read it who should not.
std::optional<CheckResult> judge_key_file(const KeyFile& file);

/// How old the daemon's latest figures are; nothing when there are none.
CheckResult judge_daemon(bool ready, const std::string& answer, std::optional<base::Duration> figures_age);

/// 10 for a problem, 3 for settings that are broken, else 0.
ExitCode exit_code_of(const CheckResults& results);

}  // namespace app
