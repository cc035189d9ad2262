#include "view/json_members.h"

#include "base/text.h"

namespace view {

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

void member(base::JsonWriter& writer, const char* name, const std::optional<std::uint64_t>& value) {
  if (value) return member(writer, name, *value);
  writer.Key(name);
  writer.Null();
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

}  // namespace view
