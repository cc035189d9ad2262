#include "service/loop.h"

#include <doctest/doctest.h>

#include "service/loop_tools.h"

using namespace std::chrono_literals;

namespace {

/// A role was reduced, and its incident accepted while no daemon ran.
struct Accepted {
  Accepted() {
    before.add_token("brand-a", {"aaa"});
    CHECK(before.make_loop()->run_once("", "", 10s) == 0);
    reduced.store = std::move(before.store);
    CHECK(reduced.make_loop()->run_once("", "", 10s) == 0);
    workshop.store = std::move(reduced.store);
    workshop.loop_options.refresh_interval = 20ms;
    const auto open = workshop.store->incidents({});
    REQUIRE(open.size() == 1);
    REQUIRE(workshop.store->request_acceptance({open[0].id, "alice", "it is meant so", workshop.clock.now().utc}));
  }
  Workshop before{always(granted("AD_MANAGER")), always(status(204))};  // outlives the store, which it opened
  Workshop reduced{always(granted("CAMPAIGN_ANALYST")), always(status(204))};
  Workshop workshop{always(granted("CAMPAIGN_ANALYST")), always(status(204))};
};

}  // namespace

TEST_CASE("loop: one audit of everything ends when each pair has its answer") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa", "bbb"});
  workshop.add_token("brand-b", {"aaa"});
  CHECK(workshop.make_loop()->run_once("", "", 10s) == 0);
  CHECK(workshop.api.sent.size() == 3);
  CHECK(workshop.sinks.sent.empty());
  CHECK(workshop.store->history({}).size() == 2 + 3);
}

TEST_CASE("loop: a revoked token is told before the audit ends, and its delivery is on record") {
  Workshop workshop(always(status(401, kRevoked)), always(status(204)));
  workshop.add_token("brand-a", {"aaa", "bbb"});
  CHECK(workshop.make_loop()->run_once("", "", 10s) == 0);
  REQUIRE(workshop.sinks.sent.size() == 1);
  CHECK(workshop.sinks.sent[0].body.find(R"("type":"token.revoked")") != std::string::npos);
  CHECK(workshop.store->incidents({}).size() == 1);
  CHECK(workshop.store->delivery_counts().delivered == 1);
  CHECK(workshop.store->delivery_counts().pending == 0);
}

TEST_CASE("loop: an alert that a sink refuses stays in the outbox") {
  Workshop workshop(always(status(401, kRevoked)), always(status(503)));
  workshop.add_token("brand-a", {"aaa"});
  CHECK(workshop.make_loop()->run_once("", "", 300ms) == 0);
  CHECK(workshop.store->delivery_counts().pending == 1);
}

TEST_CASE("loop: a narrowed audit asks only what fits") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa", "bbb"});
  workshop.add_token("brand-b", {"aaa"});
  CHECK(workshop.make_loop()->run_once("brand-a", "bbb", 10s) == 0);
  REQUIRE(workshop.api.sent.size() == 1);
  CHECK(workshop.api.sent[0].url == "https://ads-api.x.com/12/accounts/bbb/authenticated_user_access");
}

TEST_CASE("loop: pairs that get no answer in time are counted, and nothing hangs") {
  Workshop workshop([](const http::Request&) { return std::nullopt; }, always(status(204)));
  workshop.add_token("brand-a", {"aaa", "bbb"});
  CHECK(workshop.make_loop()->run_once("", "", 200ms) == 2);
  CHECK(workshop.store->history({}).size() == 1);  // the token; an unanswered question is no news
}

TEST_CASE("loop: a token whose app the settings do not have is left alone") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("stranger", {"aaa"}, "other-app");
  CHECK(workshop.make_loop()->run_once("", "", 10s) == 0);
  CHECK(workshop.api.sent.empty());
}

TEST_CASE("loop: a stop in the middle leaves what was learned on disk and asks nothing more") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  run_for(workshop, 250ms);
  CHECK(workshop.api.sent.size() >= 1);
  CHECK(workshop.store->probes().at(0).baseline.run->count == workshop.api.sent.size());
}

TEST_CASE("loop: a store that fails ends the run with what it threw") {
  Workshop workshop(always(granted("AD_MANAGER")), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  workshop.store = std::make_unique<FailingStore>(
      std::move(workshop.store), [](const store::Batch&) { throw std::runtime_error("the disk is gone"); });
  CHECK_THROWS_WITH(workshop.make_loop()->run_once("", "", 10s), "the disk is gone");
}

TEST_CASE("loop: a full disk pauses everything, and nothing is lost or sent twice when there is room again") {
  Workshop workshop(always(status(401, kRevoked)), always(status(204)));
  workshop.add_token("brand-a", {"aaa"});
  int refusals = 1;
  workshop.store = std::make_unique<FailingStore>(std::move(workshop.store), [&](const store::Batch&) {
    if (refusals-- > 0) throw store::FullStore("no room");
  });
  CHECK(workshop.make_loop()->run_once("", "", 10s) == 0);
  CHECK(refusals < 0);
  CHECK(workshop.sinks.sent.size() == 1);
  CHECK(workshop.store->delivery_counts().delivered == 1);
}

TEST_CASE_FIXTURE(Accepted, "loop: what was accepted while no daemon ran is taken up at the first look") {
  run_for(workshop, 300ms);
  CHECK(workshop.store->incidents({}).empty());
  CHECK(workshop.store->acceptances().empty());
  CHECK(workshop.store->history({.kinds = {"accepted"}}).size() == 1);
}

TEST_CASE_FIXTURE(Accepted, "loop: an acceptance outlives a process that could not write what it made of it") {
  workshop.store = std::make_unique<FailingStore>(std::move(workshop.store), [](const store::Batch& batch) {
    if (!batch.done_acceptances.empty()) throw std::runtime_error("the disk is gone");
  });
  CHECK_THROWS_WITH(run_for(workshop, 3s), "the disk is gone");
  CHECK(workshop.store->incidents({}).size() == 1);
  CHECK(workshop.store->acceptances().size() == 1);
}
