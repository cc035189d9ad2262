#include "alert/destination.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "http/url.h"

namespace alert {
namespace {

constexpr std::string_view kSlackHost = "hooks.slack.com";
constexpr std::string_view kSecretPrefix = "whsec_";
// 192 to 512 bits (Standard Webhooks 1.0.0, "Symmetric signatures").
constexpr std::size_t kLeastSecretBytes = 24;
constexpr std::size_t kMostSecretBytes = 64;

std::optional<std::string> complaint_about_url(const Destination& destination) {
  if (destination.url.empty()) return "url is missing";
  const auto url = http::parse_url(destination.url.reveal());
  if (!url) return "url: " + url.error();
  if (destination.allow_private) return std::nullopt;
  if (!url.value().tls)
    return "url: it must start with https:// (allow_private: true permits http to loopback and private addresses)";
  if (destination.channel == Channel::kSlack && url.value().host != kSlackHost)
    return "url: a Slack webhook's host is hooks.slack.com (allow_private: true permits another one)";
  return std::nullopt;
}

std::optional<std::string> complaint_about_secret(const Destination& destination) {
  if (destination.channel != Channel::kWebhook) return std::nullopt;
  if (destination.secret.empty())
    return "secret is missing; a webhook is signed with \"whsec_\" and base64 of 24 bytes";
  const std::string_view text = destination.secret.reveal();
  if (!text.starts_with(kSecretPrefix)) return "secret: it must start with whsec_";
  auto key = base::from_base64(text.substr(kSecretPrefix.size()));
  if (!key) return "secret: after whsec_, " + key.error();
  const std::size_t size = base::Secret(std::move(key).value()).reveal().size();
  if (size < kLeastSecretBytes || size > kMostSecretBytes)
    return "secret: it holds " + std::to_string(size) + " bytes; 24 to 64 are needed";
  return std::nullopt;
}

}  // namespace

std::string_view to_text(Channel channel) {
  switch (channel) {
    case Channel::kSlack:
      return "slack";
    case Channel::kWebhook:
      return "webhook";
  }
  ENSURE(!"a channel without a name");
  return {};
}

std::optional<Channel> channel_from_text(std::string_view text) {
  for (const auto channel : {Channel::kSlack, Channel::kWebhook}) {
    if (to_text(channel) == text) return channel;
  }
  return std::nullopt;
}

std::optional<std::string> complaint_about(const Destination& destination) {
  if (auto complaint = complaint_about_url(destination)) return complaint;
  return complaint_about_secret(destination);
}

std::string redacted(const Destination& destination) {
  const auto url = http::parse_url(destination.url.reveal());
  const auto hash = base::sha256(destination.url.reveal());
  // Enough to tell two webhooks of one host apart, far too little to find the URL.
  const std::string mark = base::to_hex(base::as_view(hash)).substr(0, 4);
  return (url ? url.value().host : "invalid URL") + "#" + mark;
}

}  // namespace alert
