#include "output.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace app {
namespace {

std::string name_of(const audit::TokenId& token, const TokenNames& names) {
  if (token.null()) return "";
  const auto known = names.find(token);
  return known == names.end() ? token.text() : known->second;
}

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

void member(base::JsonWriter& writer, const char* name, std::string_view value) {
  writer.Key(name);
  base::write_text(writer, base::clean_text(value));
}

void member_or_null(base::JsonWriter& writer, const char* name, std::string_view value) {
  if (!value.empty()) return member(writer, name, value);
  writer.Key(name);
  writer.Null();
}

void member(base::JsonWriter& writer, const char* name, std::uint64_t value) {
  writer.Key(name);
  writer.Uint64(value);
}

void member(base::JsonWriter& writer, const char* name, bool value) {
  writer.Key(name);
  writer.Bool(value);
}

void member(base::JsonWriter& writer, const char* name, double value) {
  writer.Key(name);
  writer.Double(value);
}

void member(base::JsonWriter& writer, const char* name, base::Duration value) {
  writer.Key(name);
  writer.Int64(value.count());
}

void member(base::JsonWriter& writer, const char* name, const std::vector<std::string>& values) {
  writer.Key(name);
  writer.StartArray();
  for (const auto& value : values) base::write_text(writer, base::clean_text(value));
  writer.EndArray();
}

void member(base::JsonWriter& writer, const char* name, base::Instant instant) {
  member(writer, name, std::string_view(base::to_text(instant)));
}

void member(base::JsonWriter& writer, const char* name, const std::optional<base::Instant>& instant) {
  member_or_null(writer, name, instant ? base::to_text(*instant) : "");
}

namespace {

void write_acknowledged(base::JsonWriter& writer, const std::optional<verdict::Acknowledged>& acknowledged) {
  writer.Key("acknowledged");
  if (!acknowledged) {
    writer.Null();
    return;
  }
  writer.StartObject();
  member(writer, "by", std::string_view(acknowledged->by));
  member_or_null(writer, "reason", acknowledged->reason);
  member(writer, "at", acknowledged->at);
  writer.EndObject();
}

}  // namespace

void write_incident(base::JsonWriter& writer, const verdict::Incident& incident, const TokenNames& names) {
  const verdict::Finding& finding = incident.finding;
  writer.StartObject();
  member(writer, "id", std::string_view(incident.id.text()));
  member(writer, "cause", verdict::to_text(finding.key.cause));
  member(writer, "severity", verdict::to_text(verdict::severity_of(finding)));
  member_or_null(writer, "token", name_of(finding.key.token, names));
  member_or_null(writer, "account", finding.key.account);
  member(writer, "before", finding.before);
  member(writer, "after", finding.after);
  member(writer, "opened_at", incident.opened_at);
  member(writer, "updated_at", incident.updated_at);
  member(writer, "resolved_at", incident.resolved_at);
  member(writer, "last_good_at", finding.last_good_at);
  member(writer, "http_status", static_cast<std::uint64_t>(finding.evidence.http_status));
  member_or_null(writer, "code", finding.evidence.code);
  member(writer, "confirmations", static_cast<std::uint64_t>(finding.confirmations));
  member_or_null(writer, "topic", finding.key.topic);
  member(writer, "details", finding.details);
  member(writer, "affected", finding.affected);
  member(writer, "examples", finding.examples);
  member_or_null(writer, "rule", finding.grounds.rule);
  member(writer, "witnesses", finding.grounds.witnesses);
  member_or_null(writer, "part_of", incident.part_of ? incident.part_of->text() : "");
  std::vector<std::string> flips;
  for (const auto flip : incident.flips) flips.push_back(base::to_text(flip));
  member(writer, "flips", flips);
  write_acknowledged(writer, incident.acknowledged);
  writer.EndObject();
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
          or_dash(name_of(finding.key.token, names)),
          or_dash(finding.key.account),
          base::to_text(incident.opened_at),
          incident.resolved_at ? base::to_text(*incident.resolved_at) : "open",
          incident.acknowledged ? "by " + incident.acknowledged->by : "-",
          change};
}

}  // namespace app
