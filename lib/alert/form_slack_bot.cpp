#include <algorithm>
#include <array>
#include <memory>

#include "alert/forms.h"
#include "alert/http_form.h"
#include "alert/slack_answer.h"
#include "alert/slack_blocks.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

template <std::size_t n>
bool holds(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// https://docs.slack.dev/reference/methods/chat.postMessage and chat.update, "Errors". One that we do not know parks
/// the destination: then nothing is lost.
AttemptResult judge_error(const std::string& error) {
  static constexpr std::array<std::string_view, 10> kRefused{
      "msg_too_long",        "msg_blocks_too_long",    "invalid_blocks", "invalid_blocks_format",
      "invalid_attachments", "too_many_attachments",   "no_text",        "markdown_text_conflict",
      "cant_update_message", "cannot_reply_to_message"};
  static constexpr std::array<std::string_view, 2> kGone{"message_not_found", "edit_window_closed"};
  static constexpr std::array<std::string_view, 6> kPassing{
      "internal_error", "fatal_error", "request_timeout", "team_added_to_org", "service_unavailable", "rollup_error"};
  static constexpr std::array<std::string_view, 2> kPace{"ratelimited", "rate_limited"};
  const std::string word(error_word(error));
  const std::string outcome = "slack: " + (word.empty() ? "an error without a name" : word);
  if (holds(kGone, word)) return {Verdict::kDelivered, "nothing is left to edit: " + word};
  if (holds(kRefused, word)) return {Verdict::kRefused, outcome};
  AttemptResult result{Verdict::kBroken, outcome};
  if (holds(kPassing, word) || holds(kPace, word)) result.verdict = Verdict::kRetry;
  result.slow_down = holds(kPace, word);
  return result;
}

std::optional<std::string> complaint_about_token(const base::Secret& token) {
  constexpr std::string_view kTokenLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  if (token.empty()) return "token is missing; a Slack bot's begins with xoxb-";
  if (!token.reveal().starts_with("xoxb-")) return "token: a Slack bot's begins with xoxb-";
  if (token.reveal().find_first_not_of(kTokenLetters) != std::string_view::npos)
    return "token: it holds characters that no token of Slack has";
  return std::nullopt;
}

std::optional<std::string> complaint_about_room(std::string_view room) {
  if (room.empty()) return "channel is missing; it is an id such as C0123456789";
  const bool is_id = room.size() >= 9 && room.size() <= 32 && std::string_view("CGD").find(room[0]) != room.npos &&
                     room.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string_view::npos;
  if (!is_id) return "channel: an id such as C0123456789 is needed; a channel's name may change";
  return std::nullopt;
}

/// The Web API with a bot's token: one message for each incident, brought up to date, and the rest in its thread.
class SlackBotForm final : public Form {
 public:
  const Manner& manner() const override {
    // The pace is the same as that of a webhook (https://docs.slack.dev/apis/web-api/rate-limits).
    static const Manner manner{.pause = 1s, .most_per_minute = 10, .digests = true, .threads = true, .edits = true};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    if (auto complaint = complaint_about_base(destination, "the Slack Web API's", {"slack.com", "slack-gov.com"}))
      return complaint;
    if (auto complaint = complaint_about_token(destination.secret)) return complaint;
    return complaint_about_room(destination.room);
  }

  std::string body(const Alert& alert) const override { return slack_message(alert); }
  std::string body(const Digest& digest) const override { return slack_message(digest); }

  /// A reply whose first message is not known to have arrived becomes a message of its own.
  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant) const override {
    const bool edits = pending.delivery.act == Act::kEdit;
    const std::string& receipt = pending.receipt;
    if (edits && receipt.empty()) return std::nullopt;
    std::string body = pending.body;
    if (edits) body = with_member(body, "ts", receipt);
    if (pending.delivery.act == Act::kReply && !receipt.empty()) body = with_member(body, "thread_ts", receipt);
    http::Request request = post_to(destination, with_member(body, "channel", destination.room),
                                    edits ? "/chat.update" : "/chat.postMessage");
    request.headers.front().value = "application/json; charset=utf-8";  // Slack warns of a body without it
    const auto token = std::make_shared<const base::Secret>(destination.secret.clone());
    request.authorization = [token] { return "Bearer " + std::string(token->reveal()); };
    return request;
  }

  AttemptResult judge(const http::Response& response) const override {
    if (response.status != 200) return judge_status(response.status, {});
    SlackAnswer answer = read_slack_answer(response.body);
    if (!answer.ok) return {Verdict::kRetry, "http 200, but the body is not Slack's"};
    if (!*answer.ok) return judge_error(answer.error);
    return {Verdict::kDelivered, "delivered", std::move(answer.ts)};
  }
};

}  // namespace

const Form& slack_bot_form() {
  static const SlackBotForm form;
  return form;
}

}  // namespace alert
