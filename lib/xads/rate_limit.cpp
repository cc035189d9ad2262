#include "xads/rate_limit.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "base/text.h"

namespace xads {
namespace {

constexpr long long kEndOfYear9999 =
    253'402'300'799;  // seconds since the epoch; later ones would overflow when printed
constexpr long long kLongestRetryAfter = 999'999'999;  // seconds

/// The whole value must be digits: no sign, no fraction, nothing after them.
std::optional<long long> read_number(std::optional<std::string_view> value, long long least, long long most) {
  if (!value) return std::nullopt;
  const std::string_view text = base::trim(*value);
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (text.front() == '-' || number < least || number > most) return std::nullopt;
  return number;
}

std::optional<RateLimit> read_family(const http::Response& response, const std::string& prefix) {
  constexpr long long kMost = std::numeric_limits<int>::max();
  const auto limit = read_number(response.header(prefix + "-limit"), 1, kMost);
  const auto remaining = read_number(response.header(prefix + "-remaining"), 0, kMost);
  const auto reset = read_number(response.header(prefix + "-reset"), 0, kEndOfYear9999);
  if (!limit || !remaining || !reset) return std::nullopt;
  return RateLimit{static_cast<int>(*limit), static_cast<int>(*remaining), base::from_epoch_seconds(*reset)};
}

std::optional<base::Instant> read_date(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  const auto date = base::parse_http_date(base::trim(*value));
  if (!date) return std::nullopt;
  return date.value();
}

/// Retry-After as a point on X's clock; seconds need the Date header to count from.
std::optional<base::Instant> retry_at(const http::Response& response) {
  const auto value = response.header("retry-after");
  if (const auto date = read_date(value)) return date;
  const auto seconds = read_number(value, 0, kLongestRetryAfter);
  const auto sent = server_date_of(response);
  if (!seconds || !sent) return std::nullopt;
  return *sent + std::chrono::seconds(*seconds);
}

}  // namespace

RateLimits rate_limits_of(const http::Response& response) {
  return {read_family(response, "x-account-rate-limit"), read_family(response, "x-rate-limit")};
}

std::optional<base::Instant> server_date_of(const http::Response& response) {
  return read_date(response.header("date"));
}

std::optional<base::Duration> retry_after_of(const http::Response& response) {
  const auto value = response.header("retry-after");
  if (const auto seconds = read_number(value, 0, kLongestRetryAfter)) return std::chrono::seconds(*seconds);
  const auto date = read_date(value);
  const auto sent = server_date_of(response);
  if (!date || !sent) return std::nullopt;
  return std::max(*date - *sent, base::Duration{0});
}

std::optional<base::Instant> throttle_end_of(const http::Response& response) {
  const RateLimits limits = rate_limits_of(response);
  if (limits.account) return limits.account->reset;
  if (limits.user) return limits.user->reset;
  return retry_at(response);
}

}  // namespace xads
