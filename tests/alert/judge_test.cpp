#include <doctest/doctest.h>

#include "alert/retry_policy.h"
#include "alert/samples.h"

// What every answer of every channel means. A row is an answer, its class, and the words for people.

using namespace alert;

namespace {

const base::Instant kNow = samples::instant("2026-11-23T10:15:02.000Z");

http::Reply answer(int status, std::string body) { return http::Response{status, {}, std::move(body)}; }
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
constexpr Channel kBot = Channel::kSlackBot;
constexpr Channel kEmail = Channel::kEmail;
constexpr Channel kPagerDuty = Channel::kPagerDuty;
constexpr Channel kTeams = Channel::kTeams;
constexpr Channel kAlertmanager = Channel::kAlertmanager;
constexpr Channel kHook4 = Channel::kAlertmanagerWebhook;

std::vector<Row> slack_rows() {
  return {
      {kSlack, answer(200, "ok"), Verdict::kDelivered, "delivered"},
      {kSlack, answer(200, ""), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(200, "ok\n"), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(200, "OK"), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(200, "<html>log in</html>"), Verdict::kRetry, "http 200, but the body is not \"ok\""},
      {kSlack, answer(201, "ok"), Verdict::kRetry, "http 201"},
      {kSlack, answer(302, ""), Verdict::kRetry, "http 302"},
      {kSlack, answer(400, "invalid_payload"), Verdict::kRefused, "http 400: invalid_payload"},
      {kSlack, answer(400, "no_text"), Verdict::kRefused, "http 400: no_text"},
      {kSlack, answer(400, "too_many_attachments"), Verdict::kRefused, "http 400: too_many_attachments"},
      {kSlack, answer(400, "user_not_found"), Verdict::kBroken, "http 400: user_not_found"},
      {kSlack, answer(403, "action_prohibited"), Verdict::kBroken, "http 403: action_prohibited"},
      {kSlack, answer(403, "invalid_token"), Verdict::kBroken, "http 403: invalid_token"},
      {kSlack, answer(403, "team_disabled"), Verdict::kBroken, "http 403: team_disabled"},
      {kSlack, answer(403, "posting_to_general_channel_denied"), Verdict::kBroken,
       "http 403: posting_to_general_channel_denied"},
      {kSlack, answer(404, "channel_not_found"), Verdict::kBroken, "http 404: channel_not_found"},
      {kSlack, answer(404, "no_service"), Verdict::kBroken, "http 404: no_service"},
      {kSlack, answer(404, "no_service_id\n"), Verdict::kBroken, "http 404: no_service_id"},
      {kSlack, answer(404, "no_active_hooks"), Verdict::kBroken, "http 404: no_active_hooks"},
      {kSlack, answer(404, "no_team"), Verdict::kBroken, "http 404: no_team"},
      {kSlack, answer(410, "channel_is_archived"), Verdict::kBroken, "http 410: channel_is_archived"},
      {kSlack, answer(418, "something_new"), Verdict::kBroken, "http 418: something_new"},
      {kSlack, answer(404, "no page /services/T0/B0/key"), Verdict::kBroken, "http 404"},
      {kSlack, answer(403, std::string(4096, 'a')), Verdict::kBroken, "http 403"},
      {kSlack, answer(400, ""), Verdict::kBroken, "http 400"},
      {kSlack, answer(400, "invalid_blocks"), Verdict::kRefused, "http 400: invalid_blocks"},
      {kSlack, answer(413, "<html>too large</html>"), Verdict::kRefused, "http 413"},
      {kSlack, answer(408, ""), Verdict::kRetry, "http 408"},
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
      {kWebhook, answer(410, ""), Verdict::kBroken, "http 410: the endpoint wants no more messages"},
      {kWebhook, answer(429, ""), Verdict::kRetry, "http 429"},
      {kWebhook, answer(500, ""), Verdict::kRetry, "http 500"},
      {kWebhook, answer(502, ""), Verdict::kRetry, "http 502"},
      {kWebhook, answer(504, ""), Verdict::kRetry, "http 504"},
  };
}

std::vector<Row> slack_bot_rows() {
  const auto error = [](const char* word) {
    return answer(200, std::string(R"({"ok":false,"error":")").append(word).append("\"}"));
  };
  return {
      {kBot, answer(200, R"({"ok":true,"ts":"1.2"})"), Verdict::kDelivered, "delivered"},
      {kBot, answer(200, R"({"ok":true})"), Verdict::kDelivered, "delivered"},
      {kBot, answer(200, ""), Verdict::kRetry, "http 200, but the body is not Slack's"},
      {kBot, answer(200, "ok"), Verdict::kRetry, "http 200, but the body is not Slack's"},
      {kBot, answer(200, R"({"ok":"true"})"), Verdict::kRetry, "http 200, but the body is not Slack's"},
      {kBot, error("channel_not_found"), Verdict::kBroken, "slack: channel_not_found"},
      {kBot, error("not_in_channel"), Verdict::kBroken, "slack: not_in_channel"},
      {kBot, error("is_archived"), Verdict::kBroken, "slack: is_archived"},
      {kBot, error("invalid_auth"), Verdict::kBroken, "slack: invalid_auth"},
      {kBot, error("account_inactive"), Verdict::kBroken, "slack: account_inactive"},
      {kBot, error("token_revoked"), Verdict::kBroken, "slack: token_revoked"},
      {kBot, error("not_authed"), Verdict::kBroken, "slack: not_authed"},
      {kBot, error("missing_scope"), Verdict::kBroken, "slack: missing_scope"},
      {kBot, error("an_error_of_tomorrow"), Verdict::kBroken, "slack: an_error_of_tomorrow"},
      {kBot, error("<b>xoxb-1</b>"), Verdict::kBroken, "slack: an error without a name"},
      {kBot, answer(200, R"({"ok":false})"), Verdict::kBroken, "slack: an error without a name"},
      {kBot, error("msg_too_long"), Verdict::kRefused, "slack: msg_too_long"},
      {kBot, error("invalid_blocks"), Verdict::kRefused, "slack: invalid_blocks"},
      {kBot, error("no_text"), Verdict::kRefused, "slack: no_text"},
      {kBot, error("message_not_found"), Verdict::kDelivered, "nothing is left to edit: message_not_found"},
      {kBot, error("ratelimited"), Verdict::kRetry, "slack: ratelimited"},
      {kBot, error("internal_error"), Verdict::kRetry, "slack: internal_error"},
      {kBot, answer(429, ""), Verdict::kRetry, "http 429"},
      {kBot, answer(403, ""), Verdict::kBroken, "http 403"},
      {kBot, answer(503, ""), Verdict::kRetry, "http 503"},
      {kBot, answer(302, ""), Verdict::kRetry, "http 302: redirects are not followed"},
  };
}

