#pragma once

#include <optional>
#include <string>

#include "alert/destination.h"
#include "base/random.h"
#include "base/time.h"
#include "http/message.h"

namespace alert {

/// What an answer of a destination means.
enum class Verdict { kDelivered, kRetry, kDead };
struct AttemptResult {
  Verdict verdict = Verdict::kRetry;
  std::string outcome;                        ///< for people: "delivered", "http 503", "connect: refused"
  std::optional<base::Duration> retry_after;  ///< asked for by the destination, clamped to 1 s .. 24 h
};
/// Pure. `now` is UTC, for Retry-After given as a date.
AttemptResult judge_reply(Channel channel, const http::Reply& reply, base::Instant now);

/// The wait before attempt number `attempts + 1`, after `attempts` failed ones: 5 s, 30 s, 2 min, 5 min, 15 min, 30
/// min, 1 h, 2 h, 4 h, then every 6 h, each +-20 %.
base::Duration retry_delay(int attempts, base::Random& random);
/// A delivery that is older than this is not tried again.
constexpr base::Duration kGiveUpAfter = std::chrono::hours(7 * 24);

}  // namespace alert
