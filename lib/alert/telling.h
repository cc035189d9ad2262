#pragma once

#include <optional>
#include <string>

#include "alert/alert.h"

namespace alert {

/// What one destination knows of one incident, and what it is still to hear. A row that lives as long as the incident
/// is open and a little longer, until the end is told: reminders, escalations and what waits in a group go by it, so
/// that a restart forgets nothing.
struct Telling {
  verdict::IncidentId incident;
  base::Instant opened_at;  ///< of the incident, UTC
  std::string destination;
  bool told = false;               ///< it has been told that the incident is open; so its end is owed to it
  std::optional<State> pending{};  ///< held back: by a group that waits, a storm, a mute or a maintenance window
  base::Instant told_at{};         ///< UTC, of the latest message; meaningless before the first
  int reminders = 0;               ///< since the incident last changed
  bool over = false;               ///< nothing is owed any more: the row goes away
  bool operator==(const Telling&) const = default;
};

}  // namespace alert
