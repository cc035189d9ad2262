#include "alert/maintenance.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using namespace std::chrono_literals;
using std::chrono::Friday;
using std::chrono::Monday;
using std::chrono::Saturday;
using std::chrono::Sunday;

namespace {

MaintenanceWindow weekly(const char* zone, std::vector<std::chrono::weekday> days, std::chrono::minutes from,
                         std::chrono::minutes to) {
  return {.times = Weekly{std::move(days), from, to}, .zone = zone};
}

LocalMinute local(std::chrono::year_month_day day, std::chrono::minutes time) {
  return std::chrono::local_days(day) + time;
}

/// The end as text, or "closed".
std::string until(const MaintenanceWindow& window, const char* now) {
  const auto end = open_until(window, samples::instant(now));
  return end ? base::to_text(*end) : "closed";
}

}  // namespace

TEST_CASE("maintenance: the begin belongs to the window, the end does not") {
  const auto window = weekly("UTC", {}, 9h + 30min, 11h);
  CHECK(until(window, "2026-11-23T09:29:59.999Z") == "closed");
  CHECK(until(window, "2026-11-23T09:30:00.000Z") == "2026-11-23T11:00:00.000Z");
  CHECK(until(window, "2026-11-23T10:59:59.999Z") == "2026-11-23T11:00:00.000Z");
  CHECK(until(window, "2026-11-23T11:00:00.000Z") == "closed");
}

TEST_CASE("maintenance: its days are those on which it begins, by the clocks of its zone") {
  const auto window = weekly("Europe/Berlin", {Saturday, Sunday}, 22h, 6h);  // 2026-11-21 is a Saturday
  CHECK(until(window, "2026-11-20T23:00:00.000Z") == "closed");              // Saturday 00:00
  CHECK(until(window, "2026-11-21T20:59:59.999Z") == "closed");
  CHECK(until(window, "2026-11-21T21:00:00.000Z") == "2026-11-22T05:00:00.000Z");
  CHECK(until(window, "2026-11-22T05:00:00.000Z") == "closed");
  CHECK(until(window, "2026-11-23T04:59:59.999Z") == "2026-11-23T05:00:00.000Z");  // Monday, begun on Sunday
  CHECK(until(window, "2026-11-23T21:00:00.000Z") == "closed");
}

TEST_CASE("maintenance: days that follow each other without a break are one window") {
  const auto window = weekly("Europe/Berlin", {Saturday, Sunday}, 0h, 0h);
  CHECK(until(window, "2026-11-20T22:59:59.999Z") == "closed");
  CHECK(until(window, "2026-11-20T23:00:00.000Z") == "2026-11-22T23:00:00.000Z");
  CHECK(until(window, "2026-11-22T22:59:59.999Z") == "2026-11-22T23:00:00.000Z");
  CHECK(until(window, "2026-11-22T23:00:00.000Z") == "closed");
  CHECK(until(weekly("UTC", {Friday, Saturday}, 0h, 24h), "2026-11-20T00:00:00.000Z") == "2026-11-22T00:00:00.000Z");
  CHECK(until(weekly("UTC", {Monday}, 18h, 24h), "2026-11-23T23:00:00.000Z") == "2026-11-24T00:00:00.000Z");
}

TEST_CASE("maintenance: a window that begins in the skipped hour begins when the clocks have jumped") {
  // Berlin, 2026-03-29: after 01:59 comes 03:00, at 01:00 UTC. New York, 2026-03-08: after 01:59 comes 03:00, at 07:00
  // UTC.
  const auto berlin = weekly("Europe/Berlin", {}, 2h + 30min, 5h);
  CHECK(until(berlin, "2026-03-29T00:59:59.999Z") == "closed");
  CHECK(until(berlin, "2026-03-29T01:00:00.000Z") == "2026-03-29T03:00:00.000Z");
  const auto new_york = weekly("America/New_York", {}, 2h, 3h + 30min);
  CHECK(until(new_york, "2026-03-08T06:59:59.999Z") == "closed");
  CHECK(until(new_york, "2026-03-08T07:00:00.000Z") == "2026-03-08T07:30:00.000Z");
}

TEST_CASE("maintenance: a window that ends in the skipped hour ends when the clocks jump") {
  const auto window = weekly("Europe/Berlin", {}, 22h, 2h + 15min);
  CHECK(until(window, "2026-03-29T00:59:59.999Z") == "2026-03-29T01:00:00.000Z");
  CHECK(until(window, "2026-03-29T01:00:00.000Z") == "closed");
}

