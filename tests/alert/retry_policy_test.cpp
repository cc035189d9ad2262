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
http::Reply failure(http::Stage stage, std::string detail) {
  return base::Failure{http::TransportError{stage, std::move(detail)}};
}

struct Row {
  Channel channel;
  http::Reply reply;
  Verdict verdict;
  std::string outcome;
};

constexpr Channel kSlack = Channel::kSlack;
constexpr Channel kWebhook = Channel::kWebhook;

std::vector<Row> slack_rows() {
  return {
      {kSlack, answer(200, "ok"), Verdict::kDelivered, "delivered"},
      {kSlack, answer(200, ""), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(200, "ok\n"), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(200, "OK"), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(200, "<html>log in</html>"), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(201, "ok"), Verdict::kRetry, "http 201"},
      {kSlack, answer(302, ""), Verdict::kRetry, "http 302"},
      {kSlack, answer(400, "invalid_payload"), Verdict::kDead, "http 400: invalid_payload"},
      {kSlack, answer(400, "no_text"), Verdict::kDead, "http 400: no_text"},
      {kSlack, answer(400, "too_many_attachments"), Verdict::kDead, "http 400: too_many_attachments"},
      {kSlack, answer(400, "user_not_found"), Verdict::kDead, "http 400: user_not_found"},
      {kSlack, answer(403, "action_prohibited"), Verdict::kDead, "http 403: action_prohibited"},
      {kSlack, answer(403, "invalid_token"), Verdict::kDead, "http 403: invalid_token"},
      {kSlack, answer(403, "team_disabled"), Verdict::kDead, "http 403: team_disabled"},
      {kSlack, answer(403, "posting_to_general_channel_denied"), Verdict::kDead,
       "http 403: posting_to_general_channel_denied"},
      {kSlack, answer(404, "channel_not_found"), Verdict::kDead, "http 404: channel_not_found"},
      {kSlack, answer(404, "no_service"), Verdict::kDead, "http 404: no_service"},
      {kSlack, answer(404, "no_service_id\n"), Verdict::kDead, "http 404: no_service_id"},
      {kSlack, answer(404, "no_active_hooks"), Verdict::kDead, "http 404: no_active_hooks"},
      {kSlack, answer(404, "no_team"), Verdict::kDead, "http 404: no_team"},
      {kSlack, answer(410, "channel_is_archived"), Verdict::kDead, "http 410: channel_is_archived"},
      {kSlack, answer(418, "something_new"), Verdict::kDead, "http 418: something_new"},
      {kSlack, answer(404, "no page /services/T0/B0/key"), Verdict::kDead, "http 404"},
      {kSlack, answer(403, std::string(4096, 'a')), Verdict::kDead, "http 403"},
      {kSlack, answer(400, ""), Verdict::kDead, "http 400"},
      {kSlack, answer(429, "rate_limited"), Verdict::kRetry, "http 429"},
      {kSlack, answer(500, "rollup_error"), Verdict::kRetry, "http 500"},
      {kSlack, answer(503, ""), Verdict::kRetry, "http 503"},
  };
}

std::vector<Row> webhook_rows() {
  return {
      {kWebhook, answer(200, ""), Verdict::kDelivered, "delivered"},
      {kWebhook, answer(202, "<html>"), Verdict::kDelivered, "delivered"},
      {kWebhook, answer(204, ""), Verdict::kDelivered, "delivered"},
      {kWebhook, answer(299, std::string(4096, 'x')), Verdict::kDelivered, "delivered"},
      {kWebhook, answer(301, ""), Verdict::kRetry, "http 301: redirects are not followed"},
      {kWebhook, answer(308, ""), Verdict::kRetry, "http 308: redirects are not followed"},
      {kWebhook, answer(400, "no"), Verdict::kRetry, "http 400"},
      {kWebhook, answer(401, ""), Verdict::kRetry, "http 401"},
      {kWebhook, answer(404, "secret page"), Verdict::kRetry, "http 404"},
      {kWebhook, answer(410, ""), Verdict::kDead, "http 410: the endpoint wants no more messages"},
      {kWebhook, answer(429, ""), Verdict::kRetry, "http 429"},
      {kWebhook, answer(500, ""), Verdict::kRetry, "http 500"},
      {kWebhook, answer(502, ""), Verdict::kRetry, "http 502"},
      {kWebhook, answer(504, ""), Verdict::kRetry, "http 504"},
  };
}

std::vector<Row> transport_rows() {
  return {
      {kSlack, failure(http::Stage::kResolve, "no address"), Verdict::kRetry, "resolve: no address"},
      {kSlack, failure(http::Stage::kDeadline, ""), Verdict::kRetry, "deadline"},
      {kSlack, failure(http::Stage::kRead, "reset"), Verdict::kRetry, "read: reset"},
      {kWebhook, failure(http::Stage::kRefused, "private address"), Verdict::kRetry, "refused: private address"},
      {kWebhook, failure(http::Stage::kConnect, "refused"), Verdict::kRetry, "connect: refused"},
      {kWebhook, failure(http::Stage::kHandshake, "wrong\nhost"), Verdict::kRetry, "handshake: wrong host"},
      {kWebhook, failure(http::Stage::kWrite, ""), Verdict::kRetry, "write"},
      {kWebhook, failure(http::Stage::kMalformed, "no HTTP"), Verdict::kRetry, "malformed: no HTTP"},
  };
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.outcome);
    const AttemptResult result = judge_reply(row.channel, row.reply, kNow);
    CHECK(result.verdict == row.verdict);
    CHECK(result.outcome == row.outcome);
  }
}

AttemptResult with_retry_after(const std::string& value, int status = 429) {
  return judge_reply(kWebhook, answer(status, "", {{"retry-after", value}}), kNow);
}

}  // namespace

TEST_CASE("judge: Slack's answers mean what its guide says, the status first") { check(slack_rows()); }
TEST_CASE("judge: a webhook's answers mean what Standard Webhooks says") { check(webhook_rows()); }
TEST_CASE("judge: a request that got no answer is tried again, whatever broke") { check(transport_rows()); }

TEST_CASE("judge: Retry-After is seconds or a date, clamped to a second and a day") {
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

TEST_CASE("judge: a Retry-After that is neither number nor date counts as not sent") {
  CHECK_FALSE(with_retry_after("abc").retry_after);
  CHECK_FALSE(with_retry_after("").retry_after);
  CHECK_FALSE(with_retry_after("1.5").retry_after);
  CHECK_FALSE(with_retry_after("30 seconds").retry_after);
  CHECK_FALSE(judge_reply(kWebhook, answer(429, ""), kNow).retry_after);
}

TEST_CASE("judge: 429, and every failure with a Retry-After, slows the whole destination down") {
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
  CHECK(wait_after({Verdict::kRetry, "http 429", 1s, true}, 5, random) == base::Duration(1s));
  CHECK(wait_after({Verdict::kRetry, "http 503", 24h, true}, 1, random) == base::Duration(24h));
}

TEST_CASE("wait: a destination that keeps failing is not believed when it asks to be tried every second") {
  base::SeededRandom random(7);
  CHECK(wait_after({Verdict::kRetry, "http 429", 1s, true}, 9, random) == base::Duration(1s));
  CHECK(wait_after({Verdict::kRetry, "http 429", 1s, true}, 10, random) > base::Duration(4h));
  CHECK(wait_after({Verdict::kRetry, "http 429", 24h, true}, 10, random) == base::Duration(24h));
}
