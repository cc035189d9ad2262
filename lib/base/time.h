#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

/// Both count milliseconds. An Instant is UTC.
using Duration = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Duration>;

/// "2026-11-23T10:15:02.118Z", always with three decimals.
std::string to_text(Instant instant);
/// "15m", "1h30m", "250ms"; a zero duration is "0s". Negative durations carry a leading '-'.
std::string to_text(Duration duration);
/// For people: the two largest units, "3d 4h", "2m 5s", "0s".
std::string to_rough_text(Duration duration);

/// Reads what to_text(Instant) writes; fraction optional. Error: a sentence naming the text.
Result<Instant> parse_instant(std::string_view text);
/// Reads "15m", "1h30m", "250ms" (units ms, s, m, h, d). A bare number is refused with advice.
Result<Duration> parse_duration(std::string_view text);
/// Reads "10%" or "0.5%" as a fraction of one, 0 to 1. A bare number is refused with advice.
Result<double> parse_share(std::string_view text);
/// Reads an HTTP date in the preferred form (RFC 9110 section 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT".
Result<Instant> parse_http_date(std::string_view text);

constexpr Instant from_epoch_seconds(long long seconds) { return Instant(std::chrono::seconds(seconds)); }
constexpr long long to_epoch_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}
constexpr Instant from_epoch_ms(long long ms) { return Instant(Duration(ms)); }
constexpr long long to_epoch_ms(Instant instant) { return instant.time_since_epoch().count(); }

}  // namespace base
