#include "alert/courier.h"

#include <doctest/doctest.h>

#include "alert/courier_fixture.h"
#include "alert/signature.h"

using namespace alert;
using namespace alert::samples;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(Fixture, "courier: a new delivery goes at once and is done after a good answer") {
  CHECK_FALSE(courier.next_due());
  REQUIRE(add("siem", 1, "a"));
  CHECK(courier.next_due() == kNoon);
  CHECK(courier.size() == 1);
  CHECK(take() == "body 1");
  CHECK_FALSE(take());
  CHECK_FALSE(courier.next_due());
  clock.advance(250ms);
  const DeliveryAttempt attempt = finish(answer(204));
  CHECK(attempt.delivery.state == DeliveryState::kDelivered);
  CHECK(attempt.delivery.attempts == 1);
  CHECK(attempt.at == kNoon + 250ms);
  CHECK(attempt.took == base::Duration(250ms));
  CHECK(attempt.http_status == 204);
  CHECK(attempt.outcome == "delivered");
  CHECK(courier.size() == 0);
}

TEST_CASE_FIXTURE(Fixture, "courier: a webhook request is signed over the id, the time of this attempt and the body") {
  add("siem", 1, "a");
  clock.advance(90s);
  REQUIRE(take());
  CHECK(request.method == "POST");
  CHECK(request.url == "https://siem.example/hook");
  CHECK(header(request, "content-type") == "application/json");
  CHECK(header(request, "user-agent") == "adsauditd");
  const std::string id = samples::id<AlertId>(1).text();
  CHECK(header(request, "webhook-id") == id);
  CHECK(header(request, "webhook-timestamp") == "1795435290");
  CHECK(header(request, "webhook-signature") == webhook_signature(base::Secret(kSecret), id, 1795435290, "body 1"));
  CHECK(request.deadline == base::Duration(15s));
  CHECK(request.max_body == 4096);
  CHECK(request.cut_long_body);
  CHECK(request.idempotent);
  CHECK(request.reach == http::Reach::kPublicAddress);
}

TEST_CASE_FIXTURE(Fixture, "courier: a Slack request has no signature and is never sent twice by the transport") {
  add("ops", 1, "a");
  REQUIRE(take());
  CHECK(request.url == "https://hooks.slack.com/services/T0/B0/key");
  CHECK(header(request, "content-type") == "application/json");
  CHECK(header(request, "webhook-signature") == "missing");
  CHECK_FALSE(request.idempotent);
}

TEST_CASE("courier: nothing is sent before it is kept what came of the last message, so a crash repeats one at most") {
  std::vector<Destination> all = destinations();
  all[1].max_in_flight.reset();
  base::SeededRandom random{7};
  const base::ManualClock clock(kNoon);
  Courier courier(all, random);
  for (const int sequence : {1, 2})
    REQUIRE(courier.add(pending("siem", static_cast<std::uint64_t>(sequence), std::to_string(sequence)), clock.now()));
  const auto first = courier.take_due(clock.now());
  REQUIRE(first);
  CHECK_FALSE(courier.take_due(clock.now()));
  const DeliveryAttempt attempt = courier.finish(first->id, kOk, clock.now());
  CHECK_FALSE(courier.take_due(clock.now()));
  CHECK_FALSE(courier.next_due());
  courier.recorded(attempt.delivery);
  CHECK(courier.take_due(clock.now()));
}

TEST_CASE("courier: a message that is to be sent again keeps its slot until that is kept") {
  std::vector<Destination> all = destinations();
  all[1].max_in_flight.reset();
  base::SeededRandom random{7};
  base::ManualClock clock(kNoon);
  Courier courier(all, random);
  REQUIRE(courier.add(pending("siem", 1, "a"), clock.now()));
  const DeliveryAttempt attempt = courier.finish(courier.take_due(clock.now())->id, answer(503), clock.now());
  clock.advance(1h);
  CHECK_FALSE(courier.take_due(clock.now()));
  courier.recorded(attempt.delivery);
  CHECK(courier.take_due(clock.now()));
}

