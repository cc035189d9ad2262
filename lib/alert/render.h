#pragma once

#include <string>
#include <string_view>

#include "alert/alert.h"
#include "alert/destination.h"

namespace alert {

/// The body of a Slack incoming-webhook message: Block Kit and a short text, escaped and within half of Slack's limits.
std::string slack_body(const Alert& alert);
/// The body of a Standard Webhooks message: {"type","timestamp","data"}.
std::string webhook_body(const Alert& alert);
std::string render(Channel channel, const Alert& alert);

/// The value of webhook-signature for `body` (Standard Webhooks 1.0.0): "v1,<base64>". `secret` as complaint_about()
/// accepts it.
std::string webhook_signature(const base::Secret& secret, std::string_view id, long long timestamp_seconds,
                              std::string_view body);

}  // namespace alert
