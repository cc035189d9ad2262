#include "store/incident_text.h"

#include <charconv>
#include <optional>

#include "base/json.h"
#include "store/row_text.h"

namespace store {
namespace {

bool has_rare_parts(const verdict::Incident& incident) {
  const auto& finding = incident.finding;
  return !finding.details.empty() || finding.affected != 0 || !finding.examples.empty() || finding.severity ||
         !finding.grounds.witnesses.empty() || !incident.flips.empty() || incident.acknowledged;
}

void write_texts(base::JsonWriter& writer, const char* name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  writer.Key(name);
  writer.StartArray();
  for (const auto& text : texts) base::write_text(writer, text);
  writer.EndArray();
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// False for anything but a list of texts; a member that is not there is an empty list.
bool read_texts(const rapidjson::Value* list, std::vector<std::string>& texts) {
  if (list == nullptr) return true;
  if (!list->IsArray()) return false;
  for (const auto& element : list->GetArray()) {
    if (!element.IsString()) return false;
    texts.emplace_back(base::text_of(&element));
  }
  return true;
}

bool read_flips(const rapidjson::Value* list, std::vector<base::Instant>& flips) {
  std::vector<std::string> texts;
  if (!read_texts(list, texts)) return false;
  for (const auto& text : texts) {
    long long ms = 0;
    if (!read_number(text, ms)) return false;
    flips.push_back(base::from_epoch_ms(ms));
  }
  return true;
}

bool read_acknowledged(const rapidjson::Value* object, std::optional<verdict::Acknowledged>& acknowledged) {
  if (object == nullptr) return true;
  long long ms = 0;
  if (!object->IsObject() || !read_number(base::text_of(base::find_member(*object, "at")), ms)) return false;
  acknowledged = {std::string(base::text_of(base::find_member(*object, "by"))),
                  std::string(base::text_of(base::find_member(*object, "reason"))), base::from_epoch_ms(ms)};
  return true;
}

void write_acknowledged(base::JsonWriter& writer, const verdict::Acknowledged& acknowledged) {
  writer.Key("acknowledged");
  writer.StartObject();
  writer.Key("by");
  base::write_text(writer, acknowledged.by);
  writer.Key("reason");
  base::write_text(writer, acknowledged.reason);
  writer.Key("at");
  writer.Int64(base::to_epoch_ms(acknowledged.at));
  writer.EndObject();
}

bool read_severity(const rapidjson::Value* text, std::optional<verdict::Severity>& severity) {
  if (text == nullptr) return true;
  severity = verdict::severity_from_text(base::text_of(text));
  return severity.has_value();
}

}  // namespace

std::string rare_parts_to_json(const verdict::Incident& incident) {
  if (!has_rare_parts(incident)) return {};
  const auto& finding = incident.finding;
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  writer.StartObject();
  write_texts(writer, "details", finding.details);
  if (finding.affected != 0) {
    writer.Key("affected");
    writer.Uint64(finding.affected);
  }
  write_texts(writer, "examples", finding.examples);
  if (finding.severity) {
    writer.Key("severity");
    base::write_text(writer, verdict::to_text(*finding.severity));
  }
  write_texts(writer, "witnesses", finding.grounds.witnesses);
  if (!incident.flips.empty()) {
    writer.Key("flips");
    writer.StartArray();
    for (const auto flip : incident.flips) writer.Int64(base::to_epoch_ms(flip));
    writer.EndArray();
  }
  if (incident.acknowledged) write_acknowledged(writer, *incident.acknowledged);
  writer.EndObject();
  return base::take_text(buffer);
}

base::Result<verdict::Incident> with_rare_parts(verdict::Incident incident, std::string_view json) {
  const auto document = base::parse_json(json);
  if (!document) return base::Failure{document.error()};
  const auto& object = document.value();
  if (!object.IsObject()) return base::Failure{"an object was expected"};
  const auto member = [&](const char* name) { return base::find_member(object, name); };
  auto& finding = incident.finding;
  const auto* affected = member("affected");
  const bool fits =
      read_texts(member("details"), finding.details) &&
      (affected == nullptr || read_number(base::text_of(affected), finding.affected)) &&
      read_texts(member("examples"), finding.examples) && read_severity(member("severity"), finding.severity) &&
      read_texts(member("witnesses"), finding.grounds.witnesses) && read_flips(member("flips"), incident.flips) &&
      read_acknowledged(member("acknowledged"), incident.acknowledged);
  if (!fits) return base::Failure{"no parts of an incident: a member cannot be read"};
  return incident;
}

}  // namespace store
