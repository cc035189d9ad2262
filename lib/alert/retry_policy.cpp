#include "alert/retry_policy.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "alert/form.h"
#include "base/ensure.h"
#include "base/text.h"

namespace alert {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kLeastRetryAfter = 1s;
constexpr base::Duration kMostRetryAfter = 24h;
constexpr std::array<base::Duration, 10> kSchedule{5s, 30s, 2min, 5min, 15min, 30min, 1h, 2h, 4h, 6h};
constexpr double kJitter = 0.2;

/// RFC 9110 section 10.2.3: seconds, or a date. A number below zero asks for nothing, so it becomes the least wait;
/// text that is neither counts as not sent.
std::optional<base::Duration> retry_after_of(const http::Response& response, base::Instant now) {
  const auto header = response.header("Retry-After");
  if (!header) return std::nullopt;
  const std::string_view text = base::trim(*header);
  long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = end == text.data() + text.size() && !text.empty();
  if (whole && error == std::errc::result_out_of_range) return text.front() == '-' ? kLeastRetryAfter : kMostRetryAfter;
  if (whole && error == std::errc()) {
    // Clamped before it is multiplied: a thousand times a very large number overflows.
    return base::Duration(std::clamp<long long>(seconds, 1, kMostRetryAfter / 1s) * 1000);
  }
  const auto date = base::parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp(date.value() - now, kLeastRetryAfter, kMostRetryAfter);
}

}  // namespace

AttemptResult judge_reply(Channel channel, const http::Reply& reply, base::Instant now) {
  if (!reply) {
    std::string outcome(http::to_text(reply.error().stage));
    if (!reply.error().detail.empty()) outcome += ": " + base::clean_text(reply.error().detail);
    return {Verdict::kRetry, std::move(outcome)};
  }
  const http::Response& response = reply.value();
  AttemptResult result = form_of(channel).judge(response);
  if (result.verdict == Verdict::kRetry) {
    // A channel may know a least wait of its own.
    if (const auto asked = retry_after_of(response, now))
      result.retry_after = std::max(*asked, result.retry_after.value_or(base::Duration(0)));
    result.slow_down = result.slow_down || response.status == 429 || result.retry_after.has_value();
  }
  return result;
}

base::Duration retry_delay(int attempts, base::Random& random) {
  ENSURE(attempts >= 1);
  const auto index = std::min(static_cast<std::size_t>(attempts), kSchedule.size()) - 1;
  const double factor = 1 - kJitter + 2 * kJitter * random.next_unit();
  return std::chrono::round<base::Duration>(kSchedule[index] * factor);
}

base::Duration wait_after(const AttemptResult& result, int attempts, base::Random& random) {
  const base::Duration scheduled = retry_delay(attempts, random);
  if (!result.retry_after) return scheduled;
  return attempts < kAttemptsBeforeDoubt ? *result.retry_after : std::max(*result.retry_after, scheduled);
}

}  // namespace alert
