#include <array>
#include <charconv>

#include "settings/sections.h"

namespace settings {
namespace {

using namespace std::chrono_literals;
using alert::LocalMinute;
using alert::MaintenanceWindow;
using std::chrono::minutes;

constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::optional<std::chrono::weekday> weekday_from_text(std::string_view text) {
  const auto found = std::find(kDays.begin(), kDays.end(), text);
  if (found == kDays.end()) return std::nullopt;
  return std::chrono::weekday(static_cast<unsigned>(found - kDays.begin()));
}

/// The number of so many digits at `at`; -1 when they are not there.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  const std::string_view part = at < text.size() ? text.substr(at, digits) : std::string_view();
  if (part.size() != digits || part.find_first_not_of("0123456789") != std::string_view::npos) return -1;
  int number = -1;
  std::from_chars(part.data(), part.data() + part.size(), number);
  return number;
}

/// "00:00" to "24:00"
std::optional<minutes> time_from_text(std::string_view text) {
  const int hour = number_at(text, 0, 2), minute = number_at(text, 3, 2);
  if (text.size() != 5 || text[2] != ':' || hour < 0 || minute < 0 || minute > 59) return std::nullopt;
  const minutes time = hour * 1h + minute * 1min;
  return time <= 24h ? std::optional(time) : std::nullopt;
}

/// "2026-12-24T18:00"
std::optional<LocalMinute> local_from_text(std::string_view text) {
  if (text.size() != 16 || text[4] != '-' || text[7] != '-' || text[10] != 'T') return std::nullopt;
  const int year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  const auto time = time_from_text(text.substr(11));
  if (year < 1970 || month < 0 || day < 0 || !time || *time == 24h) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::local_days(date) + *time;
}

/// What `parse` makes of a line, or else the complaint that it is no `what`.
template <class V>
Form<std::optional<V>> parsed(std::optional<V> (*parse)(std::string_view), const char* what) {
  return [parse, what](Walk& walk, const Node& node) -> std::optional<std::optional<V>> {
    const auto text = read_line(walk, node);
    if (!text) return std::nullopt;
    auto value = parse(*text);
    if (value) return value;
    walk.error(node, fmt::format("{} is no {}", in_quotes(node.text), what));
    return std::nullopt;
  };
}

Form<std::optional<minutes>> time_of_day() {
  return parsed(time_from_text, "time of day; write it as 09:30, or 24:00 for the end of the day");
}

Form<std::optional<LocalMinute>> local_time() {
  return parsed(local_from_text, "local time; write it as 2026-12-24T18:00, by the clocks of the zone");
}

/// What stands in the file, before it is one of the two sorts of window.
struct Draft {
  MaintenanceWindow window;
  std::vector<std::chrono::weekday> days;
  std::optional<minutes> from, to;
  std::optional<LocalMinute> starts, ends;
};

const Table<Draft>& draft_keys() {
  const auto day =
      choice<std::chrono::weekday>("day", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, weekday_from_text);
  static const Table<Draft> table{
      {"match", Need::kOptional,
       mapping(
           [](Draft & draft) -> auto& { return draft.window.match; }, alert_match_keys())},
      {"days", Need::kOptional, into(&Draft::days, one_or_more(day))},
      {"from", Need::kOptional, into(&Draft::from, time_of_day())},
      {"to", Need::kOptional, into(&Draft::to, time_of_day())},
      {"starts", Need::kOptional, into(&Draft::starts, local_time())},
      {"ends", Need::kOptional, into(&Draft::ends, local_time())},
      {"zone", Need::kRequired,
       into(
           [](Draft & draft) -> auto& { return draft.window.zone; }, checked(line(), alert::complaint_about_zone))},
      {"reason", Need::kRequired,
       into(
           [](Draft & draft) -> auto& { return draft.window.reason; }, line())},
  };
  return table;
}

/// Complains unless both keys are there, or none of them. True: both.
bool require_both(Walk& walk, const Node& node, std::string_view first, std::string_view second) {
  const bool has_first = find(node, first) != nullptr, has_second = find(node, second) != nullptr;
  if (has_first != has_second) walk.error(node, fmt::format("the key \"{}\" is missing", has_first ? second : first));
  return has_first && has_second;
}

void take_once(Walk& walk, const Node& node, const Draft& draft, MaintenanceWindow& window) {
  if (!require_both(walk, node, "starts", "ends")) return;
  window.times = alert::Once{*draft.starts, *draft.ends};
  if (*draft.ends <= *draft.starts) walk.error(*find(node, "ends"), "is not after starts");
}

/// Days without hours are whole days.
void take_weekly(Walk& walk, const Node& node, const Draft& draft, MaintenanceWindow& window) {
  const bool days_alone = find(node, "from") == nullptr && find(node, "to") == nullptr;
  if (!days_alone && !require_both(walk, node, "from", "to")) return;
  const alert::Weekly weekly{draft.days, draft.from.value_or(0min), draft.to.value_or(0min)};
  window.times = weekly;
  if (weekly.from == 24h) walk.error(*find(node, "from"), "is the end of the day; write 00:00 and the next day");
  if (alert::never_closes(weekly))
    walk.error(node, "never closes, so that nobody would ever be told; name fewer days, or hours with an end");
}

void read_maintenance(Walk& walk, const Node& node, MaintenanceWindow& window) {
  const std::size_t errors_before = walk.complaints.errors();
  Draft draft;
  read_mapping(walk, node, draft_keys(), draft);
  window = std::move(draft.window);
  if (walk.complaints.errors() > errors_before) return;
  const auto has_one_of = [&](std::initializer_list<std::string_view> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) { return find(node, key) != nullptr; });
  };
  const bool once = has_one_of({"starts", "ends"}), weekly = has_one_of({"days", "from", "to"});
  if (once == weekly)
    walk.error(node, once ? "opens both once (starts, ends) and each week (days, from, to); write two windows"
                          : "does not say when; give days, from and to, or starts and ends");
  else if (once)
    take_once(walk, node, draft, window);
  else
    take_weekly(walk, node, draft, window);
}

}  // namespace

Key<Settings> maintenance_key() {
  return {"maintenance", Need::kOptional,
          list_of_wholes([](Walk& walk, const Node& node,
                            Settings& settings) { read_maintenance(walk, node, settings.maintenance.emplace_back()); },
                         draft_keys())};
}

}  // namespace settings
