#include <fmt/format.h>

#include <charconv>
#include <map>
#include <set>

#include "base/text.h"
#include "bug_report.h"
#include "settings/listing.h"

namespace app {
namespace {

/// Keys whose values are a number, a time, a share or a flag, and never a name.
bool is_measured(std::string_view key) {
  constexpr std::string_view kMeasured[] = {
      "after",        "after_change",  "alerts",     "allow_private", "allow_remote",    "archive",
      "continue",     "count",         "critical",   "dead_letters",  "deadline",        "discovery_interval",
      "enabled",      "every",         "group_wait", "history",       "incidents",       "interval",
      "jitter",       "max_in_flight", "max_size",   "min_admins",    "min_live_tokens", "most_per_minute",
      "observations", "repeat",        "reserve",    "share",         "spacing",         "token_limit",
      "version"};
  return std::find(std::begin(kMeasured), std::end(kMeasured), key) != std::end(kMeasured);
}

/// Made anew of what was understood: nothing of the text itself is taken.
std::optional<PublicText> measure(const std::string& text) {
  if (text == "true") return PublicText("true");
  if (text == "false") return PublicText("false");
  if (const auto duration = base::parse_duration(text)) return PublicText::duration(duration.value());
  if (const auto share = base::parse_share(text)) return PublicText::share(share.value());
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc()) return std::nullopt;
  if (unit.empty()) return PublicText::number(number);
  if (unit == "MiB") return PublicText::number(number, "MiB");
  if (unit == "GiB") return PublicText::number(number, "GiB");
  return std::nullopt;
}

/// Words of ours that some keys take.
std::optional<PublicText> word(std::string_view key, std::string_view value) {
  if (key == "kind") return PublicText::one_of(value, {"advertiser", "developer"});
  if (key == "access") return PublicText::one_of(value, {"standard", "conversion_only"});
  if (key == "type")
    return PublicText::one_of(value, {"slack", "webhook", "slack_bot", "alertmanager_webhook", "alertmanager",
                                      "pagerduty", "teams", "email", "heartbeat"});
  if (key == "level") return PublicText::one_of(value, {"trace", "debug", "info", "warning", "error"});
  if (key == "format") return PublicText::one_of(value, {"auto", "text", "json"});
  if (key == "class") return PublicText::one_of(value, {"critical", "normal", "archive"});
  if (key == "severity") return PublicText::one_of(value, {"info", "warning", "critical"});
  return std::nullopt;
}

std::optional<PublicText> shown_value(std::string_view key, const std::string& value) {
  if (is_measured(key)) return measure(value);
  if (value.starts_with("${cred:")) return PublicText("a credential");
  if (value.starts_with("${file:")) return PublicText("a file");
  if (value.starts_with("${env:")) return PublicText("the environment");
  return word(key, value);
}

/// "routes[].repeat" of "routes[3].repeat"
std::string without_numbers(std::string_view path) {
  std::string shape;
  bool inside = false;
  for (const char c : path) {
    inside = inside && c != ']';
    if (!inside) shape += c;
    inside = c == '[' || inside;
  }
  return shape;
}

/// Every key that some mapping of the settings may have, by our own schema.
void add_keys(const rapidjson::Value& schema, std::set<std::string, std::less<>>& keys) {
  if (schema.IsArray()) {
    for (const auto& item : schema.GetArray()) add_keys(item, keys);
  }
  if (!schema.IsObject()) return;
  for (const auto& [name, value] : schema.GetObject()) {
    if (std::string_view(name.GetString()) == "properties") {
      for (const auto& property : value.GetObject()) keys.insert(property.name.GetString());
    }
    add_keys(value, keys);
  }
}

std::set<std::string, std::less<>> all_keys() {
  rapidjson::Document schema;
  schema.Parse(settings::json_schema());
  std::set<std::string, std::less<>> keys;
  add_keys(schema, keys);
  return keys;
}

struct Shape {
  std::int64_t given = 0;
  std::set<PublicText> values;
};

}  // namespace

Section settings_section(const Patient& patient) {
  const auto& complaints = patient.loaded.complaints;
  const auto warnings =
      std::count_if(complaints.begin(), complaints.end(), [](const auto& complaint) { return complaint.warning; });
  Section section{"settings",
                  {{"usable", patient.settings() != nullptr && !patient.secrets_skipped},
                   {"errors", static_cast<std::int64_t>(complaints.size()) - warnings},
                   {"warnings", std::int64_t{warnings}}}};
  std::map<std::string, Shape> shapes;
  for (const auto& setting : settings::list_file(patient.settings_file)) {
    if (setting.origin == "default") continue;
    auto& shape = shapes[without_numbers(setting.path)];
    ++shape.given;
    const std::string_view key = std::string_view(setting.path).substr(setting.path.rfind('.') + 1);
    if (auto value = shown_value(without_numbers(key), setting.value)) shape.values.insert(std::move(*value));
  }
  const auto keys = all_keys();
  for (const auto& [path, shape] : shapes) {
    Row row{PublicText::path(path, keys), {{"given", shape.given}}};
    if (!shape.values.empty())
      row.facts.push_back({"values", PublicText::list({shape.values.begin(), shape.values.end()})});
    section.add(std::move(row));
  }
  return section;
}

}  // namespace app
