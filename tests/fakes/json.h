// Reading and writing JSON in the fake. A command that the fake does not understand is refused loudly (BadCommand):
// a misspelt member in a test must not turn into a test that checks nothing.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fakes {

/// A test asked for something that the fake cannot do; the message says which member or name is wrong.
class BadCommand : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// An object, or BadCommand.
rapidjson::Document parse_object(std::string_view text);
/// BadCommand when the object has a member that is not in the list.
void allow_members(const rapidjson::Value& object, std::initializer_list<std::string_view> allowed);

// Each takes a member's value, or the fallback when the member is absent; BadCommand when it is of another type.
std::string string_or(const rapidjson::Value& object, const char* name, const std::string& fallback);
std::int64_t integer_or(const rapidjson::Value& object, const char* name, std::int64_t fallback);
double number_or(const rapidjson::Value& object, const char* name, double fallback);
bool flag_or(const rapidjson::Value& object, const char* name, bool fallback);

/// BadCommand when the member is absent or no string.
std::string needed_string(const rapidjson::Value& object, const char* name);
/// BadCommand when the member is absent or no list of strings.
std::vector<std::string> needed_strings(const rapidjson::Value& object, const char* name);

void write_text(JsonWriter& writer, std::string_view text);
std::string take_text(const rapidjson::StringBuffer& buffer);

}  // namespace fakes
