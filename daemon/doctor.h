#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.h"
#include "settings/settings.h"

namespace app {

enum class CheckState { kOk, kWarning, kProblem, kSkipped };
std::string_view to_text(CheckState state);  ///< "ok"

/// What one check has found.
struct CheckResult {
  std::string_view name;  ///< stable, of a closed set: "clock"
  CheckState state = CheckState::kOk;
  std::string seen;       ///< for people; no secret
  std::string advice{};   ///< what to do; empty when all is well
  std::string subject{};  ///< which one of several: a host, a destination
};
using CheckResults = std::vector<CheckResult>;

/// What the checks go by.
struct Patient {
  std::string settings_file;
  settings::Loaded loaded;
  /// The settings without their secrets stand for those that are broken only because a secret cannot be read.
  bool secrets_skipped = false;
  bool offline = false;
  /// As far as it can be told, also by broken settings.
  std::string store_path;

  const settings::Settings* settings() const { return loaded.settings ? &*loaded.settings : nullptr; }
};

CheckResult skipped_check(std::string_view name, std::string why);
/// One that fails by itself is a problem of its own, and never hides the next.
CheckResult guarded_check(std::string_view name, const std::function<CheckResult()>& check);

// Each examines one side.
CheckResults check_settings(const Patient& patient);
CheckResults check_trust(const Patient& patient);     ///< the file of certificates
CheckResults check_network(const Patient& patient);   ///< names, X, the clock, destinations
CheckResults check_database(const Patient& patient);  ///< file, disk, key, budget, blindness
CheckResults check_daemon(const Patient& patient);

/// Reads the settings for the checks, whatever is wrong with them.
Patient admit(const Invocation& called, bool offline);
/// All of them, in the order in which they are told. Waits for the network and the daemon 20 s in all at most.
CheckResults examine(const Patient& patient);

}  // namespace app
