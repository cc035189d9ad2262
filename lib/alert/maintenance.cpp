#include "alert/maintenance.h"

#include <date/tz.h>

#include <algorithm>

#include "base/text.h"

namespace alert {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

struct Span {
  base::Instant begin, end;
};

/// The library's local clock is not the standard's, but counts alike.
base::Instant instant_of(const date::time_zone& zone, LocalMinute local, date::choose passing) {
  return zone.to_sys(date::local_time<minutes>(local.time_since_epoch()), passing);
}

Span span_of(const date::time_zone& zone, LocalMinute starts, LocalMinute ends) {
  return {instant_of(zone, starts, date::choose::earliest), instant_of(zone, ends, date::choose::latest)};
}

local_days day_of(const date::time_zone& zone, base::Instant now) {
  return local_days(std::chrono::floor<days>(zone.to_local(now).time_since_epoch()));
}

minutes length_of(const Weekly& weekly) {
  return weekly.to - weekly.from + (weekly.to > weekly.from ? minutes(0) : minutes(days(1)));
}

bool begins_on(const Weekly& weekly, std::chrono::weekday day) {
  return weekly.days.empty() || std::find(weekly.days.begin(), weekly.days.end(), day) != weekly.days.end();
}

std::optional<base::Instant> open_until(const Once& once, const date::time_zone& zone, base::Instant now) {
  const Span span = span_of(zone, once.starts, once.ends);
  if (now < span.begin || now >= span.end) return std::nullopt;
  return span.end;
}

/// Begins and ends come in the order of their days, whatever the clocks do. The day before yesterday is looked at, too,
/// for the sake of clocks that are put back over midnight.
std::optional<base::Instant> open_until(const Weekly& weekly, const date::time_zone& zone, base::Instant now) {
  const local_days today = day_of(zone, now);
  std::optional<base::Instant> until;
  for (local_days day = today - days(2); day <= today + days(8); day += days(1)) {
    if (!begins_on(weekly, std::chrono::weekday(day))) continue;
    const LocalMinute starts = day + weekly.from;
    const Span span = span_of(zone, starts, starts + length_of(weekly));
    const base::Instant reached = until.value_or(now);
    if (span.begin > reached) break;
    if (span.end > reached) until = span.end;
  }
  return until;
}

}  // namespace

std::optional<std::string> complaint_about_zone(std::string_view name) {
  try {
    std::vector<std::string_view> known;
    for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string_view near = base::nearest(name, known);
      return "unknown time zone " + base::in_quotes(name) +
             (near.empty() ? "; write a name such as Europe/Berlin" : base::advice_for(name, known));
    }
    (void)date::locate_zone(name)->get_info(date::sys_seconds{});  // only now the zone's file is read
    return std::nullopt;
  } catch (const std::runtime_error& error) {
    return std::string("the time zones of this machine cannot be read: ") + error.what() + "; install tzdata";
  }
}

bool never_closes(const Weekly& weekly) {
  bool always = length_of(weekly) == days(1);
  for (unsigned day = 0; day < 7; ++day) always = always && begins_on(weekly, std::chrono::weekday(day));
  return always;
}

std::optional<base::Instant> open_until(const MaintenanceWindow& window, base::Instant now) {
  const date::time_zone& zone = *date::locate_zone(window.zone);
  return std::visit([&](const auto& times) { return open_until(times, zone, now); }, window.times);
}

}  // namespace alert
