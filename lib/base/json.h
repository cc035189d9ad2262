#pragma once

#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

constexpr int kJsonMaxDepth = 32;

/// Reads JSON from a stranger: no recursion, at most kJsonMaxDepth levels, valid UTF-8, no key twice in an object,
/// nothing after the value. Numbers arrive as strings, so that ids keep all their digits and no exponent is computed.
/// The caller caps the size of `text`. Error: what is wrong, and at which byte.
Result<rapidjson::Document> parse_json(std::string_view text);

/// Reads one text after the other into the same memory: for whoever reads many small ones. It keeps some 16 KiB and
/// gives back what a larger text took. One thread only.
class JsonReader {
 public:
  JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;
  ~JsonReader();

  /// As parse_json(). The value lives until the next call, and does not lean on `text`.
  Result<const rapidjson::Value*> read(std::string_view text);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

/// The member, or nullptr when `object` is no object or has no such member.
const rapidjson::Value* find_member(const rapidjson::Value& object, const char* name);
/// The text of a string (or, as numbers are strings here, of a number); empty view when it is neither.
std::string_view text_of(const rapidjson::Value* value);

/// The same JSON for people: a member a line, indented by two blanks, every digit as it was. Nothing when `text` is not
/// JSON. For what we wrote ourselves: it checks no more than that.
std::optional<std::string> indented_json(std::string_view text);

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;
inline void write_text(JsonWriter& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
inline std::string take_text(const rapidjson::StringBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}  // namespace base
