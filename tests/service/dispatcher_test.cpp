#include "service/dispatcher.h"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <set>

#include "service/workshop.h"

using namespace std::chrono_literals;

namespace {

/// An outbox with `count` pending alerts for siem, as an earlier process would have left it.
void fill_outbox(Workshop& workshop, int count, const std::string& destination = "siem") {
  store::Batch batch;
  for (int number = 1; number <= count; ++number) {
    const auto now = workshop.clock.now().utc;
    const auto id = alert::AlertId::make(now, workshop.random);
    batch.bodies.push_back({.alert = id, .destination = "", .bytes = std::to_string(number)});
    batch.deliveries.push_back({.id = alert::DeliveryId::make(now, workshop.random),
                                .alert = id,
                                .sequence = static_cast<std::uint64_t>(number),
                                .destination = destination,
                                .order_key = "one",
                                .created_at = now,
                                .next_attempt_at = now});
  }
  workshop.store->commit(batch);
}

using Begin = std::function<void(service::Dispatcher&)>;
void start(service::Dispatcher& dispatcher) { dispatcher.start(); }

/// Dispatches until there were so many attempts, or the time is up; returns the attempts.
std::vector<alert::DeliveryAttempt> dispatch(Workshop& workshop, std::size_t wanted, const Begin& begin = start,
                                             base::Duration limit = 20s) {
  alert::Courier courier(workshop.destinations, workshop.random);
  std::vector<alert::DeliveryAttempt> attempts;
  service::StoreThread thread(workshop.io, *workshop.store, [](std::exception_ptr) { FAIL("the store failed"); });
  std::function<void(const alert::DeliveryAttempt&)> commits;
  service::Dispatcher dispatcher(
      workshop.io, courier, workshop.sinks, thread, workshop.clock, workshop.log,
      [&](alert::DeliveryAttempt attempt) {
        attempts.push_back(std::move(attempt));
        if (attempts.size() == wanted) workshop.io.stop();
        boost::asio::post(workshop.io, [&, committed = attempts.back()] { commits(committed); });
      },
      [](const alert::DestinationNews&) {});
  commits = [&](const alert::DeliveryAttempt& attempt) {
    thread.run(
        [attempt](store::Store& store) {
          store::Batch batch;
          batch.attempts = {attempt};
          store.commit(batch);
          return true;
        },
        [&dispatcher, attempt](bool) { dispatcher.recorded({attempt}); });
  };
  const auto work = boost::asio::make_work_guard(workshop.io);  // the store thread posts later
  begin(dispatcher);
  workshop.io.run_for(limit);
  dispatcher.stop();
  workshop.sinks.shut_down();
  workshop.io.restart();
  workshop.io.poll();
  return attempts;
}

}  // namespace

TEST_CASE("dispatcher: what an earlier process left is sent in order, however much it is") {
  Workshop workshop([](const http::Request&) { return std::nullopt; },
                    [](const http::Request&) { return status(204); });
  fill_outbox(workshop, 1300);  // more than one page, and more than the courier holds
  const auto attempts = dispatch(workshop, 1300);
  REQUIRE(workshop.sinks.sent.size() == 1300);
  for (int number = 1; number <= 1300; ++number) {
    REQUIRE(workshop.sinks.sent[static_cast<std::size_t>(number - 1)].body == std::to_string(number));
  }
  CHECK(attempts.size() == 1300);
}

TEST_CASE("dispatcher: exactly one full page does not stall what comes after") {
  Workshop workshop([](const http::Request&) { return std::nullopt; },
                    [](const http::Request&) { return status(204); });
  fill_outbox(workshop, 500);
  CHECK(dispatch(workshop, 500).size() == 500);
}

TEST_CASE("dispatcher: a delivery for a destination that left the settings ends as a dead letter") {
  Workshop workshop([](const http::Request&) { return std::nullopt; },
                    [](const http::Request&) { return status(204); });
  fill_outbox(workshop, 1, "gone");
  const auto attempts = dispatch(workshop, 1);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].delivery.state == alert::DeliveryState::kDead);
  CHECK(workshop.sinks.sent.empty());
}

TEST_CASE("dispatcher: our own shutdown is no attempt") {
  Workshop workshop([](const http::Request&) { return std::nullopt; },
                    [](const http::Request&) { return std::nullopt; });
  fill_outbox(workshop, 3);
  CHECK(dispatch(workshop, 1, start, 100ms).empty());
  CHECK(workshop.sinks.sent.size() == 1);
  CHECK(workshop.store->delivery_counts().pending == 3);
}

TEST_CASE("dispatcher: more letters than the courier holds can be sent again at once") {
  Workshop workshop([](const http::Request&) { return std::nullopt; },
                    [](const http::Request&) { return status(204); });
  fill_outbox(workshop, 1300);
  auto letters = workshop.store->pending_deliveries("siem", 0, 2000);
  REQUIRE(letters.size() == 1300);
  dispatch(workshop, 1300, [&](service::Dispatcher& dispatcher) { dispatcher.take_again(std::move(letters)); });
  std::set<std::string> sent;
  for (const auto& request : workshop.sinks.sent) sent.insert(request.body);
  CHECK(sent.size() == 1300);
  CHECK(workshop.sinks.sent.size() == 1300);
}
