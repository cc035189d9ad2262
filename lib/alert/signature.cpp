#include <fmt/format.h>

#include "alert/render.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"

namespace alert {

std::string webhook_signature(const base::Secret& secret, std::string_view id, long long timestamp_seconds,
                              std::string_view body) {
  constexpr std::string_view kSecretPrefix = "whsec_";
  ENSURE(secret.reveal().starts_with(kSecretPrefix));
  auto decoded = base::from_base64(secret.reveal().substr(kSecretPrefix.size()));
  const base::Secret key(std::move(decoded).value());
  const auto signature = base::hmac_sha256(key.reveal(), fmt::format("{}.{}.{}", id, timestamp_seconds, body));
  return "v1," + base::to_base64(base::as_view(signature));
}

}  // namespace alert
