#include "alert/slack_blocks.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/facts.h"
#include "base/json.h"
#include "base/text.h"

namespace alert {
namespace {

// Bytes after escaping, which is never less than the characters that Slack counts. Half of Slack's own limits
// (https://docs.slack.dev/reference/block-kit/blocks) or less: 3,000 a section, 2,000 a field; a header may be full.
constexpr std::size_t kHeaderLimit = 150;
constexpr std::size_t kSectionLimit = 1500;
constexpr std::size_t kFallbackLimit = 2000;
constexpr std::size_t kFallbackPart = 480;
constexpr std::size_t kLineLimit = 250;
constexpr std::size_t kLinesOfSection = 5;
constexpr std::size_t kLabelLimit = 32;
constexpr std::size_t kAllBlocksLimit = 8000;
static_assert(kHeaderLimit + kMostFactBytes + kMostFacts * kLabelLimit <= kAllBlocksLimit);
static_assert(kHeaderLimit + kMostListed * (kLineLimit + 1) + 4 * kLineLimit <= kAllBlocksLimit);
static_assert(kLinesOfSection * (kLineLimit + 1) <= kSectionLimit);

/// Replaces the three characters that Slack reads as its own, and no others: the rest would be shown as entities.
/// That disarms <!channel> and links in a name (https://docs.slack.dev/messaging/formatting-message-text).
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char character : base::clean_text(text)) {
    switch (character) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += character;
    }
  }
  return escaped;
}

/// Escapes, and cuts at a code point but never inside an entity.
std::string shown(std::string_view text, std::size_t limit) {
  std::string escaped = escape(text);
  if (escaped.size() <= limit) return escaped;
  constexpr std::string_view kEllipsis = "…";
  std::string_view start = base::cut_at_code_point(escaped, limit - kEllipsis.size());
  const auto entity = start.rfind('&');
  if (entity != std::string_view::npos && start.find(';', entity) == std::string_view::npos)
    start = start.substr(0, entity);
  return std::string(start).append(kEllipsis);
}

std::string with_mark(std::string_view mark, std::string_view text) {
  return mark.empty() ? std::string(text) : fmt::format("{} {}", mark, text);
}

/// Writes Block Kit. Text of strangers is only ever in plain_text objects, where * _ ~ mean nothing. All text that it
/// is given is escaped and short enough.
class Blocks {
 public:
  explicit Blocks(std::string_view fallback) {
    writer_.StartObject();
    writer_.Key("text");
    base::write_text(writer_, fallback);
    writer_.Key("blocks");
    writer_.StartArray();
  }

  std::string take() {
    writer_.EndArray();
    // A link in a name must not make Slack fetch and show its page.
    writer_.Key("unfurl_links");
    writer_.Bool(false);
    writer_.Key("unfurl_media");
    writer_.Bool(false);
    writer_.EndObject();
    return base::take_text(buffer_);
  }

  void text_block(const char* type, std::string_view text) {
    start_block(type);
    writer_.Key("text");
    text_object("plain_text", text);
    writer_.EndObject();
  }
  void header(std::string_view text) { text_block("header", text); }
  void section(std::string_view text) { text_block("section", text); }

  /// Pairs of label and text beside each other. Slack takes ten objects, so five pairs.
  void fields(const std::vector<Fact>& facts) {
    start_block("section");
    writer_.Key("fields");
    writer_.StartArray();
    for (const Fact& fact : facts) {
      text_object("mrkdwn", fmt::format("*{}*", fact.label));
      text_object("plain_text", shown(fact.text, fact.limit));
    }
    writer_.EndArray();
    writer_.EndObject();
  }

  /// Small print. Slack shows a message twice when our note of its "ok" was lost: the ids let people see that it is the
  /// same.
  void context(const std::vector<std::string>& texts) {
    start_block("context");
    writer_.Key("elements");
    writer_.StartArray();
    for (const std::string& text : texts) text_object("plain_text", text);
    writer_.EndArray();
    writer_.EndObject();
  }

 private:
  void start_block(const char* type) {
    writer_.StartObject();
    writer_.Key("type");
    writer_.String(type);
  }

  void text_object(const char* type, std::string_view text) {
    writer_.StartObject();
    writer_.Key("type");
    writer_.String(type);
    writer_.Key("text");
    base::write_text(writer_, text);
    if (std::string_view(type) == "plain_text") {
      writer_.Key("emoji");
      writer_.Bool(false);  // ":smile:" in a name stays what it is
    }
    writer_.EndObject();
  }

  rapidjson::StringBuffer buffer_;
  base::JsonWriter writer_{buffer_};
};

std::string line_of(const Fact& fact) {
  const char* between = fact.label.empty() ? "" : fact.question == Question::kIds ? " " : ": ";
  return fmt::format("{}{}{}", fact.label, between, shown(fact.text, fact.limit));
}

/// What belongs to one question.
void write_answer(Blocks& blocks, const std::vector<Fact>& facts) {
  if (facts.front().question == Question::kWhom) return blocks.fields(facts);
  std::vector<std::string> lines;
  std::transform(facts.begin(), facts.end(), std::back_inserter(lines), line_of);
  if (facts.front().question == Question::kIds) return blocks.context(lines);
  blocks.section(base::join(lines, "\n"));
}

/// What notifications and screen readers show in place of the blocks.
std::string fallback_of(const Alert& alert, const Wording& wording) {
  const auto part = [](std::string_view text) { return shown(text, kFallbackPart); };
  std::string text = fmt::format("{} [{}]. ", part(wording.title), severity_text(alert));
  if (!wording.note.empty()) text += part(wording.note) + " ";
  text +=
      wording.text.empty() ? fmt::format("Is: {}. {}", part(wording.after), part(wording.repair)) : part(wording.text);
  static_assert(4 * kFallbackPart + 64 <= kFallbackLimit);
  return with_mark(mark_of(alert), text);
}

}  // namespace

std::string slack_message(const Alert& alert) {
  const Wording wording = wording_of(alert);
  Blocks blocks(fallback_of(alert, wording));
  blocks.header(shown(with_mark(mark_of(alert), wording.title), kHeaderLimit));
  const std::vector<Fact> facts = facts_of(alert, wording);
  for (auto first = facts.begin(); first != facts.end();) {
    const auto last =
        std::find_if(first, facts.end(), [&](const Fact& fact) { return fact.question != first->question; });
    write_answer(blocks, {first, last});
    first = last;
  }
  return blocks.take();
}

std::string slack_message(const Digest& digest) {
  const DigestWording wording = wording_of(digest);
  const std::string title = with_mark(mark_of(digest), wording.title);
  Blocks blocks(shown(title, kFallbackLimit));
  blocks.header(shown(title, kHeaderLimit));
  if (!wording.common.empty()) blocks.section("In common: " + shown(wording.common, kLineLimit));
  for (std::size_t first = 0; first < wording.lines.size(); first += kLinesOfSection) {
    std::string lines;
    for (std::size_t i = first; i < std::min(first + kLinesOfSection, wording.lines.size()); ++i)
      lines.append(lines.empty() ? "" : "\n").append(shown(wording.lines[i], kLineLimit));
    blocks.section(lines);
  }
  if (!wording.list.empty())
    blocks.section(fmt::format("{}{}All of them: {}", wording.more, wording.more.empty() ? "" : "\n", wording.list));
  blocks.context({fmt::format("Alert {} (number {})", digest.id.text(), digest.sequence)});
  return blocks.take();
}

}  // namespace alert
