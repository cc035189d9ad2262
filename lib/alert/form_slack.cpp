#include "alert/forms.h"
#include "alert/http_form.h"
#include "alert/slack_blocks.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

/// Words of a 400 that blame the message; all others blame the webhook, its channel or its workspace.
bool blames_message(std::string_view word) {
  for (const std::string_view one :
       {"invalid_payload", "no_text", "too_many_attachments", "invalid_blocks", "invalid_blocks_format",
        "invalid_attachments", "msg_blocks_too_long", "msg_too_long"}) {
    if (word == one) return true;
  }
  return false;
}

/// An incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
class SlackForm final : public Form {
 public:
  const Manner& manner() const override {
    // A message a second (https://docs.slack.dev/apis/web-api/rate-limits), counted from the answer to the one before,
    // so that two cannot come closer than that however long one was under way.
    static const Manner manner{.pause = 1s, .most_per_minute = 10, .digests = true};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    return complaint_about_url(destination, "a Slack webhook's", {"hooks.slack.com"});
  }

  std::string body(const Alert& alert) const override { return slack_message(alert); }
  std::string body(const Digest& digest) const override { return slack_message(digest); }

  /// Slack would show it twice: nothing in it says that it came before.
  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant) const override {
    return post_to(destination, pending.body);
  }

  /// The status decides, and 200 says nothing without the body "ok". A 4xx will not get better by itself.
  AttemptResult judge(const http::Response& response) const override {
    const int status = response.status;
    if (status == 200 && response.body == "ok") return {Verdict::kDelivered, "delivered"};
    if (status == 200) return {Verdict::kRetry, "http 200, but the body is not \"ok\""};
    if (status < 400 || status > 499 || status == 408 || status == 429) return {Verdict::kRetry, status_text(status)};
    const std::string_view word = error_word(response.body);
    const bool refused = status == 413 || (status == 400 && blames_message(word));
    return {refused ? Verdict::kRefused : Verdict::kBroken,
            status_text(status) + (word.empty() ? std::string() : ": " + std::string(word))};
  }
};

}  // namespace

const Form& slack_form() {
  static const SlackForm form;
  return form;
}

}  // namespace alert
