#pragma once

#include <optional>

#include "http/message.h"
#include "xads/observation.h"

namespace xads {

/// Both families of headers. A family counts only when all three of its headers are plain whole numbers in range
/// (limit 1 and up, remaining 0 and up, reset from the epoch to the year 9999); else it is absent, never guessed.
RateLimits rate_limits_of(const http::Response& response);

/// The Date header, when it is a readable HTTP date.
std::optional<base::Instant> server_date_of(const http::Response& response);

/// Retry-After (RFC 9110 section 10.2.3): seconds (at most nine digits), or a date less the answer's own Date header,
/// since only these two are on one clock. Never negative.
std::optional<base::Duration> retry_after_of(const http::Response& response);

/// When a throttled caller may come back, on X's clock: the account family's reset decides, then the user family's,
/// then Retry-After. The time may be past; the caller keeps a least wait of its own.
std::optional<base::Instant> throttle_end_of(const http::Response& response);

}  // namespace xads
