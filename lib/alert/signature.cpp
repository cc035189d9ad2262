#include "alert/signature.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"

namespace alert {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
// 192 to 512 bits (Standard Webhooks 1.0.0, "Symmetric signatures").
constexpr std::size_t kLeastSecretBytes = 24;
constexpr std::size_t kMostSecretBytes = 64;

std::optional<std::string> complaint_about_secret(const base::Secret& secret) {
  const std::string_view text = secret.reveal();
  if (!text.starts_with(kSecretPrefix)) return "secret: it must start with whsec_";
  auto key = base::from_base64(text.substr(kSecretPrefix.size()));
  if (!key) return "secret: after whsec_, " + key.error();
  const std::size_t size = base::Secret(std::move(key).value()).reveal().size();
  if (size < kLeastSecretBytes || size > kMostSecretBytes)
    return "secret: it holds " + std::to_string(size) + " bytes; 24 to 64 are needed";
  return std::nullopt;
}

}  // namespace

std::string webhook_signature(const base::Secret& secret, std::string_view id, long long timestamp_seconds,
                              std::string_view body) {
  ENSURE(secret.reveal().starts_with(kSecretPrefix));
  auto decoded = base::from_base64(secret.reveal().substr(kSecretPrefix.size()));
  const base::Secret key(std::move(decoded).value());
  const auto signature = base::hmac_sha256(key.reveal(), fmt::format("{}.{}.{}", id, timestamp_seconds, body));
  return "v1," + base::to_base64(base::as_view(signature));
}

std::optional<std::string> complaint_about_signing(const Destination& destination) {
  if (destination.secret.empty())
    return "secret is missing; a webhook is signed with \"whsec_\" and base64 of 24 bytes";
  if (auto complaint = complaint_about_secret(destination.secret)) return complaint;
  if (destination.previous_secret.empty()) return std::nullopt;
  return complaint_about_secret(destination.previous_secret);
}

void sign(http::Request& request, const Destination& destination, const AlertId& id, base::Instant now) {
  const long long timestamp = base::to_epoch_seconds(now);
  std::string signatures = webhook_signature(destination.secret, id.text(), timestamp, request.body);
  if (!destination.previous_secret.empty())
    signatures += " " + webhook_signature(destination.previous_secret, id.text(), timestamp, request.body);
  request.headers.push_back({"webhook-id", id.text()});
  request.headers.push_back({"webhook-timestamp", std::to_string(timestamp)});
  request.headers.push_back({"webhook-signature", std::move(signatures)});
}

}  // namespace alert
