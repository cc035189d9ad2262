#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

using namespace std::chrono_literals;
using std::chrono::Saturday;
using std::chrono::Sunday;

Loaded load_windows(const std::string& windows) { return load_text(kLeast + "maintenance:\n" + windows); }

/// The only window of a file without complaints.
alert::MaintenanceWindow window_of(const std::string& keys) {
  const Loaded loaded = load_windows("  - {" + keys + ", zone: UTC, reason: freeze}\n");
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.complaints.empty());
  REQUIRE(loaded.settings->maintenance.size() == 1);
  return loaded.settings->maintenance[0];
}

std::string complaint_about(const std::string& keys) {
  const Loaded loaded = load_windows("  - {" + keys + ", zone: UTC, reason: freeze}\n");
  return loaded.complaints.empty() ? "none" : loaded.complaints[0].message;
}

}  // namespace

TEST_CASE("maintenance: days, hours, match, zone and reason are read") {
  const Loaded loaded = load_file(kFolder + "/good/quiet.yaml", test_references());
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK_MESSAGE(loaded.complaints.empty(), to_text(loaded));
  const auto& windows = loaded.settings->maintenance;
  REQUIRE(windows.size() == 4);
  CHECK(windows[0] == alert::MaintenanceWindow{{.labels = {{"client", "Brand A"}}},
                                               alert::Weekly{{Saturday, Sunday}, 22h, 6h},
                                               "Europe/Berlin",
                                               "campaign freeze"});
  const auto midnight = [](int year, unsigned month, unsigned day) {
    return std::chrono::local_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day));
  };
  CHECK(windows[1] ==
        alert::MaintenanceWindow{{.causes = {"role.*"}},
                                 alert::Once{midnight(2026, 12, 24) + 18h, midnight(2027, 1, 2) + 6h + 30min},
                                 "America/New_York",
                                 "holidays"});
  CHECK(windows[2].times == decltype(windows[2].times)(alert::Weekly{{std::chrono::Monday}, 0h, 0h}));
  CHECK(windows[3] == alert::MaintenanceWindow{{}, alert::Weekly{{}, 18h, 24h}, "Asia/Kathmandu", "evenings"});
}

TEST_CASE("maintenance: without the section there is no window") {
  const Loaded loaded = load_text(kLeast);
  REQUIRE(loaded.settings.has_value());
  CHECK(loaded.settings->maintenance.empty());
}

TEST_CASE("maintenance: each day has its word") {
  using std::chrono::weekday;
  const char* const words[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  for (unsigned day = 0; day < 7; ++day)
    CHECK(std::get<alert::Weekly>(window_of("days: " + std::string(words[day])).times).days ==
          std::vector{weekday(day)});
}

TEST_CASE("maintenance: times of day are two digits, a colon and two digits, up to the end of the day") {
  CHECK(std::get<alert::Weekly>(window_of("from: 23:59, to: 24:00").times) == alert::Weekly{{}, 23h + 59min, 24h});
  CHECK(std::get<alert::Weekly>(window_of("from: \"00:00\", to: \"00:01\"").times) == alert::Weekly{{}, 0h, 1min});
  for (const char* text : {"9:00", "09:60", "24:01", "0900", "09-00", "09:00:00", "-9:00", "+9:00", "09: 0", "ab:cd"})
    CHECK(complaint_about("to: \"06:00\", from: \"" + std::string(text) + "\"") ==
          "\"" + std::string(text) + "\" is no time of day; write it as 09:30, or 24:00 for the end of the day");
}

TEST_CASE("maintenance: local times are real dates, to the minute and without an offset") {
  CHECK(std::get<alert::Once>(window_of("starts: 2028-02-29T00:00, ends: 2028-02-29T23:59").times).starts ==
        std::chrono::local_days(std::chrono::year(2028) / 2 / 29));
  for (const char* text : {"2026-02-29T00:00", "2026-13-01T00:00", "2026-00-01T00:00", "2026-01-00T00:00",
                           "2026-01-01T24:00", "2026-01-01", "2026-01-01 00:00", "2026-01-01T00:00Z",
                           "2026-01-01T00:00:00", "1969-12-31T00:00", "26-01-01T00:00", "2026/01/01T00:00"})
    CHECK(complaint_about("ends: 2030-01-01T00:00, starts: \"" + std::string(text) + "\"") ==
          "\"" + std::string(text) + "\" is no local time; write it as 2026-12-24T18:00, by the clocks of the zone");
}

TEST_CASE("maintenance: what a reference gave is not shown") {
  const Loaded loaded = load_windows("  - {days: sat, zone: \"${env:TOKEN}\", reason: freeze}\n");
  CHECK_FALSE(loaded.settings.has_value());
  CHECK(to_text(loaded).find("canary") == std::string::npos);
  CHECK(to_text(loaded).find("unknown time zone \"${env:TOKEN}\"") != std::string::npos);
}

}  // namespace settings
