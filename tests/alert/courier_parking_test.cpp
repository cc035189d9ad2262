#include <doctest/doctest.h>

#include "alert/courier_fixture.h"

using namespace alert;
using namespace alert::samples;
using namespace std::chrono_literals;
using Kind = DestinationNews::Kind;

namespace {

struct Parking : Fixture {
  std::vector<Kind> heard() {
    std::vector<Kind> kinds;
    for (const auto& news : courier.take_news()) kinds.push_back(news.kind);
    return kinds;
  }
  /// Moves on to the next time at which something may go, and sends it.
  void take_next() {
    clock.advance(std::max(*courier.next_due() - clock.now().steady, base::Duration(0)));
    REQUIRE(take());
  }
};
using Kinds = std::vector<Kind>;

}  // namespace

TEST_CASE_FIXTURE(Parking, "parked: a destination that refuses for good keeps its messages and is tried each hour") {
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) add("ops", sequence, std::to_string(sequence));
  take();
  const auto attempt = finish(answer(404, "no_service"));
  CHECK(attempt.delivery.state == DeliveryState::kPending);
  CHECK(attempt.delivery.next_attempt_at == kNoon + 1h);
  CHECK(heard() == Kinds{Kind::kRefusesForGood});
  CHECK_FALSE(take());
  CHECK(courier.next_due() == kNoon + 1h);
  for (int hour = 1; hour <= 5; ++hour) {
    take_next();
    CHECK(clock.now().steady == kNoon + hour * 1h);
    finish(answer(404, "no_service"));
    CHECK_FALSE(take());
  }
  CHECK(heard().empty());  // it was said before
}

TEST_CASE_FIXTURE(Parking, "parked: the first message that is taken ends it, and the rest goes in order") {
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) add("ops", sequence, "one");
  take();
  finish(answer(410, "channel_is_archived"));
  take_next();
  CHECK(request.body == "body 1");
  finish(kOk);
  CHECK(heard() == Kinds{Kind::kRefusesForGood, Kind::kWorks});
  take_next();
  CHECK(request.body == "body 2");
  CHECK(clock.now().steady == kNoon + 1h + 1s);
}

TEST_CASE_FIXTURE(Parking, "parked: another destination goes on as ever") {
  add("ops", 1, "one");
  take();
  finish(answer(403, "invalid_token"));
  add("siem", 2, "one");
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Parking, "parked: the operator's word tries it at once") {
  add("ops", 1, "one");
  add("ops", 2, "two");
  take();
  finish(answer(404, "no_service"));
  clock.advance(10s);
  courier.wake("ops");
  CHECK(take() == "body 2");  // the first one has its own time
}

TEST_CASE_FIXTURE(Parking, "parked: after seven days its messages are dead letters, and that is news") {
  add("ops", 1, "one");
  int attempts = 0;
  DeliveryAttempt attempt;
  do {
    take_next();
    attempt = finish(answer(404, "no_service"));
    ++attempts;
  } while (attempt.delivery.state == DeliveryState::kPending);
  CHECK(attempt.delivery.state == DeliveryState::kDead);
  CHECK(attempts == 7 * 24 + 1);
  CHECK(heard() == Kinds{Kind::kRefusesForGood, Kind::kGivenUp});
}

TEST_CASE_FIXTURE(Parking, "news: a quarter of an hour without a success is said once, and its end") {
  add("siem", 1, "one");
  while (clock.now().steady - kNoon < 15min) {
    take_next();
    finish(answer(503));
  }
  CHECK(heard() == Kinds{Kind::kSilentForLong});
  take_next();
  finish(answer(503));
  CHECK(heard().empty());
  take_next();
  finish(answer(204));
  CHECK(heard() == Kinds{Kind::kWorks});
}

TEST_CASE_FIXTURE(Parking, "news: a failure that the next attempt mends is none") {
  add("siem", 1, "one");
  take();
  finish(answer(204));
  CHECK(heard() == Kinds{Kind::kWorks});  // an earlier process may have left it broken
  add("siem", 2, "one");
  take();
  finish(answer(503));
  take_next();
  finish(answer(204));
  CHECK(heard().empty());
}

TEST_CASE_FIXTURE(Parking, "news: a message that is refused as it is was given up, and the destination works") {
  add("ops", 1, "one");
  take();
  CHECK(finish(answer(400, "invalid_payload")).delivery.state == DeliveryState::kDead);
  const auto news = courier.take_news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == Kind::kGivenUp);
  CHECK(news[0].destination == "ops");
  CHECK(news[0].outcome == "http 400: invalid_payload");
  CHECK(news[0].http_status == 400);
  clock.advance(1s);
  add("ops", 2, "one");
  CHECK(take() == "body 2");
}

TEST_CASE_FIXTURE(Parking, "down: after 6 days and 23 hours everything arrives, in order") {
  for (std::uint64_t sequence = 1; sequence <= 200; ++sequence) add("siem", sequence, std::to_string(sequence % 5));
  std::map<std::string, std::uint64_t> latest;
  int delivered = 0;
  while (courier.size() > 0) {
    take_next();
    const bool down = clock.now().steady - kNoon < 6 * 24h + 23h;
    const auto attempt = finish(down ? answer(503) : answer(204));
    REQUIRE(attempt.delivery.state != DeliveryState::kDead);
    if (attempt.delivery.state != DeliveryState::kDelivered) continue;
    CHECK(attempt.delivery.sequence > latest[attempt.delivery.order_key]);
    latest[attempt.delivery.order_key] = attempt.delivery.sequence;
    ++delivered;
  }
  CHECK(delivered == 200);
  CHECK(clock.now().steady - kNoon < 7 * 24h + 8h);
}
