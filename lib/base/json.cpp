#include "base/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <vector>

namespace base {
namespace {

// Iterative: the default parser recurses once a level. Numbers as strings: CVE-2024-38517 lives in the number parser.
constexpr unsigned kFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;

/// RapidJSON checks all text except a lone low surrogate written as an escape ("\\udc00"): it becomes three bytes that
/// are no UTF-8, ED and then B0 to BF.
bool holds_surrogate(std::string_view text) {
  for (auto at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
    if (static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;  // two bytes follow in any case
  }
  return false;
}

/// Passes events on to the document and stops at a depth and at a surrogate. The document itself is freed by
/// recursion, so a deep one must not come to be.
class Guard {
 public:
  explicit Guard(rapidjson::Document& document) : document_(document) {}

  // The names are RapidJSON's. NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool Int(int value) { return document_.Int(value); }
  bool Uint(unsigned value) { return document_.Uint(value); }
  bool Int64(std::int64_t value) { return document_.Int64(value); }
  bool Uint64(std::uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }
  // The text is copied: the stream belongs to the caller.
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) { return document_.String(text, length, true); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return !holds_surrogate({text, length}) && document_.String(text, length, true);
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    return !holds_surrogate({text, length}) && document_.Key(text, length, true);
  }
  bool StartObject() { return ++depth_ <= kJsonMaxDepth && document_.StartObject(); }
  bool EndObject(rapidjson::SizeType count) { return --depth_, document_.EndObject(count); }
  bool StartArray() { return ++depth_ <= kJsonMaxDepth && document_.StartArray(); }
  bool EndArray(rapidjson::SizeType count) { return --depth_, document_.EndArray(count); }
  // NOLINTEND(readability-identifier-naming)

  bool too_deep() const { return depth_ > kJsonMaxDepth; }

 private:
  rapidjson::Document& document_;
  int depth_ = 0;
};

/// Recursion is bounded by kJsonMaxDepth.
bool has_duplicate_key(const rapidjson::Value& value) {
  if (value.IsArray()) return std::any_of(value.Begin(), value.End(), has_duplicate_key);
  if (!value.IsObject()) return false;
  std::vector<std::string_view> keys;
  for (const auto& member : value.GetObject()) {
    if (has_duplicate_key(member.value)) return true;
    keys.emplace_back(member.name.GetString(), member.name.GetStringLength());
  }
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

}  // namespace

Result<rapidjson::Document> parse_json(std::string_view text) {
  // RapidJSON takes a NUL for the end of the text, and what follows it would pass unseen.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return Failure{fmt::format("a NUL (byte {})", nul)};
  rapidjson::Document document;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  rapidjson::ParseResult outcome;
  Guard guard(document);
  const auto feed = [&](rapidjson::Document&) {
    outcome = reader.Parse<kFlags>(stream, guard);
    return !outcome.IsError();
  };
  document.Populate(feed);
  if (guard.too_deep()) return Failure{fmt::format("nested deeper than {} levels", kJsonMaxDepth)};
  if (outcome.Code() == rapidjson::kParseErrorTermination)
    return Failure{fmt::format("a lone surrogate (byte {})", outcome.Offset())};
  if (outcome.IsError())
    return Failure{fmt::format("{} (byte {})", rapidjson::GetParseError_En(outcome.Code()), outcome.Offset())};
  if (has_duplicate_key(document)) return Failure{"an object has the same key twice"};
  return document;
}

const rapidjson::Value* find_member(const rapidjson::Value& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto member = object.FindMember(name);
  return member == object.MemberEnd() ? nullptr : &member->value;
}

std::string_view text_of(const rapidjson::Value* value) {
  if (value == nullptr || !value->IsString()) return {};
  return {value->GetString(), value->GetStringLength()};
}

}  // namespace base