TEST_CASE("maintenance: a window within the skipped hour does not open on that day") {
  const auto window = weekly("Europe/Berlin", {}, 2h + 10min, 2h + 50min);
  CHECK(until(window, "2026-03-28T01:10:00.000Z") == "2026-03-28T01:50:00.000Z");
  CHECK(until(window, "2026-03-29T00:59:59.999Z") == "closed");
  CHECK(until(window, "2026-03-29T01:00:00.000Z") == "closed");
  CHECK(until(window, "2026-03-29T01:10:00.000Z") == "closed");
  CHECK(until(window, "2026-03-30T00:10:00.000Z") == "2026-03-30T00:50:00.000Z");
}

TEST_CASE("maintenance: in the doubled hour it begins at the first passing and ends at the second") {
  // Berlin, 2026-10-25: after 02:59 comes 02:00 again, at 01:00 UTC.
  const auto begins = weekly("Europe/Berlin", {}, 2h + 30min, 4h);
  CHECK(until(begins, "2026-10-25T00:29:59.999Z") == "closed");
  CHECK(until(begins, "2026-10-25T00:30:00.000Z") == "2026-10-25T03:00:00.000Z");
  CHECK(until(begins, "2026-10-25T01:00:00.000Z") == "2026-10-25T03:00:00.000Z");  // it shows 02:00 once more
  const auto ends = weekly("Europe/Berlin", {}, 23h, 2h + 30min);
  CHECK(until(ends, "2026-10-25T00:45:00.000Z") == "2026-10-25T01:30:00.000Z");
  CHECK(until(ends, "2026-10-25T01:29:59.999Z") == "2026-10-25T01:30:00.000Z");
  CHECK(until(ends, "2026-10-25T01:30:00.000Z") == "closed");
  const auto within = weekly("America/New_York", {}, 1h + 10min, 1h + 20min);  // 2026-11-01, at 06:00 UTC
  CHECK(until(within, "2026-11-01T05:10:00.000Z") == "2026-11-01T06:20:00.000Z");
}

TEST_CASE("maintenance: the same hour on the next day is 23 or 25 hours away when the clocks change") {
  const auto window = weekly("Europe/Berlin", {Saturday}, 22h, 22h);
  CHECK(until(window, "2026-03-28T21:00:00.000Z") == "2026-03-29T20:00:00.000Z");
  CHECK(until(window, "2026-10-24T20:00:00.000Z") == "2026-10-25T21:00:00.000Z");
  CHECK(until(window, "2026-11-21T21:00:00.000Z") == "2026-11-22T21:00:00.000Z");
}

TEST_CASE("maintenance: windows that the clocks push into each other are one") {
  // Begun on Saturday it ends at 02:45 the second time; begun on Sunday it begins at 02:50 the first time, before that.
  const auto window = weekly("Europe/Berlin", {Saturday, Sunday}, 2h + 50min, 2h + 45min);
  CHECK(until(window, "2026-10-25T00:30:00.000Z") == "2026-10-26T01:45:00.000Z");
}

TEST_CASE("maintenance: clocks may change by half an hour, and zones may be off by quarters") {
  // Lord Howe, 2026-04-05: at 15:00 UTC of the day before, 02:00 becomes 01:30. 2026-10-04: 02:00 becomes 02:30.
  const auto autumn = weekly("Australia/Lord_Howe", {}, 1h + 40min, 1h + 50min);
  CHECK(until(autumn, "2026-04-04T14:39:59.999Z") == "closed");
  CHECK(until(autumn, "2026-04-04T14:40:00.000Z") == "2026-04-04T15:20:00.000Z");
  const auto spring = weekly("Australia/Lord_Howe", {}, 2h + 10min, 3h);
  CHECK(until(spring, "2026-10-03T15:29:59.999Z") == "closed");
  CHECK(until(spring, "2026-10-03T15:30:00.000Z") == "2026-10-03T16:00:00.000Z");
  CHECK(until(weekly("Asia/Kathmandu", {}, 0h, 1h), "2026-11-22T18:15:00.000Z") == "2026-11-22T19:15:00.000Z");
}

TEST_CASE("maintenance: clocks that are put back over midnight do not close a window early") {
  // St. John's, 2010-11-07: at 00:01 it became 23:01 of the day before, at 02:31 UTC.
  const auto window = weekly("America/St_Johns", {Friday}, 23h + 40min, 23h + 30min);
  CHECK(until(window, "2010-11-07T02:30:30.000Z") == "2010-11-07T03:00:00.000Z");
  CHECK(until(weekly("America/St_Johns", {Sunday}, 0h, 1h), "2010-11-07T02:40:00.000Z") == "2010-11-07T04:30:00.000Z");
}

