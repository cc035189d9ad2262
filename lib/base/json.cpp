#include "base/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <optional>
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
template <class Document>
class Guard {
 public:
  explicit Guard(Document& document) : document_(document) {}

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
  Document& document_;
  int depth_ = 0;
};

std::string_view name_of(const rapidjson::Value::Member& member) {
  return {member.name.GetString(), member.name.GetStringLength()};
}

bool has_key_twice(const rapidjson::Value& object) {
  constexpr rapidjson::SizeType kFew = 16;  // members; up to here comparing all pairs is cheaper than sorting
  const auto begin = object.MemberBegin();
  const auto end = object.MemberEnd();
  if (object.MemberCount() <= kFew) {
    for (auto member = begin; member != end; ++member) {
      if (std::any_of(begin, member, [&](const auto& other) { return name_of(other) == name_of(*member); }))
        return true;
    }
    return false;
  }
  std::vector<std::string_view> keys;
  std::transform(begin, end, std::back_inserter(keys), name_of);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

/// Recursion is bounded by kJsonMaxDepth.
bool has_duplicate_key(const rapidjson::Value& value) {
  if (value.IsArray()) return std::any_of(value.Begin(), value.End(), has_duplicate_key);
  if (!value.IsObject()) return false;
  return has_key_twice(value) || std::any_of(value.MemberBegin(), value.MemberEnd(),
                                             [](const auto& member) { return has_duplicate_key(member.value); });
}

/// Fills `document`; what is wrong with the text, or nothing.
template <class Document, class Reader>
std::optional<std::string> read_into(Document& document, Reader& reader, std::string_view text) {
  // RapidJSON takes a NUL for the end of the text, and what follows it would pass unseen.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) return fmt::format("a NUL (byte {})", nul);
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::ParseResult outcome;
  Guard guard(document);
  const auto feed = [&](Document&) {
    outcome = reader.template Parse<kFlags>(stream, guard);
    return !outcome.IsError();
  };
  document.Populate(feed);
  if (guard.too_deep()) return fmt::format("nested deeper than {} levels", kJsonMaxDepth);
  if (outcome.Code() == rapidjson::kParseErrorTermination)
    return fmt::format("a lone surrogate (byte {})", outcome.Offset());
  if (outcome.IsError())
    return fmt::format("{} (byte {})", rapidjson::GetParseError_En(outcome.Code()), outcome.Offset());
  if (has_duplicate_key(document)) return "an object has the same key twice";
  return std::nullopt;
}

using Pool = rapidjson::MemoryPoolAllocator<>;

}  // namespace

Result<rapidjson::Document> parse_json(std::string_view text) {
  rapidjson::Document document;
  rapidjson::Reader reader;
  if (auto complaint = read_into(document, reader, text)) return Failure{*std::move(complaint)};
  return document;
}

struct JsonReader::Memory {
  alignas(std::max_align_t) std::array<char, 8192> for_values;
  alignas(std::max_align_t) std::array<char, 8192> for_parsing;
  Pool values{for_values.data(), for_values.size()};
  Pool parsing{for_parsing.data(), for_parsing.size()};
  std::optional<rapidjson::GenericDocument<rapidjson::UTF8<>, Pool, Pool>> document;  ///< never frees; the pools do
};

JsonReader::JsonReader() : memory_(std::make_unique<Memory>()) {}
JsonReader::~JsonReader() = default;

Result<const rapidjson::Value*> JsonReader::read(std::string_view text) {
  constexpr std::size_t kStack = 1024;  // bytes to start with
  auto& [for_values, for_parsing, values, parsing, document] = *memory_;
  document.reset();
  values.Clear();
  parsing.Clear();
  document.emplace(&values, kStack, &parsing);
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, Pool> reader(&parsing, kStack);
  if (auto complaint = read_into(*document, reader, text)) return Failure{*std::move(complaint)};
  return &*document;
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

namespace {

/// RapidJSON's own puts the numbers that arrive as texts in quotes.
class Indenter : public rapidjson::PrettyWriter<rapidjson::StringBuffer> {
 public:
  using PrettyWriter::PrettyWriter;
  bool RawNumber(const char* digits, rapidjson::SizeType length, bool /*copy*/) {
    return RawValue(digits, length, rapidjson::kNumberType);
  }
};

}  // namespace

std::optional<std::string> indented_json(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::StringBuffer buffer;
  Indenter writer(buffer);
  writer.SetIndent(' ', 2);
  if (!rapidjson::Reader().Parse<kFlags>(stream, writer)) return std::nullopt;
  return take_text(buffer);
}

}  // namespace base
