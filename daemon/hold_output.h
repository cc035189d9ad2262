#pragma once

#include <string>
#include <vector>

#include "alert/maintenance.h"
#include "alert/mute.h"
#include "base/json.h"

namespace app {

/// A mute, or a maintenance window of the settings, that keeps messages back now.
struct Hold {
  std::string name;  ///< "mut_...", "maintenance[0]"
  alert::Match match;
  std::string reason;
  std::string by;       ///< empty for a window
  base::Instant until;  ///< UTC
};

/// Windows that are open.
std::vector<Hold> open_windows(const std::vector<alert::MaintenanceWindow>& windows, base::Instant now);
/// Mutes and open windows that keep messages of this alert back. `mutes` are in force.
std::vector<Hold> holds_on(const alert::Alert& alert, const std::vector<alert::Mute>& mutes,
                           const std::vector<alert::MaintenanceWindow>& windows, base::Instant now);

/// As an array.
void write_holds(base::JsonWriter& writer, const std::vector<Hold>& holds);
void print_holds(const std::vector<Hold>& holds);

}  // namespace app
