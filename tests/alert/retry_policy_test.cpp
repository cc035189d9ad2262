#include "alert/retry_policy.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using namespace std::chrono_literals;

namespace {

const base::Instant kNow = samples::instant("2026-11-23T10:15:02.000Z");

http::Reply answer(int status, std::string body, http::Headers headers = {}) {
  return http::Response{status, std::move(headers), std::move(body)};
}
constexpr Channel kSlack = Channel::kSlack;
constexpr Channel kWebhook = Channel::kWebhook;

AttemptResult asking(const char* outcome, base::Duration wait) {
  return {.verdict = Verdict::kRetry, .outcome = outcome, .retry_after = wait, .slow_down = true};
}
AttemptResult with_retry_after(const std::string& value, int status = 429) {
  return judge_reply(kWebhook, answer(status, "", {{"retry-after", value}}), kNow);
}

}  // namespace

TEST_CASE("retry after: is seconds or a date, clamped to a second and a day") {
  CHECK(with_retry_after("0").retry_after == base::Duration(1s));
  CHECK(with_retry_after("1").retry_after == base::Duration(1s));
  CHECK(with_retry_after("30").retry_after == base::Duration(30s));
  CHECK(with_retry_after(" 30 ").retry_after == base::Duration(30s));
  CHECK(with_retry_after("86401").retry_after == base::Duration(24h));
  CHECK(with_retry_after("9223372036854775807").retry_after == base::Duration(24h));
  CHECK(with_retry_after("99999999999999999999").retry_after == base::Duration(24h));
  CHECK(with_retry_after("-1").retry_after == base::Duration(1s));
  CHECK(with_retry_after("Mon, 23 Nov 2026 10:16:02 GMT").retry_after == base::Duration(60s));
  CHECK(with_retry_after("Mon, 23 Nov 2026 09:00:00 GMT").retry_after == base::Duration(1s));
  CHECK(with_retry_after("Fri, 31 Dec 9999 23:59:59 GMT").retry_after == base::Duration(24h));
}

TEST_CASE("retry after: one that is neither number nor date counts as not sent") {
  CHECK_FALSE(with_retry_after("abc").retry_after);
  CHECK_FALSE(with_retry_after("").retry_after);
  CHECK_FALSE(with_retry_after("1.5").retry_after);
  CHECK_FALSE(with_retry_after("30 seconds").retry_after);
  CHECK_FALSE(judge_reply(kWebhook, answer(429, ""), kNow).retry_after);
}

TEST_CASE("retry after: 429, and every failure with a Retry-After, slows the whole destination down") {
  CHECK(judge_reply(kSlack, answer(429, ""), kNow).slow_down);
  CHECK(with_retry_after("30", 503).slow_down);
  CHECK_FALSE(judge_reply(kWebhook, answer(503, ""), kNow).slow_down);
  CHECK_FALSE(with_retry_after("30", 200).slow_down);
  CHECK_FALSE(with_retry_after("30", 200).retry_after);
}

TEST_CASE("retry delay: follows the schedule, each wait within a fifth of it") {
  const std::vector<base::Duration> schedule{5s, 30s, 2min, 5min, 15min, 30min, 1h, 2h, 4h, 6h, 6h, 6h};
  base::SeededRandom random(7);
  for (int round = 0; round < 50; ++round) {
    for (std::size_t i = 0; i < schedule.size(); ++i) {
      const base::Duration delay = retry_delay(static_cast<int>(i) + 1, random);
      CHECK(delay >= schedule[i] * 8 / 10);
      CHECK(delay <= schedule[i] * 12 / 10);
    }
  }
}

TEST_CASE("retry delay: is spread, so that failed deliveries do not come back as a herd") {
  base::SeededRandom random(7);
  base::Duration least = 24h;
  base::Duration most = 0s;
  for (int i = 0; i < 200; ++i) {
    const base::Duration delay = retry_delay(7, random);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  CHECK(least < 50min);
  CHECK(most > 70min);
}

TEST_CASE("wait: Retry-After is obeyed to the millisecond, longer or shorter than the schedule") {
  base::SeededRandom random(7);
  CHECK(wait_after(asking("http 429", 1s), 5, random) == base::Duration(1s));
  CHECK(wait_after(asking("http 503", 24h), 1, random) == base::Duration(24h));
}

TEST_CASE("wait: a destination that keeps failing is not believed when it asks to be tried every second") {
  base::SeededRandom random(7);
  CHECK(wait_after(asking("http 429", 1s), 9, random) == base::Duration(1s));
  CHECK(wait_after(asking("http 429", 1s), 10, random) > base::Duration(4h));
  CHECK(wait_after(asking("http 429", 24h), 10, random) == base::Duration(24h));
}
