#include <doctest/doctest.h>

#include "alert/form.h"
#include "alert/render.h"
#include "alert/samples.h"

using namespace alert;

namespace {

constexpr const char* kReceipt = "1503435956.000247";

const Form& form() { return form_of(Channel::kSlackBot); }

Destination bot() {
  return {.name = "ops-bot",
          .channel = Channel::kSlackBot,
          .url = base::Secret("https://slack.com/api"),
          .secret = base::Secret("xoxb-123-topsecret"),
          .room = "C0123456789"};
}

std::string complaint(const Destination& destination) { return complaint_about(destination).value_or("none"); }

std::optional<http::Request> request(Act act, const std::string& receipt) {
  PendingDelivery pending;
  pending.delivery.act = act;
  pending.body = R"({"text":"hello"})";
  pending.receipt = receipt;
  return form().request(bot(), pending, samples::instant("2026-11-23T10:15:02.118Z"));
}

AttemptResult judged(const std::string& body, int status = 200) { return form().judge({status, {}, body}); }

}  // namespace

TEST_CASE("slack bot: shows the same blocks as the webhook") {
  for (const State state : {State::kOpened, State::kReminder, State::kResolved}) {
    const Alert alert = samples::alert(verdict::Cause::kRoleReduced, state);
    CHECK(render(Channel::kSlackBot, alert) == render(Channel::kSlack, alert));
  }
  CHECK(render(Channel::kSlackBot, samples::digest()) == render(Channel::kSlack, samples::digest()));
}

TEST_CASE("slack bot: the first message of a thread names its channel, and carries the token apart from the body") {
  const auto sent = request(Act::kSend, "");
  REQUIRE(sent);
  CHECK(sent->method == "POST");
  CHECK(sent->url == "https://slack.com/api/chat.postMessage");
  CHECK(sent->body == R"({"channel":"C0123456789","text":"hello"})");
  CHECK(sent->authorization() == "Bearer xoxb-123-topsecret");
  CHECK(sent->headers.front().value == "application/json; charset=utf-8");
  for (const auto& header : sent->headers) CHECK(header.value.find("topsecret") == std::string::npos);
  CHECK_FALSE(sent->idempotent);
}

TEST_CASE("slack bot: what comes later goes into the thread, and a reply without one stands alone") {
  CHECK(request(Act::kReply, kReceipt)->body ==
        R"({"channel":"C0123456789","thread_ts":"1503435956.000247","text":"hello"})");
  CHECK(request(Act::kReply, kReceipt)->url == "https://slack.com/api/chat.postMessage");
  CHECK(request(Act::kReply, "")->body == R"({"channel":"C0123456789","text":"hello"})");
}

TEST_CASE("slack bot: an edit takes the place of the first message, and without one there is nothing to do") {
  CHECK(request(Act::kEdit, kReceipt)->url == "https://slack.com/api/chat.update");
  CHECK(request(Act::kEdit, kReceipt)->body == R"({"channel":"C0123456789","ts":"1503435956.000247","text":"hello"})");
  CHECK_FALSE(request(Act::kEdit, ""));
}

TEST_CASE("slack bot: the base of the Web API may end in a slash") {
  Destination destination = bot();
  destination.url = base::Secret("https://slack.com/api/");
  PendingDelivery pending;
  pending.body = R"({"text":"hello"})";
  CHECK(form().request(destination, pending, base::Instant{})->url == "https://slack.com/api/chat.postMessage");
}

TEST_CASE("slack bot: the receipt of a message is its time stamp, even when the answer's end is cut off") {
  const AttemptResult whole = judged(R"({"ok":true,"channel":"C0123456789","ts":"1503435956.000247","message":{}})");
  CHECK(whole.verdict == Verdict::kDelivered);
  CHECK(whole.receipt == kReceipt);
  const std::string cut = R"({"ok":true,"channel":"C0123456789","ts":"1503435956.000247","message":{"text":"he)";
  CHECK(judged(cut).verdict == Verdict::kDelivered);
  CHECK(judged(cut).receipt == kReceipt);
}

TEST_CASE("slack bot: only the answer's own members count, and a strange time stamp is none") {
  CHECK(judged(R"({"message":{"ok":true,"ts":"1.2"}})").verdict == Verdict::kRetry);
  CHECK(judged(R"({"ok":true,"message":{"ts":"1.2"}})").receipt.empty());
  CHECK(judged(R"([{"ok":true}])").verdict == Verdict::kRetry);
  CHECK(judged(R"({"ok":true,"ts":"1.2\",\"x\":\""})").verdict == Verdict::kDelivered);
  CHECK(judged(R"({"ok":true,"ts":"1.2\",\"x\":\""})").receipt.empty());
}

TEST_CASE("slack bot: a deep answer is read without harm") {
  CHECK(judged(std::string(4096, '[')).verdict == Verdict::kRetry);
  CHECK(judged("{\"a\":" + std::string(4000, '[')).verdict == Verdict::kRetry);
}

TEST_CASE("slack bot: a destination needs Slack's host, a bot token and a channel's id") {
  CHECK(complaint(bot()) == "none");
  Destination wrong = bot();
  wrong.url = base::Secret("https://slack.com.evil.example/api");
  CHECK(complaint(wrong).starts_with("url: the Slack Web API's host is slack.com or slack-gov.com"));
  wrong.url = base::Secret("https://slack.com/api?x=1");
  CHECK(complaint(wrong) == "url: it must not hold a query (?...): paths are added to it");
  wrong = bot();
  wrong.secret = base::Secret("xoxp-topsecret");
  CHECK(complaint(wrong) == "token: a Slack bot's begins with xoxb-");
  wrong.secret = base::Secret("xoxb-top\r\nsecret");
  CHECK(complaint(wrong) == "token: it holds characters that no token of Slack has");
  wrong.secret = {};
  CHECK(complaint(wrong).starts_with("token is missing"));
  wrong = bot();
  wrong.room.clear();
  CHECK(complaint(wrong).starts_with("channel is missing"));
  wrong.room = "#ops";
  CHECK(complaint(wrong).starts_with("channel: an id such as C0123456789 is needed"));
}
