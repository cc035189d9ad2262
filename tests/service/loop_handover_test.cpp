#include <doctest/doctest.h>

#include "service/loop_tools.h"

using namespace std::chrono_literals;

namespace {

/// Runs, and hands over after `span`.
struct Handing {
  explicit Handing(Workshop& of) : workshop(of), loop(of.make_loop()), timer(of.io) {}
  std::optional<service::Handover> run_for(std::chrono::milliseconds span,
                                           std::optional<service::Handover> from = std::nullopt) {
    timer.expires_after(span);
    timer.async_wait([this](const boost::system::error_code&) {
      loop->hand_over([this](store::Store&) { ++prepared; }, [this](const std::string& why) { refused = why; });
    });
    return loop->run(std::move(from));
  }
  Workshop& workshop;
  std::unique_ptr<service::Loop> loop;
  boost::asio::steady_timer timer;
  int prepared = 0;
  std::string refused;
};

}  // namespace

TEST_CASE("handover: all that was learned is on disk, and the next loop goes on from there") {
  Workshop first(always(status(401, kRevoked)), always(status(204)));
  first.add_token("brand-a", {"aaa", "bbb"});
  Handing handing(first);
  auto handover = handing.run_for(500ms);
  REQUIRE(handover);
  CHECK(handing.prepared == 1);
  CHECK(handing.refused.empty());
  CHECK(handover->turns.size() == 2);
  CHECK(first.store->incidents({}).size() == 1);
  CHECK(first.store->delivery_counts().delivered == 1);
  CHECK(first.store->delivery_counts().pending == 0);

  Workshop second(always(granted("AD_MANAGER")), always(status(204)));
  second.store = std::move(first.store);
  Handing next(second);
  CHECK(next.run_for(500ms, std::move(handover)));
  CHECK(second.api.sent.size() >= 2);
  CHECK(second.store->incidents({}).empty());
  CHECK(second.store->delivery_counts().delivered == 2);  // opened and resolved, each once
  first.store = std::move(second.store);                  // which opened it
}

TEST_CASE("handover: what is under way is waited for, and then cut off") {
  Workshop workshop([](const http::Request&) { return std::nullopt; }, always(status(204)));
  workshop.loop_options.answers_limit = 50ms;
  workshop.add_token("brand-a", {"aaa"});
  Handing handing(workshop);
  const auto handover = handing.run_for(200ms);
  REQUIRE(handover);
  CHECK(workshop.api.sent.size() == 1);
  REQUIRE(handover->turns.size() == 1);
  CHECK(handover->turns[0].due <= workshop.clock.now().steady);  // asked again, first of all
  CHECK(workshop.store->incidents({}).empty());
}

TEST_CASE("handover: who is stopping hands nothing over") {
  Workshop workshop([](const http::Request&) { return std::nullopt; }, always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  Handing handing(workshop);
  boost::asio::steady_timer early(workshop.io, 100ms);
  early.async_wait([&](const boost::system::error_code&) {
    handing.loop->stop("the test is over");
    handing.loop->hand_over([](store::Store&) {}, [&](const std::string& why) { handing.refused = why; });
  });
  CHECK_FALSE(handing.run_for(10s));
  CHECK(handing.refused == "the daemon is stopping");
}

TEST_CASE("handover: a database without room refuses it, and everything goes on") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  auto loop = workshop.make_loop();
  std::string refused;
  std::size_t asked = 0;
  boost::asio::steady_timer timer(workshop.io, 150ms), later(workshop.io, 500ms);
  timer.async_wait([&](const boost::system::error_code&) {
    loop->hand_over([](store::Store&) { throw store::FullStore("no room"); },
                    [&](const std::string& why) {
                      refused = why;
                      asked = workshop.api.sent.size();
                    });
  });
  later.async_wait([&](const boost::system::error_code&) { loop->stop("the test is over"); });
  CHECK_FALSE(loop->run());
  CHECK(refused == "the database cannot be written at present: no room");
  CHECK(workshop.api.sent.size() > asked);
}

TEST_CASE("handover: a database that fills up meanwhile leaves the old settings, and everything goes on") {
  bool no_room = false;
  Workshop workshop([&](const http::Request&) { return no_room ? granted("AD_MANAGER") : status(401, kRevoked); },
                    [](const http::Request&) { return std::nullopt; });
  workshop.add_token("brand-a", {"aaa"});
  workshop.store = std::make_unique<FailingStore>(std::move(workshop.store), [&](const store::Batch&) {
    if (no_room) throw store::FullStore("no room");
  });
  Handing handing(workshop);  // a message is under way, and its sink does not answer: there is time
  boost::asio::steady_timer full(workshop.io, 600ms), room(workshop.io, 1200ms), end(workshop.io, 3500ms);
  std::size_t asked = 0;
  full.async_wait([&](const boost::system::error_code&) { no_room = true; });
  room.async_wait([&](const boost::system::error_code&) {
    no_room = false;
    asked = workshop.api.sent.size();
  });
  end.async_wait([&](const boost::system::error_code&) { handing.loop->stop("the test is over"); });
  CHECK_FALSE(handing.run_for(500ms));
  CHECK(handing.prepared == 1);
  CHECK(handing.refused == "the database cannot be written any more; try again when adsauditd status is well");
  CHECK(workshop.api.sent.size() > asked);
}

TEST_CASE("handover: the last words wait for room, and then the next loop has them") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  int refusals = 1;
  workshop.store = std::make_unique<FailingStore>(std::move(workshop.store), [&](const store::Batch& batch) {
    if (batch.ended_in_order.value_or(false) && refusals-- > 0) throw store::FullStore("no room");
  });
  Handing handing(workshop);
  CHECK(handing.run_for(200ms));
  CHECK(handing.refused.empty());
  CHECK(refusals == -1);  // refused once, and then taken
  CHECK(workshop.store->probes().at(0).baseline.run->count == workshop.api.sent.size());
}