TEST_CASE("maintenance: a day that a zone leaves out has no window of its own") {
  // Apia went from the end of Thursday, 2011-12-29, to Saturday, at 10:00 UTC of the 30th.
  CHECK(until(weekly("Pacific/Apia", {Friday}, 9h, 17h), "2011-12-30T10:00:00.000Z") == "closed");
  CHECK(until(weekly("Pacific/Apia", {Friday}, 22h, 6h), "2011-12-30T09:59:59.999Z") == "closed");
  CHECK(until(weekly("Pacific/Apia", {Friday}, 22h, 6h), "2011-12-30T10:00:00.000Z") == "2011-12-30T16:00:00.000Z");
}

TEST_CASE("maintenance: a window of one time opens once, by the clocks of its zone") {
  using namespace std::chrono;
  const MaintenanceWindow window{
      .times = Once{local(2026y / December / 24, 18h), local(2027y / January / 2, 6h + 30min)},
      .zone = "America/New_York"};
  CHECK(until(window, "2026-12-24T22:59:59.999Z") == "closed");
  CHECK(until(window, "2026-12-24T23:00:00.000Z") == "2027-01-02T11:30:00.000Z");
  CHECK(until(window, "2027-01-02T11:29:59.999Z") == "2027-01-02T11:30:00.000Z");
  CHECK(until(window, "2027-01-02T11:30:00.000Z") == "closed");
  CHECK(until(window, "2027-12-24T23:00:00.000Z") == "closed");
}

TEST_CASE("maintenance: a window of one time follows the same rules when the clocks change") {
  using namespace std::chrono;
  const MaintenanceWindow spring{
      .times = Once{local(2026y / March / 29, 2h + 30min), local(2026y / October / 25, 2h + 30min)},
      .zone = "Europe/Berlin"};
  CHECK(until(spring, "2026-03-29T00:59:59.999Z") == "closed");
  CHECK(until(spring, "2026-03-29T01:00:00.000Z") == "2026-10-25T01:30:00.000Z");
  const MaintenanceWindow skipped{.times = Once{local(2026y / March / 29, 2h), local(2026y / March / 29, 2h + 59min)},
                                  .zone = "Europe/Berlin"};
  CHECK(until(skipped, "2026-03-29T01:00:00.000Z") == "closed");
}

TEST_CASE("maintenance: a window that covers the week never closes, and is said to close in more than a week") {
  CHECK(never_closes({{}, 0h, 0h}));
  CHECK(never_closes({{}, 0h, 24h}));
  CHECK(never_closes({{}, 5h, 5h}));
  CHECK_FALSE(never_closes({{}, 5h, 4h + 59min}));
  CHECK_FALSE(never_closes({{}, 5h, 6h}));
  CHECK_FALSE(never_closes({{Saturday, Sunday}, 0h, 0h}));
  std::vector<std::chrono::weekday> days;
  for (unsigned day = 0; day < 7; ++day) days.emplace_back(day);
  CHECK(never_closes({days, 0h, 0h}));
  days.pop_back();
  CHECK_FALSE(never_closes({days, 0h, 0h}));
  CHECK(open_until(weekly("UTC", {}, 0h, 0h), samples::instant("2026-11-23T12:00:00.000Z")) >
        samples::instant("2026-11-30T12:00:00.000Z"));
}

TEST_CASE("maintenance: a zone must be in the database, and a slip gets a guess") {
  for (const char* zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"})
    CHECK_FALSE(complaint_about_zone(zone));
  CHECK(complaint_about_zone("Europe/Berln") == "unknown time zone \"Europe/Berln\", did you mean \"Europe/Berlin\"?");
  CHECK(complaint_about_zone("europe/berlin") ==
        "unknown time zone \"europe/berlin\", did you mean \"Europe/Berlin\"?");
  CHECK(complaint_about_zone("New York") == "unknown time zone \"New York\"; write a name such as Europe/Berlin");
  CHECK(complaint_about_zone(""));
  CHECK(complaint_about_zone("../../etc/passwd"));
}

TEST_CASE("maintenance: the database knows the switches of years to come") {
  const auto window = weekly("Europe/Berlin", {}, 12h, 13h);
  CHECK(until(window, "2037-07-01T10:30:00.000Z") == "2037-07-01T11:00:00.000Z");
  CHECK(until(window, "2037-12-01T11:30:00.000Z") == "2037-12-01T12:00:00.000Z");
}
