#include "complaint_output.h"

#include <charconv>

namespace app {
namespace {

int number_of(const rapidjson::Value& object, const char* name) {
  const std::string_view text = base::text_of(base::find_member(object, name));
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string text_of(const rapidjson::Value& object, const char* name) {
  return std::string(base::text_of(base::find_member(object, name)));
}

}  // namespace

void write_complaint(base::JsonWriter& writer, const settings::Complaint& complaint) {
  writer.StartObject();
  member(writer, "file", std::string_view(complaint.file));
  member(writer, "line", static_cast<std::uint64_t>(complaint.line));
  member(writer, "column", static_cast<std::uint64_t>(complaint.column));
  member(writer, "path", std::string_view(complaint.path));
  member(writer, "message", std::string_view(complaint.message));
  member(writer, "source_line", std::string_view(complaint.source_line));
  member(writer, "severity", std::string_view(complaint.warning ? "warning" : "error"));
  writer.EndObject();
}

void write_complaints(base::JsonWriter& writer, const std::vector<settings::Complaint>& complaints) {
  writer.Key("complaints");
  writer.StartArray();
  for (const auto& complaint : complaints) write_complaint(writer, complaint);
  writer.EndArray();
}

settings::Complaint read_complaint(const rapidjson::Value& value) {
  return {text_of(value, "file"),
          number_of(value, "line"),
          number_of(value, "column"),
          text_of(value, "path"),
          text_of(value, "message"),
          text_of(value, "source_line"),
          text_of(value, "severity") == "warning"};
}

}  // namespace app
