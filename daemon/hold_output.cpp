#include "hold_output.h"

#include <fmt/format.h>

#include "alert/match.h"
#include "output.h"

namespace app {

std::vector<Hold> open_windows(const std::vector<alert::MaintenanceWindow>& windows, base::Instant now) {
  std::vector<Hold> open;
  for (std::size_t place = 0; place < windows.size(); ++place) {
    if (const auto end = alert::open_until(windows[place], now))
      open.push_back({fmt::format("maintenance[{}]", place), windows[place].match, windows[place].reason, "", *end});
  }
  return open;
}

std::vector<Hold> holds_on(const alert::Alert& alert, const std::vector<alert::Mute>& mutes,
                           const std::vector<alert::MaintenanceWindow>& windows, base::Instant now) {
  std::vector<Hold> holds;
  for (const auto& mute : mutes) holds.push_back({mute.id.text(), mute.match, mute.reason, mute.by, mute.until});
  for (auto& window : open_windows(windows, now)) holds.push_back(std::move(window));
  std::erase_if(holds, [&](const Hold& hold) { return !alert::fits(hold.match, alert); });
  return holds;
}

void write_holds(base::JsonWriter& writer, const std::vector<Hold>& holds) {
  writer.StartArray();
  for (const auto& hold : holds) {
    writer.StartObject();
    member(writer, "name", std::string_view(hold.name));
    member(writer, "match", std::string_view(alert::to_text(hold.match)));
    member(writer, "reason", std::string_view(hold.reason));
    member_or_null(writer, "by", hold.by);
    member(writer, "until", hold.until);
    writer.EndObject();
  }
  writer.EndArray();
}

void print_holds(const std::vector<Hold>& holds) {
  Table table({"MUTE OR WINDOW", "MATCH", "UNTIL", "BY", "REASON"});
  for (const auto& hold : holds)
    table.add({hold.name, alert::to_text(hold.match), base::to_text(hold.until), hold.by.empty() ? "settings" : hold.by,
               hold.reason});
  table.print();
}

}  // namespace app