TEST_CASE("courier: what waits is counted for a destination, and for a cluster by its members") {
  std::vector<Destination> all = samples::destinations();
  all[0].cluster = "both";
  all[1].cluster = "both";
  base::SeededRandom random{7};
  Courier courier(all, random);
  CHECK(courier.size("both") == 0);
  for (const auto& [destination, sequence] : {std::pair("ops", 1), std::pair("siem", 2), std::pair("siem", 3)})
    CHECK(courier.add(samples::pending(destination, static_cast<std::uint64_t>(sequence), "token"),
                      base::ManualClock(kNoon).now()));
  CHECK(courier.size("ops") == 1);
  CHECK(courier.size("siem") == 2);
  CHECK(courier.size("both") == 3);
  CHECK(courier.size("nobody") == 0);
}

TEST_CASE("courier: allow_private widens what a request may reach") {
  std::vector<Destination> all = destinations();
  all[1].allow_private = true;
  base::SeededRandom random(7);
  Courier courier(all, random);
  courier.add(pending("siem", 1, "a"), {kNoon, kNoon});
  CHECK(courier.take_due({kNoon, kNoon})->request.reach == http::Reach::kPrivateToo);
}

TEST_CASE_FIXTURE(Fixture, "courier: a retry keeps id and body, with a new time and signature") {
  add("siem", 1, "a");
  take();
  const http::Request first = request;
  const DeliveryAttempt attempt = finish(answer(503));
  CHECK(attempt.delivery.state == DeliveryState::kPending);
  CHECK(attempt.delivery.next_attempt_at >= kNoon + 4s);
  CHECK(attempt.delivery.next_attempt_at <= kNoon + 6s);
  CHECK(courier.next_due() == attempt.delivery.next_attempt_at);
  clock.advance(3s);
  CHECK_FALSE(take());
  clock.advance(3s);
  REQUIRE(take());
  CHECK(request.body == first.body);
  CHECK(header(request, "webhook-id") == header(first, "webhook-id"));
  CHECK(header(request, "webhook-timestamp") != header(first, "webhook-timestamp"));
  CHECK(header(request, "webhook-signature") != header(first, "webhook-signature"));
}

TEST_CASE_FIXTURE(Fixture, "courier: deliveries with one order key go one after the other, through failures too") {
  add("siem", 1, "a");
  add("siem", 2, "a");
  CHECK(take() == "body 1");
  CHECK_FALSE(take());
  finish(answer(500));
  CHECK_FALSE(take());
  clock.advance(6s);
  CHECK(take() == "body 1");
  finish(kOk);
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Fixture, "courier: another order key overtakes one that has to wait") {
  add("siem", 1, "a");
  add("siem", 2, "a");
  add("siem", 3, "b");
  take();
  finish(answer(500));
  CHECK(take() == "body 3");
}

TEST_CASE_FIXTURE(Fixture, "courier: a dead letter lets the next one of its order key go") {
  add("ops", 1, "one");
  add("ops", 2, "one");
  take();
  const DeliveryAttempt attempt = finish(answer(400, "invalid_payload"));
  CHECK(attempt.delivery.state == DeliveryState::kDead);
  CHECK(attempt.outcome == "http 400: invalid_payload");
  clock.advance(std::chrono::seconds(1));
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Fixture, "courier: the oldest goes first, whatever the order of arrival") {
  add("siem", 7, "c");
  add("siem", 5, "b");
  add("siem", 6, "b");
  add("siem", 4, "b");
  CHECK(take() == "body 4");
  CHECK(take() == "body 7");
  CHECK_FALSE(take());
}

TEST_CASE_FIXTURE(Fixture, "courier: a webhook has at most four requests under way") {
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) add("siem", sequence, std::to_string(sequence));
  for (int i = 0; i < 4; ++i) CHECK(take());
  CHECK_FALSE(take());
  CHECK_FALSE(courier.next_due());
  finish(kOk);
  CHECK(take() == "body 5");
}

