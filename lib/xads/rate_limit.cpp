#include "xads/rate_limit.h"

#include <strings.h>

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

std::optional<RateLimit> read_family(const HeededHeaders::Family& family) {
  constexpr long long kMost = std::numeric_limits<int>::max();
  const auto limit = read_number(family.limit, 1, kMost);
  const auto remaining = read_number(family.remaining, 0, kMost);
  const auto reset = read_number(family.reset, 0, kEndOfYear9999);
  if (!limit || !remaining || !reset) return std::nullopt;
  return RateLimit{static_cast<int>(*limit), static_cast<int>(*remaining), base::from_epoch_seconds(*reset)};
}

/// Two digits and nothing else.
std::optional<int> two_digits(std::string_view text, int most) {
  const auto digit = [](char character) { return character >= '0' && character <= '9'; };
  if (!digit(text[0]) || !digit(text[1])) return std::nullopt;
  const int number = (text[0] - '0') * 10 + (text[1] - '0');
  return number <= most ? std::optional(number) : std::nullopt;
}

/// "14:13:20" of "Mon, 21 Sep 2026 14:13:20 GMT", whose other parts are known to be fine.
std::optional<base::Duration> time_of_day(std::string_view date) {
  constexpr std::size_t kHours = 17, kMinutes = 20, kSeconds = 23;
  if (date[kMinutes - 1] != ':' || date[kSeconds - 1] != ':') return std::nullopt;
  const auto hours = two_digits(date.substr(kHours, 2), 23);
  const auto minutes = two_digits(date.substr(kMinutes, 2), 59);
  const auto seconds = two_digits(date.substr(kSeconds, 2), 59);
  if (!hours || !minutes || !seconds) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

/// Remembers the day that was read last: the answers of one day differ in the time alone, and reading a whole date
/// takes as long as reading all the rest of an answer.
std::optional<base::Instant> read_date(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  constexpr std::size_t kDaySize = 17, kZoneAt = 25, kSize = 29;
  thread_local std::string last_day;
  thread_local base::Instant last_midnight;
  const std::string_view text = base::trim(*value);
  if (text.size() == kSize && text.substr(0, kDaySize) == last_day && text.substr(kZoneAt) == " GMT") {
    if (const auto time = time_of_day(text)) return last_midnight + *time;
  }
  const auto date = base::parse_http_date(text);
  if (!date) return std::nullopt;
  if (text.size() == kSize) {
    last_day = text.substr(0, kDaySize);
    last_midnight = std::chrono::floor<std::chrono::days>(date.value());
  }
  return date.value();
}

/// Retry-After as a point on X's clock; seconds need the Date header to count from.
std::optional<base::Instant> retry_at(const HeededHeaders& headers) {
  if (const auto date = read_date(headers.retry_after)) return date;
  const auto seconds = read_number(headers.retry_after, 0, kLongestRetryAfter);
  const auto sent = server_date_of(headers);
  if (!seconds || !sent) return std::nullopt;
  return *sent + std::chrono::seconds(*seconds);
}

/// `expected` in lower case, as X sends it mostly, and as long as `name`.
bool same(std::string_view name, std::string_view expected) {
  return name == expected || ::strncasecmp(name.data(), expected.data(), expected.size()) == 0;
}

}  // namespace

HeededHeaders::HeededHeaders(const http::Headers& headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers[i];
    Value* slot = slot_of(name);
    if (slot != nullptr && !*slot) *slot = value;
  }
}

/// By the length of the name first: it tells nearly all apart without a look at the text.
HeededHeaders::Value* HeededHeaders::slot_of(std::string_view name) {
  switch (name.size()) {
    case 4:
      return same(name, "date") ? &date : nullptr;
    case 10:
      return same(name, "x-api-warn") ? &api_warning : nullptr;
    case 11:
      return same(name, "retry-after") ? &retry_after : nullptr;
    case 18:
      if (same(name, "x-rate-limit-limit")) return &user.limit;
      return same(name, "x-rate-limit-reset") ? &user.reset : nullptr;
    case 21:
      return same(name, "x-current-api-version") ? &current_version : nullptr;
    case 22:
      return same(name, "x-rate-limit-remaining") ? &user.remaining : nullptr;
    case 26:
      if (same(name, "x-account-rate-limit-limit")) return &account.limit;
      return same(name, "x-account-rate-limit-reset") ? &account.reset : nullptr;
    case 30:
      return same(name, "x-account-rate-limit-remaining") ? &account.remaining : nullptr;
    default:
      return nullptr;
  }
}

RateLimits rate_limits_of(const HeededHeaders& headers) {
  return {read_family(headers.account), read_family(headers.user)};
}

std::optional<base::Instant> server_date_of(const HeededHeaders& headers) { return read_date(headers.date); }

std::optional<base::Duration> retry_after_of(const HeededHeaders& headers) {
  if (const auto seconds = read_number(headers.retry_after, 0, kLongestRetryAfter))
    return std::chrono::seconds(*seconds);
  const auto date = read_date(headers.retry_after);
  const auto sent = server_date_of(headers);
  if (!date || !sent) return std::nullopt;
  return std::max(*date - *sent, base::Duration{0});
}

std::optional<base::Instant> throttle_end_of(const HeededHeaders& headers) {
  const RateLimits limits = rate_limits_of(headers);
  if (limits.account) return limits.account->reset;
  if (limits.user) return limits.user->reset;
  return retry_at(headers);
}

}  // namespace xads
