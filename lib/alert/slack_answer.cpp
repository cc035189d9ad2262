#include "alert/slack_answer.h"

#include "base/json.h"
// After base/json.h, which sets RapidJSON up.
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace alert {
namespace {

/// Takes what it wants of the members of the outermost object.
class AnswerReader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, AnswerReader> {
 public:
  explicit AnswerReader(SlackAnswer& answer) : answer_(answer) {}

  // The names are RapidJSON's. NOLINTBEGIN(readability-identifier-naming)
  bool Default() { return true; }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 1) key_.assign(text, length);
    return true;
  }
  bool Bool(bool value) {
    if (depth_ == 1 && key_ == "ok") answer_.ok = value;
    return true;
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 1 && key_ == "error") answer_.error.assign(text, length);
    if (depth_ == 1 && key_ == "ts") answer_.ts.assign(text, length);
    return true;
  }
  bool StartObject() { return ++depth_ > 0; }
  bool EndObject(rapidjson::SizeType) { return --depth_ >= 0; }
  bool StartArray() { return ++depth_ > 0; }
  bool EndArray(rapidjson::SizeType) { return --depth_ >= 0; }
  // NOLINTEND(readability-identifier-naming)

 private:
  SlackAnswer& answer_;
  int depth_ = 0;
  std::string key_;
};

/// "1503435956.000247"
bool is_time_stamp(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  return text.size() <= kLongest && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

SlackAnswer read_slack_answer(std::string_view text) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  SlackAnswer answer;
  AnswerReader reader(answer);
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader().Parse<kFlags>(stream, reader);  // an error is where the text was cut
  if (!is_time_stamp(answer.ts)) answer.ts.clear();
  return answer;
}

}  // namespace alert
