#include "pagerduty.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "json.h"

namespace fakes {

struct PagerDuty::Event {
  std::string action;
  std::string routing_key;
  std::string dedup_key;
  std::string summary;
  std::string severity;
};

namespace {

constexpr size_t kMostBytes = 512 * 1024;
constexpr size_t kRoutingKey = 32;
constexpr size_t kMostDedupKey = 255;
constexpr size_t kMostSummary = 1024;

/// PagerDuty counts characters, not bytes. `text` is UTF-8: the parser made sure.
size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0U) != 0x80U; }));
}

/// Reads members of an event and gathers all complaints.
class Reader {
 public:
  explicit Reader(std::vector<std::string>& complaints) : complaints_(complaints) {}

  void complain(const std::string& complaint) { complaints_.push_back(complaint); }

  /// Empty when it is not there, or no string.
  std::string text(const rapidjson::Value& object, const char* name, bool needed, size_t most = kMostBytes) {
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd()) {
      if (needed) complain("'" + std::string(name) + "' is missing or blank");
      return {};
    }
    if (!member->value.IsString()) {
      complain("'" + std::string(name) + "' is not a string");
      return {};
    }
    std::string value(member->value.GetString(), member->value.GetStringLength());
    if (needed && value.empty()) complain("'" + std::string(name) + "' is missing or blank");
    if (characters(value) > most) complain("'" + std::string(name) + "' is too long");
    return value;
  }

  std::string word(const rapidjson::Value& object, const char* name, std::initializer_list<std::string_view> words) {
    std::string value = text(object, name, true);
    if (!value.empty() && std::find(words.begin(), words.end(), value) == words.end()) {
      complain("'" + std::string(name) + "' is not one of its words");
    }
    return value;
  }

 private:
  std::vector<std::string>& complaints_;
};

SinkAnswer refuse(const std::vector<std::string>& complaints) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("status");
  writer.String("invalid event");
  writer.Key("message");
  writer.String("Event object is invalid");
  writer.Key("errors");
  writer.StartArray();
  for (const std::string& complaint : complaints) write_text(writer, complaint);
  writer.EndArray();
  writer.EndObject();
  return json_answer(400, take_text(buffer));
}

SinkAnswer accept(const std::string& dedup_key) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("status");
  writer.String("success");
  writer.Key("message");
  writer.String("Event processed");
  writer.Key("dedup_key");
  write_text(writer, dedup_key);
  writer.EndObject();
  return json_answer(202, take_text(buffer));
}

void read_payload(Reader& reader, const rapidjson::Value& event, std::string& summary, std::string& severity) {
  const auto payload = event.FindMember("payload");
  if (payload == event.MemberEnd() || !payload->value.IsObject()) {
    reader.complain("'payload' is missing or no object");
    return;
  }
  summary = reader.text(payload->value, "summary", true, kMostSummary);
  severity = reader.word(payload->value, "severity", {"critical", "error", "warning", "info"});
  reader.text(payload->value, "source", true);
  for (const char* optional : {"timestamp", "component", "group", "class"})
    reader.text(payload->value, optional, false);
  const auto details = payload->value.FindMember("custom_details");
  if (details != payload->value.MemberEnd() && !details->value.IsObject()) {
    reader.complain("'custom_details' is no object");
  }
}

}  // namespace

SinkAnswer PagerDuty::enqueue(const SinkRecord& post) {
  if (post.body.size() > kMostBytes) return refuse({"the event is larger than 512 KB"});
  Event event;
  std::vector<std::string> complaints;
  try {
    const auto object = parse_object(post.body);
    Reader reader(complaints);
    event.routing_key = reader.text(object, "routing_key", true);
    if (event.routing_key.size() != kRoutingKey) reader.complain("'routing_key' has not 32 characters");
    event.action = reader.word(object, "event_action", {"trigger", "acknowledge", "resolve"});
    event.dedup_key = reader.text(object, "dedup_key", event.action != "trigger", kMostDedupKey);
    if (event.action == "trigger") read_payload(reader, object, event.summary, event.severity);
  } catch (const BadCommand& refusal) {
    complaints.emplace_back(refusal.what());
  }
  if (!complaints.empty()) return refuse(complaints);
  if (event.dedup_key.empty()) event.dedup_key = "made-" + std::to_string(++made_keys_);
  apply(event);
  return accept(event.dedup_key);
}

void PagerDuty::apply(const Event& event) {
  auto alert = std::find_if(alerts_.begin(), alerts_.end(), [&](const Alert& one) {
    return one.routing_key == event.routing_key && one.dedup_key == event.dedup_key && one.state != "resolved";
  });
  if (event.action == "trigger") {
    if (alert == alerts_.end()) {
      alert = alerts_.insert(alerts_.end(), {event.routing_key, event.dedup_key, "triggered", "", "", 0});
    }
    alert->summary = event.summary;
    alert->severity = event.severity;
    ++alert->triggers;
  } else if (alert == alerts_.end()) {
    ++dropped_;
  } else {
    alert->state = event.action == "resolve" ? "resolved" : "acknowledged";
  }
}

void PagerDuty::forget() {
  alerts_.clear();
  dropped_ = 0;
}

std::string PagerDuty::alerts_json() const {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("alerts");
  writer.StartArray();
  for (const Alert& alert : alerts_) {
    writer.StartObject();
    const std::pair<const char*, const std::string*> members[] = {{"routing_key", &alert.routing_key},
                                                                  {"dedup_key", &alert.dedup_key},
                                                                  {"state", &alert.state},
                                                                  {"summary", &alert.summary},
                                                                  {"severity", &alert.severity}};
    for (const auto& [name, value] : members) {
      writer.Key(name);
      write_text(writer, *value);
    }
    writer.Key("triggers");
    writer.Int(alert.triggers);
    writer.EndObject();
  }
  writer.EndArray();
  writer.Key("dropped");
  writer.Int(dropped_);
  writer.EndObject();
  return take_text(buffer);
}

}  // namespace fakes
