#include "alert/destination.h"

#include "alert/form.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "http/url.h"

namespace alert {

std::string_view to_text(Channel channel) {
  switch (channel) {
    case Channel::kSlack:
      return "slack";
    case Channel::kWebhook:
      return "webhook";
    case Channel::kSlackBot:
      return "slack_bot";
    case Channel::kAlertmanagerWebhook:
      return "alertmanager_webhook";
    case Channel::kAlertmanager:
      return "alertmanager";
    case Channel::kPagerDuty:
      return "pagerduty";
    case Channel::kTeams:
      return "teams";
    case Channel::kEmail:
      return "email";
  }
  ENSURE(!"a channel without a name");
  return {};
}

const std::vector<Channel>& all_channels() {
  static const std::vector<Channel> all{
      Channel::kSlack,        Channel::kWebhook,   Channel::kSlackBot, Channel::kAlertmanagerWebhook,
      Channel::kAlertmanager, Channel::kPagerDuty, Channel::kTeams,    Channel::kEmail};
  return all;
}

std::optional<Channel> channel_from_text(std::string_view text) {
  for (const Channel channel : all_channels()) {
    if (to_text(channel) == text) return channel;
  }
  return std::nullopt;
}

std::optional<std::string> complaint_about(const Destination& destination) {
  return form_of(destination.channel).complaint_about(destination);
}

std::string redacted(const Destination& destination) {
  const std::string_view text = destination.url.reveal();
  const auto url = http::is_mail_url(text) ? http::parse_mail_url(text) : http::parse_url(text);
  const auto hash = base::sha256(text);
  // Enough to tell two webhooks of one host apart, far too little to find the URL.
  const std::string mark = base::to_hex(base::as_view(hash)).substr(0, 4);
  return (url ? url.value().host : "invalid URL") + "#" + mark;
}

}  // namespace alert
