#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "alert/maintenance.h"
#include "alert/samples.h"

// Whole years, minute by minute, against a definition in words of the clock on the wall, which the C library reads for
// us: a window begins with the first minute at which the clock shows its begin or later, and ends after the last minute
// at which the clock shows less than its end.

using namespace alert;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

namespace {

/// What the clocks of a zone show in each minute of a year, counted from the first minute of that year in UTC.
struct Wall {
  std::string zone;
  base::Instant first;
  std::vector<LocalMinute> shows;
};

Wall read_wall(const std::string& zone, int year) {
  const base::Instant first = std::chrono::sys_days(std::chrono::year(year) / 1 / 1);
  const base::Instant end = std::chrono::sys_days(std::chrono::year(year + 1) / 1 / 1);
  Wall wall{zone, first, {}};
  ::setenv("TZ", (":" + zone).c_str(), 1);
  ::tzset();
  for (base::Instant at = first; at < end; at += 1min) {
    const std::time_t seconds = base::to_epoch_seconds(at);
    std::tm shown{};
    ::localtime_r(&seconds, &shown);
    wall.shows.emplace_back(std::chrono::floor<minutes>(std::chrono::seconds(::timegm(&shown))));
  }
  ::unsetenv("TZ");
  ::tzset();
  return wall;
}

minutes length_of(const Weekly& weekly) {
  return weekly.to > weekly.from ? weekly.to - weekly.from : weekly.to - weekly.from + 24h;
}

/// For each minute of the year whether the window is open. The first and the last days are not whole.
std::vector<bool> open_minutes(const Wall& wall, const Weekly& weekly) {
  const auto& shows = wall.shows;
  std::vector<bool> open(shows.size(), false);
  const local_days last = std::chrono::floor<days>(shows.back());
  for (local_days day = std::chrono::floor<days>(shows.front()); day <= last; day += days(1)) {
    const std::chrono::weekday weekday(day);
    if (!weekly.days.empty() && std::find(weekly.days.begin(), weekly.days.end(), weekday) == weekly.days.end())
      continue;
    const LocalMinute starts = day + weekly.from, ends = starts + length_of(weekly);
    // Clocks are never off by more than a day and a half, so that the minutes around this day are enough.
    const auto about = std::chrono::floor<minutes>(day.time_since_epoch() - wall.first.time_since_epoch()).count();
    const auto low = static_cast<std::size_t>(std::max<long>(about - 36 * 60, 0));
    const auto high = std::min(static_cast<std::size_t>(std::max<long>(about + 84 * 60, 0)), shows.size());
    std::size_t begin = high, end = low;
    for (std::size_t at = low; at < high; ++at) {
      if (shows[at] >= starts) begin = std::min(begin, at);
      if (shows[at] < ends) end = at + 1;
    }
    for (std::size_t at = begin; at < end; ++at) open[at] = true;
  }
  return open;
}

/// Whether the minute is near a switch of the clocks or of the window, or one of a few others.
bool worth_a_look(const Wall& wall, const std::vector<bool>& open, std::size_t at) {
  constexpr std::size_t kNear = 90;
  if (at % 61 == 0) return true;
  if (open[at] != open[at - 1] || open[at] != open[at + 1]) return true;
  const bool even = wall.shows[at + kNear] - wall.shows[at - kNear] == minutes(2 * kNear);
  return !even;
}

std::vector<Weekly> windows() {
  using std::chrono::Monday, std::chrono::Saturday, std::chrono::Sunday;
  return {{{}, 22h, 6h},
          {{}, 9h, 17h + 45min},
          {{Sunday}, 2h + 30min, 4h},
          {{Saturday, Sunday}, 23h, 2h + 30min},
          {{Sunday}, 1h + 40min, 2h + 10min},
          {{}, 1h + 10min, 1h + 20min},
          {{Saturday, Sunday}, 2h + 50min, 2h + 45min},
          {{Saturday, Sunday}, 0h, 0h},
          {{Sunday, Monday}, 0h, 24h},
          {{Saturday}, 22h, 22h}};
}

/// Three days at both ends are left out: windows reach over the ends of the year, where the table of minutes does not.
void check_year(const std::string& zone, int year, bool each_minute) {
  const Wall wall = read_wall(zone, year);
  constexpr std::size_t kMargin = 3 * 24 * 60;
  std::size_t wrong = 0;
  for (const Weekly& weekly : windows()) {
    const std::vector<bool> open = open_minutes(wall, weekly);
    const MaintenanceWindow window{.times = weekly, .zone = zone};
    std::size_t closes = open.size() - kMargin;  // the first minute from `at` on at which it is closed
    for (std::size_t at = open.size() - kMargin; at-- > kMargin;) {
      if (!open[at]) closes = at;
      if (closes == open.size() - kMargin || (!each_minute && !worth_a_look(wall, open, at))) continue;
      const auto until = open_until(window, wall.first + minutes(at));
      const bool right = open[at] ? until == wall.first + minutes(closes) : !until;
      if (!right && ++wrong < 5)
        FAIL_CHECK(zone << " " << base::to_text(wall.first + minutes(at)) << " from " << weekly.from.count() << " to "
                        << weekly.to.count() << ": " << (until ? base::to_text(*until) : "closed"));
    }
  }
  CHECK(wrong == 0);
}

const std::vector<std::pair<const char*, int>> kYears{{"Europe/Berlin", 2026},
                                                      {"America/New_York", 2026},
                                                      {"Australia/Lord_Howe", 2026},
                                                      {"Asia/Kathmandu", 2026},
                                                      {"UTC", 2026},
                                                      {"America/St_Johns", 2010},
                                                      {"Pacific/Apia", 2011},
                                                      {"Asia/Kathmandu", 1986},
                                                      {"Africa/Casablanca", 2026}};

}  // namespace

TEST_CASE("maintenance: a year of clocks on the wall agrees, near every switch") {
  for (const auto& [zone, year] : kYears) check_year(zone, year, false);
}

TEST_CASE("maintenance: a year of clocks on the wall agrees in every minute" * doctest::skip()) {
  for (const auto& [zone, year] : kYears) check_year(zone, year, true);
}