std::vector<Row> alertmanager_rows() {
  return {
      {kAlertmanager, answer(200, ""), Verdict::kDelivered, "delivered"},
      {kAlertmanager, answer(204, ""), Verdict::kRetry, "http 204"},
      {kAlertmanager, answer(301, ""), Verdict::kRetry, "http 301: redirects are not followed"},
      {kAlertmanager, answer(400, "bad start"), Verdict::kRefused, "http 400"},
      {kAlertmanager, answer(422, ""), Verdict::kRefused, "http 422"},
      {kAlertmanager, answer(413, ""), Verdict::kRefused, "http 413"},
      {kAlertmanager, answer(401, ""), Verdict::kBroken, "http 401"},
      {kAlertmanager, answer(404, ""), Verdict::kBroken, "http 404"},
      {kAlertmanager, answer(500, ""), Verdict::kRetry, "http 500"},
      {kAlertmanager, answer(503, ""), Verdict::kRetry, "http 503"},
      {kHook4, answer(200, ""), Verdict::kDelivered, "delivered"},
      {kHook4, answer(400, ""), Verdict::kRetry, "http 400"},
      {kHook4, answer(410, ""), Verdict::kBroken, "http 410: the endpoint wants no more messages"},
      {kHook4, answer(500, ""), Verdict::kRetry, "http 500"},
  };
}

