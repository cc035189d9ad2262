#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alert/alert.h"
#include "alert/destination.h"
#include "http/message.h"

namespace alert {

/// The value of webhook-signature for `body` (Standard Webhooks 1.0.0): "v1,<base64>". Requires a `secret` without
/// complaint.
std::string webhook_signature(const base::Secret& secret, std::string_view id, long long timestamp_seconds,
                              std::string_view body);

/// What is wrong with the secrets of a destination that signs, or nothing. Never repeats them.
std::optional<std::string> complaint_about_signing(const Destination& destination);

/// Adds webhook-id, webhook-timestamp and webhook-signature: one signature for each secret, the newer one first, so
/// that receivers change over when they like. `now` is UTC. Requires that complaint_about_signing() finds nothing.
void sign(http::Request& request, const Destination& destination, const AlertId& id, base::Instant now);

}  // namespace alert
