#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "alert/destination.h"
#include "alert/retry_policy.h"
#include "http/message.h"

namespace alert {

/// What is wrong with the URL of a channel over HTTP, or nothing. Without allow_private it must be https and, where a
/// channel has hosts of its own, name one of them. `whose` begins that sentence: "a Slack webhook's".
std::optional<std::string> complaint_about_url(const Destination& destination, std::string_view whose = {},
                                               std::initializer_list<std::string_view> hosts = {});

/// The same for a URL under which paths are asked for: it may hold no query.
std::optional<std::string> complaint_about_base(const Destination& destination, std::string_view whose = {},
                                                std::initializer_list<std::string_view> hosts = {});

/// A POST of JSON to `path` under the destination's URL, with what all attempts have in common. Not idempotent: the
/// transport must not send it twice by itself.
http::Request post_to(const Destination& destination, std::string body, std::string_view path = {});

/// `object` with one more member in front. Requires a JSON object that is not empty, without blanks around it.
std::string with_member(std::string_view object, std::string_view key, std::string_view value);

/// "http 503"
std::string status_text(int status);
/// For channels whose statuses mean what HTTP says: some refuse the message as it is, some blame the URL or the key,
/// and everything else may pass.
AttemptResult judge_status(int status, std::initializer_list<int> delivered);

/// Standard Webhooks 1.0.0, "Delivery status codes": 410 says that the endpoint is gone for good, everything else but
/// success may pass; and 429, 502 and 504 ask to slow down.
AttemptResult judge_webhook(const http::Response& response);

/// A stranger's word for what went wrong, such as "invalid_blocks"; empty when `text` is anything else, which might
/// repeat a secret.
std::string_view error_word(std::string_view text);

}  // namespace alert
