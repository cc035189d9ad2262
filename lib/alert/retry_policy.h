#pragma once

#include <optional>
#include <string>

#include "alert/destination.h"
#include "base/random.h"
#include "base/time.h"
#include "http/message.h"

namespace alert {

/// What an answer of a destination means. Refused: this message as it is, for good. Broken: the destination takes none
/// any more, until somebody repairs it.
enum class Verdict { kDelivered, kRetry, kRefused, kBroken };
struct AttemptResult {
  Verdict verdict = Verdict::kRetry;
  std::string outcome;                          ///< for people: "delivered", "http 503", "connect: refused"
  std::string receipt{};                        ///< by which the receiver knows the message: Slack's ts
  std::optional<base::Duration> retry_after{};  ///< asked for by the destination, clamped to 1 s .. 24 h
  bool slow_down = false;                       ///< the whole destination shall rest, not this delivery alone
};
/// Pure. `now` is UTC, for Retry-After given as a date.
AttemptResult judge_reply(Channel channel, const http::Reply& reply, base::Instant now);

/// The wait before attempt number `attempts + 1`, after `attempts` failed ones: 5 s, 30 s, 2 min, 5 min, 15 min, 30
/// min, 1 h, 2 h, 4 h, then every 6 h, each +-20 %.
base::Duration retry_delay(int attempts, base::Random& random);
/// The wait before the next attempt: what the destination asked for, or else the schedule.
base::Duration wait_after(const AttemptResult& result, int attempts, base::Random& random);
/// From this many failed attempts on, a Retry-After shorter than the schedule is no longer believed: a destination that
/// says "in a second" for a week would otherwise cost 600,000 attempts.
constexpr int kAttemptsBeforeDoubt = 10;
/// A delivery that is older than this is not tried again.
constexpr base::Duration kGiveUpAfter = std::chrono::hours(7 * 24);

}  // namespace alert
