#include <fmt/format.h>

#include <algorithm>

#include "alert/impact.h"
#include "alert/render.h"
#include "base/json.h"
#include "base/text.h"

namespace alert {
namespace {

// Bytes after escaping, which is never less than the characters that Slack counts. Half of Slack's own limits
// (https://docs.slack.dev/reference/block-kit/blocks) or less: 3,000 a section, 2,000 a field, 150 a header.
constexpr std::size_t kHeaderLimit = 150;
constexpr std::size_t kStateLimit = 1500;
constexpr std::size_t kStopsLimit = 900;
constexpr std::size_t kWhoLimit = 900;
constexpr std::size_t kRepairLimit = 1500;
constexpr std::size_t kLineLimit = 480;  // three of them and their labels fit into a section
constexpr std::size_t kFieldLimit = 250;
constexpr std::size_t kContextLimit = 150;
constexpr std::size_t kFallbackLimit = 2000;
constexpr std::size_t kMostFields = 10;
constexpr std::size_t kMostContexts = 3;
constexpr std::size_t kAllBlocksLimit = 8000;
static_assert(kHeaderLimit + kStateLimit + kStopsLimit + kWhoLimit + kRepairLimit + kMostFields * kFieldLimit +
                  kMostContexts * kContextLimit <=
              kAllBlocksLimit);

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

/// Cuts escaped text at a code point and never inside an entity.
std::string cut(std::string_view escaped, std::size_t limit) {
  if (escaped.size() <= limit) return std::string(escaped);
  constexpr std::string_view kEllipsis = "…";
  std::string_view start = base::cut_at_code_point(escaped, limit - kEllipsis.size());
  const auto entity = start.rfind('&');
  if (entity != std::string_view::npos && start.find(';', entity) == std::string_view::npos)
    start = start.substr(0, entity);
  return std::string(start).append(kEllipsis);
}

std::string_view mark_of(const Alert& alert) {
  if (alert.state == State::kResolved) return "\U0001F7E2";  // green
  switch (verdict::severity_of(alert.incident.finding)) {
    case verdict::Severity::kCritical:
      return "\U0001F534";  // red
    case verdict::Severity::kWarning:
      return "\U0001F7E0";  // orange
    case verdict::Severity::kInfo:
      return "\U0001F535";  // blue
  }
  return {};
}

std::string token_text(const audit::Token& token) {
  const std::string user = token.user_id.empty() ? std::string() : ", user " + token.user_id;
  return fmt::format("{} ({}{})", token.name, audit::to_text(token.kind), user);
}

std::string account_text(const Subject& subject) {
  if (subject.account_name.empty()) return subject.account_id;
  return fmt::format("{} ({})", subject.account_id, subject.account_name);
}

/// Writes an alert as Block Kit. Text of strangers is only ever in plain_text objects, where * _ ~ mean nothing.
class SlackBody {
 public:
  explicit SlackBody(const Alert& alert) : alert_(alert), wording_(wording_of(alert)) {}

  std::string write() {
    writer_.StartObject();
    writer_.Key("text");
    base::write_text(writer_, cut(fallback(), kFallbackLimit));
    writer_.Key("blocks");
    writer_.StartArray();
    write_header();
    write_section(fmt::format("Was: {}\nIs: {}\n{}: {}", line(wording_.before), line(wording_.after),
                              alert_.state == State::kResolved ? "Lasted" : "Since", line(wording_.since)),
                  kStateLimit);
    write_fields();
    if (!wording_.stops.empty()) write_section(impact_lead() + escape(wording_.stops), kStopsLimit);
    if (!wording_.who.empty()) write_section("Who is hit: " + escape(wording_.who), kWhoLimit);
    write_section((alert_.state == State::kResolved ? "" : "What to do: ") + escape(wording_.repair), kRepairLimit);
    write_context();
    writer_.EndArray();
    // A link in a name must not make Slack fetch and show its page.
    writer_.Key("unfurl_links");
    writer_.Bool(false);
    writer_.Key("unfurl_media");
    writer_.Bool(false);
    writer_.EndObject();
    return base::take_text(buffer_);
  }

 private:
  static std::string line(std::string_view text) { return cut(escape(text), kLineLimit); }

  /// What notifications and screen readers show in place of the blocks.
  std::string fallback() const {
    return fmt::format("{} [{}] {}. Is: {}. {}", mark_of(alert_), severity(), line(wording_.title),
                       line(wording_.after), escape(wording_.repair));
  }
  std::string_view severity() const { return verdict::to_text(verdict::severity_of(alert_.incident.finding)); }

  std::string impact_lead() const {
    const auto impact = impact_of(alert_);
    const bool stops =
        std::any_of(impact.begin(), impact.end(), [](const Impact& one) { return one.effect == "stops"; });
    return stops ? "What stops: " : "What begins: ";
  }

  void text_object(const char* type, std::string_view escaped, std::size_t limit) {
    writer_.StartObject();
    writer_.Key("type");
    writer_.String(type);
    writer_.Key("text");
    base::write_text(writer_, cut(escaped, limit));
    if (std::string_view(type) == "plain_text") {
      writer_.Key("emoji");
      writer_.Bool(false);  // ":smile:" in a name stays what it is
    }
    writer_.EndObject();
  }
  void start_block(const char* type) {
    writer_.StartObject();
    writer_.Key("type");
    writer_.String(type);
  }

  void write_header() {
    start_block("header");
    writer_.Key("text");
    text_object("plain_text", fmt::format("{} {}", mark_of(alert_), escape(wording_.title)), kHeaderLimit);
    writer_.EndObject();
  }

  void write_section(std::string_view escaped, std::size_t limit) {
    start_block("section");
    writer_.Key("text");
    text_object("plain_text", escaped, limit);
    writer_.EndObject();
  }

  void field(const char* label, std::string_view value) {
    if (value.empty()) return;
    text_object("mrkdwn", label, kFieldLimit);
    text_object("plain_text", escape(value), kFieldLimit);
  }

  /// At most five pairs: Slack takes ten fields a section.
  void write_fields() {
    const Subject& subject = alert_.subject;
    start_block("section");
    writer_.Key("fields");
    writer_.StartArray();
    field("*Severity*", severity());
    if (subject.token) {
      field("*Token*", token_text(*subject.token));
      const auto owner = subject.token->labels.find("owner");
      if (owner != subject.token->labels.end()) field("*Owner*", owner->second);
    }
    field("*App*", subject.app);
    field("*Ad account*", account_text(subject));
    writer_.EndArray();
    writer_.EndObject();
  }

  /// Slack shows a message twice when our note of its "ok" was lost: the ids let people see that it is the same.
  void write_context() {
    start_block("context");
    writer_.Key("elements");
    writer_.StartArray();
    text_object("plain_text", "Incident " + alert_.incident.id.text(), kContextLimit);
    text_object("plain_text", fmt::format("Alert {} (number {})", alert_.id.text(), alert_.sequence), kContextLimit);
    text_object("plain_text", "First seen " + base::to_text(alert_.incident.opened_at), kContextLimit);
    writer_.EndArray();
    writer_.EndObject();
  }

  const Alert& alert_;
  const Wording wording_;
  rapidjson::StringBuffer buffer_;
  base::JsonWriter writer_{buffer_};
};

}  // namespace

std::string slack_body(const Alert& alert) { return SlackBody(alert).write(); }

}  // namespace alert
