#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"
#include "xads/observation.h"

namespace xads {

/// The headers of an answer that we heed, found in one pass; of several with one name the first counts. Views: the
/// answer must live as long.
struct HeededHeaders {
  explicit HeededHeaders(const http::Headers& headers);

  using Value = std::optional<std::string_view>;
  struct Family {
    Value limit;
    Value remaining;
    Value reset;
  };
  Family account;  ///< x-account-rate-limit-*
  Family user;     ///< x-rate-limit-*
  Value date;
  Value retry_after;
  Value api_warning;      ///< x-api-warn
  Value current_version;  ///< x-current-api-version

 private:
  Value* slot_of(std::string_view name);
};

/// Both families of headers. A family counts only when all three of its headers are plain whole numbers in range
/// (limit 1 and up, remaining 0 and up, reset from the epoch to the year 9999); else it is absent, never guessed.
RateLimits rate_limits_of(const HeededHeaders& headers);

/// The Date header, when it is a readable HTTP date.
std::optional<base::Instant> server_date_of(const HeededHeaders& headers);

/// Retry-After (RFC 9110 section 10.2.3): seconds (at most nine digits), or a date less the answer's own Date header,
/// since only these two are on one clock. Never negative.
std::optional<base::Duration> retry_after_of(const HeededHeaders& headers);

/// When a throttled caller may come back, on X's clock: the account family's reset decides, then the user family's,
/// then Retry-After. The time may be past; the caller keeps a least wait of its own.
std::optional<base::Instant> throttle_end_of(const HeededHeaders& headers);

}  // namespace xads
