#include "output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace app {
namespace {

/// Code points: near enough to columns for the names that occur.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void Table::print() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(row[column]));
    }
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string cell = base::clean_text(row[column]);
      line += cell;
      if (column + 1 < row.size()) line.append(widths[column] + 2 - std::min(width_of(cell), widths[column]), ' ');
    }
    fmt::print("{}\n", line);
  }
}

void print_field(std::string_view name, const std::string& text) {
  if (!text.empty()) fmt::print("{:<14}{}\n", name, base::clean_text(text));
}

void print_fields(std::string_view name, const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    print_field(name, text);
    name = "";
  }
}

void print_json(const std::function<void(base::JsonWriter&)>& write) {
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  write(writer);
  fmt::print("{}\n", base::take_text(buffer));
}

const std::vector<std::string>& incident_header() {
  static const std::vector<std::string> header{"INCIDENT", "SEVERITY", "CAUSE",        "TOKEN", "ACCOUNT",
                                               "OPENED",   "RESOLVED", "ACKNOWLEDGED", "CHANGE"};
  return header;
}

std::vector<std::string> incident_row(const verdict::Incident& incident, const TokenNames& names) {
  const verdict::Finding& finding = incident.finding;
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  std::string change;
  if (!finding.before.empty() || !finding.after.empty()) {
    change = or_dash(base::join(finding.before, ",")) + " -> " + or_dash(base::join(finding.after, ","));
  }
  return {incident.id.text(),
          std::string(verdict::to_text(verdict::severity_of(finding))),
          std::string(verdict::to_text(finding.key.cause)),
          or_dash(view::name_of(finding.key.token, names)),
          or_dash(finding.key.account),
          base::to_text(incident.opened_at),
          incident.resolved_at ? base::to_text(*incident.resolved_at) : "open",
          incident.acknowledged ? "by " + incident.acknowledged->by : "-",
          change};
}

}  // namespace app
