#include "json.h"

#include <rapidjson/error/en.h>

#include <algorithm>

namespace fakes {
namespace {

const rapidjson::Value* find(const rapidjson::Value& object, const char* name) {
  const auto member = object.FindMember(name);
  return member == object.MemberEnd() ? nullptr : &member->value;
}

[[noreturn]] void refuse(const char* name, const char* wanted) {
  throw BadCommand("member \"" + std::string(name) + "\" must be " + wanted);
}

}  // namespace

rapidjson::Document parse_object(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (document.HasParseError()) {
    throw BadCommand("not JSON at byte " + std::to_string(document.GetErrorOffset()) + ": " +
                     rapidjson::GetParseError_En(document.GetParseError()));
  }
  if (!document.IsObject()) throw BadCommand("not a JSON object");
  return document;
}

void allow_members(const rapidjson::Value& object, std::initializer_list<std::string_view> allowed) {
  if (!object.IsObject()) throw BadCommand("an object was expected");
  for (const auto& member : object.GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      throw BadCommand("unknown member \"" + std::string(name) + "\"");
    }
  }
}

std::string string_or(const rapidjson::Value& object, const char* name, const std::string& fallback) {
  const auto* value = find(object, name);
  if (value == nullptr) return fallback;
  if (!value->IsString()) refuse(name, "a string");
  return {value->GetString(), value->GetStringLength()};
}

std::int64_t integer_or(const rapidjson::Value& object, const char* name, std::int64_t fallback) {
  const auto* value = find(object, name);
  if (value == nullptr) return fallback;
  if (!value->IsInt64()) refuse(name, "a whole number");
  return value->GetInt64();
}

double number_or(const rapidjson::Value& object, const char* name, double fallback) {
  const auto* value = find(object, name);
  if (value == nullptr) return fallback;
  if (!value->IsNumber()) refuse(name, "a number");
  return value->GetDouble();
}

bool flag_or(const rapidjson::Value& object, const char* name, bool fallback) {
  const auto* value = find(object, name);
  if (value == nullptr) return fallback;
  if (!value->IsBool()) refuse(name, "true or false");
  return value->GetBool();
}

std::string needed_string(const rapidjson::Value& object, const char* name) {
  if (find(object, name) == nullptr) throw BadCommand("member \"" + std::string(name) + "\" is missing");
  return string_or(object, name, "");
}

std::vector<std::string> needed_strings(const rapidjson::Value& object, const char* name) {
  const auto* value = find(object, name);
  if (value == nullptr || !value->IsArray()) refuse(name, "a list of strings");
  std::vector<std::string> strings;
  for (const auto& entry : value->GetArray()) {
    if (!entry.IsString()) refuse(name, "a list of strings");
    strings.emplace_back(entry.GetString(), entry.GetStringLength());
  }
  return strings;
}

void write_text(JsonWriter& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string take_text(const rapidjson::StringBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}  // namespace fakes
