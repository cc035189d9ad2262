#include <fmt/format.h>

#include "alert/body_writer.h"
#include "alert/facts.h"
#include "alert/forms.h"
#include "alert/http_form.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

// Bytes before JSON escapes them, which at most doubles them. Teams takes 28 KB; this stays under half of it.
constexpr std::size_t kTitleLimit = 200;
constexpr std::size_t kLineLimit = 200;
constexpr std::size_t kFrame = 150;  ///< more than the names and brackets of a paragraph, and its label
constexpr std::size_t kCardLimit = 14'000;
static_assert(2 * (kMostFactBytes + 2 * kTitleLimit) + (kMostFacts + 4) * kFrame <= kCardLimit);
static_assert(2 * ((kMostListed + 1) * kLineLimit + 2 * kTitleLimit) + (kMostListed + 8) * kFrame <= kCardLimit);

enum class Style { kTitle, kLabel, kText, kSmall };

/// Writes an adaptive card as the message that a workflow takes. All text is in runs of rich text, which know no
/// markdown: text blocks and fact sets would make links of what stands in a name.
/// https://adaptivecards.io/explorer/RichTextBlock.html
class Card {
 public:
  explicit Card(std::string_view title, std::string_view color) {
    writer_.open_object();
    writer_.member("type", "message");
    writer_.open_array("attachments");
    writer_.open_object();
    writer_.member("contentType", "application/vnd.microsoft.card.adaptive");
    writer_.open_object("content");
    writer_.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    writer_.member("type", "AdaptiveCard");
    writer_.member("version", "1.4");
    writer_.member("fallbackText", title, kTitleLimit);
    writer_.open_array("body");
    open_paragraph();
    write_run(title, kTitleLimit, Style::kTitle, color);
    close_paragraph();
  }

  std::string take() {
    writer_.close_array();
    writer_.close_object();
    writer_.close_object();
    writer_.close_array();
    writer_.close_object();
    return writer_.take();
  }

  void paragraph(std::string_view label, std::string_view text, std::size_t limit, Style style = Style::kText) {
    open_paragraph();
    if (!label.empty())
      write_run(fmt::format("{}: ", label), kLineLimit, style == Style::kText ? Style::kLabel : style);
    write_run(text, limit, style);
    close_paragraph();
  }

 private:
  void open_paragraph() {
    writer_.open_object();
    writer_.member("type", "RichTextBlock");
    writer_.open_array("inlines");
  }
  void close_paragraph() {
    writer_.close_array();
    writer_.close_object();
  }

  void write_run(std::string_view text, std::size_t limit, Style style, std::string_view color = {}) {
    writer_.open_object();
    writer_.member("type", "TextRun");
    writer_.member("text", text, limit);
    if (style == Style::kTitle) writer_.member("size", "Large");
    if (style == Style::kTitle || style == Style::kLabel) writer_.member("weight", "Bolder");
    if (style == Style::kSmall) writer_.flag("isSubtle", true);
    if (!color.empty()) writer_.member("color", color);
    writer_.close_object();
  }

  BodyWriter writer_;
};

std::string_view color_of(verdict::Severity severity) {
  switch (severity) {
    case verdict::Severity::kCritical:
      return "Attention";
    case verdict::Severity::kWarning:
      return "Warning";
    case verdict::Severity::kInfo:
      return "Accent";
  }
  return {};
}

/// A workflow of Teams that posts what a webhook receives:
/// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
class TeamsForm final : public Form {
 public:
  const Manner& manner() const override {
    // Four messages a second are too many for a connector.
    static const Manner manner{.pause = 250ms, .most_per_minute = 10, .digests = true};
    return manner;
  }

  /// The hosts of workflows differ from tenant to tenant.
  std::optional<std::string> complaint_about(const Destination& destination) const override {
    return complaint_about_url(destination);
  }

  std::string body(const Alert& alert) const override {
    const Wording wording = wording_of(alert);
    Card card(wording.title, is_over(alert) ? "Good" : color_of(verdict::severity_of(alert.incident.finding)));
    for (const Fact& fact : facts_of(alert, wording))
      card.paragraph(fact.label, fact.text, fact.limit, fact.question == Question::kIds ? Style::kSmall : Style::kText);
    return card.take();
  }

  std::string body(const Digest& digest) const override {
    const DigestWording wording = wording_of(digest);
    Card card(wording.title, is_over(digest) ? "Good" : color_of(digest.severity));
    if (!wording.common.empty()) card.paragraph("In common", wording.common, kLineLimit);
    for (const std::string& line : wording.lines) card.paragraph("", line, kLineLimit);
    if (!wording.more.empty()) card.paragraph("", wording.more, kLineLimit);
    if (!wording.list.empty()) card.paragraph("All of them", wording.list, kLineLimit);
    card.paragraph("Alert", fmt::format("{} (number {})", digest.id.text(), digest.sequence), kLineLimit,
                   Style::kSmall);
    return card.take();
  }

  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant) const override {
    return post_to(destination, pending.body);
  }

  AttemptResult judge(const http::Response& response) const override {
    return judge_status(response.status, {200, 202});
  }
};

}  // namespace

const Form& teams_form() {
  static const TeamsForm form;
  return form;
}

}  // namespace alert
