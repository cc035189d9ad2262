#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alert/match.h"
#include "base/time.h"

namespace alert {

/// What the clocks of some zone show, to the minute.
using LocalMinute = std::chrono::local_time<std::chrono::minutes>;

/// Hours that come again, on each of the days that it begins on.
struct Weekly {
  std::vector<std::chrono::weekday> days;  ///< empty: every day
  std::chrono::minutes from{0};            ///< since midnight, 00:00 to 23:59
  std::chrono::minutes to{0};              ///< 00:00 to 24:00; at or before `from`: on the next day
  bool operator==(const Weekly&) const = default;
};
struct Once {
  LocalMinute starts, ends;
  bool operator==(const Once&) const = default;
};

/// When nobody is to be told of what is expected to break. It keeps messages back; it changes nothing else.
struct MaintenanceWindow {
  Match match;
  std::variant<Weekly, Once> times;
  std::string zone;    ///< by whose clocks; a name of the IANA time zone database: "Europe/Berlin"
  std::string reason;  ///< for people
  bool operator==(const MaintenanceWindow&) const = default;
};

/// What is wrong with the name of a zone, or nothing: it must be one of the system's tz database (Debian's tzdata),
/// which is read once in the life of the program. Any thread.
std::optional<std::string> complaint_about_zone(std::string_view name);
/// Whether it covers the whole week.
bool never_closes(const Weekly& weekly);

/// Nothing when the window is closed at `now`; else the first instant at which it is closed again (UTC).
///
/// A begin belongs to the window, an end does not. Where the clocks are put back, the window begins when they show its
/// begin for the first time, and ends when they show its end for the last time. Where they are put forward over its
/// begin or its end, they have passed it when they jump: it begins or ends then, and what would lie in the hour that is
/// skipped is never open. So a window from 22:00 to 22:00, which ends on the next day, may last 23 or 25 hours.
///
/// Requires a zone without complaint. Looks eight days ahead: that is when one that never closes is said to close.
/// Debian's tz database ends with 2037; after that, clocks are never changed. Pure but for that database. Any thread.
std::optional<base::Instant> open_until(const MaintenanceWindow& window, base::Instant now);

}  // namespace alert