std::vector<Row> pagerduty_and_teams_rows() {
  return {
      {kPagerDuty, answer(202, R"({"status":"success"})"), Verdict::kDelivered, "delivered"},
      {kPagerDuty, answer(200, "<html>"), Verdict::kRetry, "http 200"},
      {kPagerDuty, answer(400, R"({"status":"invalid event"})"), Verdict::kRefused, "http 400"},
      {kPagerDuty, answer(400, R"({"errors":["Invalid routing key"]})"), Verdict::kBroken,
       "http 400: the routing key is not known"},
      {kPagerDuty, answer(401, ""), Verdict::kBroken, "http 401"},
      {kPagerDuty, answer(403, ""), Verdict::kBroken, "http 403"},
      {kPagerDuty, answer(404, ""), Verdict::kBroken, "http 404"},
      {kPagerDuty, answer(408, ""), Verdict::kRetry, "http 408"},
      {kPagerDuty, answer(429, ""), Verdict::kRetry, "http 429"},
      {kPagerDuty, answer(500, ""), Verdict::kRetry, "http 500"},
      {kTeams, answer(202, ""), Verdict::kDelivered, "delivered"},
      {kTeams, answer(200, "1"), Verdict::kDelivered, "delivered"},
      {kTeams, answer(400, ""), Verdict::kRefused, "http 400"},
      {kTeams, answer(413, ""), Verdict::kRefused, "http 413"},
      {kTeams, answer(401, ""), Verdict::kBroken, "http 401"},
      {kTeams, answer(410, ""), Verdict::kBroken, "http 410"},
      {kTeams, answer(429, ""), Verdict::kRetry, "http 429"},
      {kTeams, answer(502, ""), Verdict::kRetry, "http 502"},
  };
}

std::vector<Row> email_rows() {
  return {
      {kEmail, answer(250, "250 2.0.0 queued"), Verdict::kDelivered, "delivered"},
      {kEmail, answer(421, "421 closing"), Verdict::kRetry, "smtp: 421 closing"},
      {kEmail, answer(450, "450 4.2.0 greylisted\n450 try later"), Verdict::kRetry,
       "smtp: 450 4.2.0 greylisted 450 try later"},
      {kEmail, answer(454, ""), Verdict::kRetry, "smtp: 454"},
      {kEmail, answer(530, "530 sign in first"), Verdict::kBroken, "smtp: 530 sign in first"},
      {kEmail, answer(535, "535 5.7.8 no"), Verdict::kBroken, "smtp: 535 5.7.8 no"},
      {kEmail, answer(521, ""), Verdict::kBroken, "smtp: 521"},
      {kEmail, answer(550, "550 5.1.1 nobody here"), Verdict::kRefused, "smtp: 550 5.1.1 nobody here"},
      {kEmail, answer(552, ""), Verdict::kRefused, "smtp: 552"},
      {kEmail, answer(554, ""), Verdict::kRefused, "smtp: 554"},
      {kEmail, answer(200, ""), Verdict::kRetry, "smtp: 200"},
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

}  // namespace

TEST_CASE("judge: Slack's answers mean what its guide says, the status first") { check(slack_rows()); }
TEST_CASE("judge: a webhook's answers mean what Standard Webhooks says") { check(webhook_rows()); }
TEST_CASE("judge: a bot's answers are 200 whatever happened, and the word decides") { check(slack_bot_rows()); }
TEST_CASE("judge: Alertmanager takes a message, or says whether it blames it") { check(alertmanager_rows()); }
TEST_CASE("judge: PagerDuty's and Teams' statuses mean what HTTP says") { check(pagerduty_and_teams_rows()); }
TEST_CASE("judge: a mail server's codes mean what SMTP says") { check(email_rows()); }
TEST_CASE("judge: a request that got no answer is tried again, whatever broke") { check(transport_rows()); }
