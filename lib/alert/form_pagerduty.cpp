#include <algorithm>

#include "alert/body_writer.h"
#include "alert/facts.h"
#include "alert/forms.h"
#include "alert/http_form.h"
#include "base/ensure.h"
#include "base/text.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

/// Half of PagerDuty's 1,024 characters.
constexpr std::size_t kSummaryLimit = 512;
/// "Some time, better minutes" when it answers 429; how much it takes is its own to decide, and changes.
constexpr base::Duration kLeastRest = 1min;

/// "ad_account"
std::string key_of(std::string_view label) {
  std::string key = base::to_lower(label);
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

void write_payload(BodyWriter& writer, const Alert& alert) {
  const Wording wording = wording_of(alert);
  const Subject& subject = alert.subject;
  writer.open_object("payload");
  writer.member("summary", wording.title, kSummaryLimit);
  writer.member("source", "adsauditd");
  writer.member("severity", severity_text(alert));  // its words are among PagerDuty's
  writer.instant("timestamp", alert.at);
  if (!subject.account_id.empty())
    writer.member("component", subject.account_id);
  else if (subject.token)
    writer.member("component", subject.token->name);
  if (!subject.app.empty()) writer.member("group", subject.app);
  writer.member("class", verdict::to_text(alert.incident.finding.key.cause));
  writer.open_object("custom_details");
  for (const Fact& fact : facts_of(alert, wording)) writer.member(key_of(fact.label), fact.text, fact.limit);
  writer.close_object();
  writer.close_object();
}

/// PagerDuty answers 400 to a key that it does not know, too.
bool blames_key(std::string_view answer) {
  const std::string lower = base::to_lower(answer);
  return lower.find("routing key") != std::string::npos || lower.find("routing_key") != std::string::npos;
}

/// Events v2: https://developer.pagerduty.com/docs/send-alert-event. A problem that comes again has the key that it
/// had before, and opens a new alert there; so its messages must keep their order.
class PagerDutyForm final : public Form {
 public:
  const Manner& manner() const override {
    static const Manner manner{.slots = 4};
    return manner;
  }

  std::optional<std::string> complaint_about(const Destination& destination) const override {
    if (auto complaint =
            complaint_about_url(destination, "PagerDuty's", {"events.pagerduty.com", "events.eu.pagerduty.com"}))
      return complaint;
    const std::string_view key = destination.secret.reveal();
    if (key.empty()) return "routing_key is missing; it is the integration key of a service";
    const bool plain =
        std::all_of(key.begin(), key.end(), [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; });
    if (key.size() != 32 || !plain) return "routing_key: an integration key has 32 letters and digits";
    return std::nullopt;
  }

  std::string body(const Alert& alert) const override {
    const bool over = is_over(alert);
    BodyWriter writer;
    writer.open_object();
    writer.member("event_action", over ? "resolve" : "trigger");
    writer.member("dedup_key", "adsauditd:" + problem_hash(alert));
    if (!over) write_payload(writer, alert);
    writer.member("client", "adsauditd");
    writer.close_object();
    return writer.take();
  }
  std::string body(const Digest&) const override {
    ENSURE(manner().digests);  // PagerDuty takes one problem at a time
    return {};
  }

  /// May be sent twice by the transport: the key says that it is the same.
  std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                       base::Instant) const override {
    http::Request request = post_to(destination, with_member(pending.body, "routing_key", destination.secret.reveal()));
    request.idempotent = true;
    return request;
  }

  AttemptResult judge(const http::Response& response) const override {
    AttemptResult result = judge_status(response.status, {202});
    if (response.status == 429) result.retry_after = kLeastRest;
    if (response.status == 400 && blames_key(response.body))
      return {Verdict::kBroken, "http 400: the routing key is not known"};
    return result;
  }
};

}  // namespace

const Form& pagerduty_form() {
  static const PagerDutyForm form;
  return form;
}

}  // namespace alert