TEST_CASE_FIXTURE(Fixture, "courier: Slack has one request under way, and a second's pause after its answer") {
  add("ops", 1, "a");
  add("ops", 2, "b");
  CHECK(take() == "body 1");
  CHECK_FALSE(take());
  clock.advance(300ms);
  finish(kOk);
  CHECK(courier.next_due() == kNoon + 1300ms);
  clock.advance(999ms);
  CHECK_FALSE(take());
  clock.advance(1ms);
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Fixture, "courier: 429 with Retry-After rests the whole destination, and no other") {
  add("siem", 1, "a");
  add("siem", 2, "b");
  add("ops", 1, "a");
  CHECK(take() == "body 1");  // ops comes before siem by name
  finish(kOk);
  CHECK(take() == "body 1");
  const DeliveryAttempt attempt = finish(answer(429, "", {{"Retry-After", "30"}}));
  CHECK(attempt.delivery.next_attempt_at == kNoon + 30s);
  add("ops", 2, "b");
  clock.advance(29'999ms);
  CHECK(take() == "body 2");
  CHECK(request.url.starts_with("https://hooks.slack.com/"));
  finish(kOk);
  CHECK_FALSE(take());
  clock.advance(1ms);
  CHECK(take() == "body 1");
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Fixture, "courier: 429 without Retry-After rests the destination for the scheduled wait") {
  add("siem", 1, "a");
  add("siem", 2, "b");
  take();
  finish(answer(429));
  CHECK_FALSE(take());
  clock.advance(6s);
  CHECK(take() == "body 1");
}

TEST_CASE_FIXTURE(Fixture, "courier: a failure without Retry-After lets the others of the destination go on") {
  add("siem", 1, "a");
  add("siem", 2, "b");
  take();
  finish(answer(503));
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Fixture, "courier: Retry-After decides the next attempt to the millisecond") {
  const std::vector<std::pair<std::string, base::Duration>> table{{"0", 1s},
                                                                  {"1", 1s},
                                                                  {"30", 30s},
                                                                  {"86401", 24h},
                                                                  {"-1", 1s},
                                                                  {"Mon, 23 Nov 2026 12:01:00 GMT", 60s},
                                                                  {"Mon, 23 Nov 2026 11:00:00 GMT", 1s}};
  std::uint64_t sequence = 0;
  for (const auto& [value, wait] : table) {
    CAPTURE(value);
    Courier fresh(all, random);
    fresh.add(pending("siem", ++sequence, "a"), {kNoon, kNoon});
    const auto sending = fresh.take_due({kNoon, kNoon});
    const auto attempt = fresh.finish(sending->id, answer(503, "", {{"retry-after", value}}), {kNoon, kNoon});
    CHECK(attempt.delivery.next_attempt_at == kNoon + wait);
    CHECK(fresh.next_due() == kNoon + wait);
  }
}

TEST_CASE_FIXTURE(Fixture, "courier: a step of the wall clock moves no retry, in either direction") {
  add("siem", 1, "a");
  take();
  finish(answer(503, "", {{"retry-after", "60"}}));
  clock.step_wall(std::chrono::hours(24 * 3650));
  clock.advance(59s);
  CHECK_FALSE(take());
  clock.step_wall(-std::chrono::hours(24 * 7300));
  clock.advance(1s);
  REQUIRE(take());
  CHECK(finish(answer(503)).delivery.state == DeliveryState::kPending);
}

TEST_CASE_FIXTURE(Fixture,
                  "courier: after a restart a delivery waits for its next attempt, but never more than a day") {
  auto later = pending("siem", 1, "a");
  later.delivery.next_attempt_at = kNoon + 10min;
  later.delivery.attempts = 4;
  courier.add(std::move(later), clock.now());
  CHECK(courier.next_due() == kNoon + 10min);
  auto absurd = pending("ops", 2, "a");
  absurd.delivery.next_attempt_at = kNoon + std::chrono::hours(87'600);
  Courier other(all, random);
  other.add(std::move(absurd), clock.now());
  CHECK(other.next_due() == kNoon + 24h);
}

TEST_CASE_FIXTURE(Fixture, "courier: gives up after seven days of failures, about forty attempts") {
  add("siem", 1, "a");
  int attempts = 0;
  DeliveryAttempt attempt;
  do {
    clock.advance(*courier.next_due() - clock.now().steady);
    REQUIRE(take());
    attempt = finish(answer(503));
    ++attempts;
  } while (attempt.delivery.state == DeliveryState::kPending);
  CHECK(attempt.delivery.state == DeliveryState::kDead);
  CHECK(attempt.outcome == "http 503; given up after 7d");
  CHECK(attempt.delivery.attempts == attempts);
  CHECK(attempts >= 34);
  CHECK(attempts <= 42);
  CHECK(clock.now().steady <= kNoon + kGiveUpAfter);
  CHECK(clock.now().steady > kNoon + kGiveUpAfter - 8h);
  CHECK(courier.size() == 0);
}

TEST_CASE_FIXTURE(Fixture, "courier: what is older than seven days after a long stop is tried once more") {
  clock.advance(std::chrono::hours(24 * 9));
  add("siem", 1, "a");
  REQUIRE(take());
  CHECK(finish(kOk).delivery.state == DeliveryState::kDelivered);
}

TEST_CASE_FIXTURE(Fixture, "courier: a delivery that looks old because of a wrong clock has three attempts") {
  clock.step_wall(std::chrono::hours(24 * 30));
  add("siem", 1, "a");
  for (int attempt = 1; attempt <= 3; ++attempt) {
    clock.advance(std::max(*courier.next_due() - clock.now().steady, base::Duration(0)));
    REQUIRE(take());
    CHECK((finish(answer(503)).delivery.state == DeliveryState::kDead) == (attempt == 3));
  }
}

TEST_CASE_FIXTURE(Fixture, "courier: a delivery for a destination that is gone ends as a dead letter at once") {
  CHECK(add("gone", 1, "a"));
  CHECK(courier.size() == 0);
  CHECK_FALSE(take());
  const auto attempt = courier.take_ended();
  REQUIRE(attempt);
  CHECK(attempt->delivery.id == pending("gone", 1, "a").delivery.id);
  CHECK(attempt->delivery.state == DeliveryState::kDead);
  CHECK(attempt->delivery.attempts == 1);
  CHECK(attempt->at == kNoon);
  CHECK(attempt->http_status == 0);
  CHECK(attempt->outcome == "the destination \"gone\" is no longer in the settings");
  CHECK_FALSE(courier.take_ended());
}

TEST_CASE_FIXTURE(Fixture, "courier: a message written for another channel is not sent") {
  auto slack_body = pending("siem", 1, "a");
  slack_body.delivery.channel = Channel::kSlack;
  CHECK(courier.add(std::move(slack_body), clock.now()));
  CHECK_FALSE(take());
  CHECK(courier.take_ended()->outcome ==
        "the destination \"siem\" is of another type now; the message was written for slack");
}

TEST_CASE_FIXTURE(Fixture, "courier: the same delivery added twice is sent once") {
  CHECK(add("siem", 1, "a"));
  CHECK(add("siem", 1, "a"));
  CHECK(courier.size() == 1);
  take();
  CHECK(add("siem", 1, "a"));
  CHECK(courier.size() == 1);
  CHECK_FALSE(take());
}

TEST_CASE_FIXTURE(Fixture, "courier: a full queue refuses, and says when it has room again") {
  for (std::uint64_t sequence = 1; sequence <= Courier::kQueueLimit; ++sequence) REQUIRE(add("siem", sequence, "a"));
  CHECK_FALSE(courier.wants_more("siem"));
  CHECK_FALSE(add("siem", 1001, "a"));
  CHECK_FALSE(courier.wants_more("siem"));
  CHECK(add("ops", 1001, "a"));
  take();
  finish(kOk);
  take();
  finish(kOk);
  CHECK(courier.wants_more("siem"));
  CHECK(add("siem", 1001, "a"));
  CHECK_FALSE(courier.wants_more("siem"));
  CHECK_FALSE(courier.wants_more("nowhere"));
}
