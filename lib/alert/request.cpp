#include "alert/request.h"

#include "alert/render.h"

namespace alert {
namespace {

// Standard Webhooks 1.0.0 advises 15 to 30 seconds for an attempt.
constexpr base::Duration kDeadline = std::chrono::seconds(15);
constexpr std::size_t kMostAnswerBytes = 4096;  // of the answer only Slack's error word is read

}  // namespace

http::Request request_for(const Destination& destination, const PendingDelivery& pending, base::Instant now) {
  http::Request request;
  request.method = "POST";
  request.url = std::string(destination.url.reveal());
  request.headers = {{"content-type", "application/json"}, {"user-agent", "adsauditd"}};
  request.body = pending.body;
  request.deadline = kDeadline;
  request.max_body = kMostAnswerBytes;
  request.cut_long_body = true;
  request.reach = destination.allow_private ? http::Reach::kPrivateToo : http::Reach::kPublicAddress;
  request.idempotent = destination.channel == Channel::kWebhook;  // a receiver knows the id; Slack would show it twice
  if (destination.channel == Channel::kWebhook) {
    const std::string id = pending.delivery.alert.text();
    const long long timestamp = base::to_epoch_seconds(now);
    request.headers.push_back({"webhook-id", id});
    request.headers.push_back({"webhook-timestamp", std::to_string(timestamp)});
    request.headers.push_back(
        {"webhook-signature", webhook_signature(destination.secret, id, timestamp, pending.body)});
  }
  return request;
}

}  // namespace alert
