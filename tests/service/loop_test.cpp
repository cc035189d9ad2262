#include "service/loop.h"

#include <doctest/doctest.h>

#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "service/workshop.h"

using namespace std::chrono_literals;

namespace {

constexpr auto kRevoked = R"({"errors":[{"code":89,"message":"Invalid or expired token."}]})";

/// Reads like the real one, and asks a function before every commit.
class FailingStore final : public store::Store {
 public:
  FailingStore(std::unique_ptr<store::Store> real, std::function<void(const store::Batch&)> before_commit)
      : real_(std::move(real)), before_commit_(std::move(before_commit)) {}

  void commit(const store::Batch& batch) override {
    before_commit_(batch);
    real_->commit(batch);
  }
  std::uint64_t load(store::Loader& loader, base::Instant recent_since) override {
    return real_->load(loader, recent_since);
  }
  std::shared_ptr<const store::Opener> opener() override { return real_->opener(); }
  std::vector<store::TokenRow> tokens() override { return real_->tokens(); }
  std::vector<std::string> token_names(store::TokenSource source) override { return real_->token_names(source); }
  store::TokenNews tokens_since(std::uint64_t revision) override { return real_->tokens_since(revision); }
  std::vector<verdict::ProbeState> probes(const audit::TokenId& token) override { return real_->probes(token); }
  std::vector<store::AccountFacts> accounts() override { return real_->accounts(); }
  std::vector<store::BucketRow> buckets() override { return real_->buckets(); }
  std::vector<store::Gauge> gauges() override { return real_->gauges(); }
  bool request_discovery(const std::string& token) override { return real_->request_discovery(token); }
  std::vector<audit::TokenId> take_discovery_requests() override { return real_->take_discovery_requests(); }
  void put_tokens(const std::vector<store::StoredToken>& tokens, const std::vector<verdict::ChangeId>& ids,
                  base::Instant now) override {
    real_->put_tokens(tokens, ids, now);
  }
  bool remove_token(const std::string& name, const verdict::ChangeId& id, base::Instant now) override {
    return real_->remove_token(name, id, now);
  }
  bool discovering(const std::string& token) override { return real_->discovering(token); }
  void put_planned_change(const verdict::PlannedChange& plan) override { real_->put_planned_change(plan); }
  bool request_acceptance(const verdict::Acceptance& acceptance) override {
    return real_->request_acceptance(acceptance);
  }
  std::vector<verdict::Acceptance> acceptances() override { return real_->acceptances(); }
  std::vector<verdict::PlannedChange> planned_changes(bool open_only) override {
    return real_->planned_changes(open_only);
  }
  std::optional<verdict::Incident> find_incident(const verdict::IncidentId& id) override {
    return real_->find_incident(id);
  }
  std::int64_t data_version() override { return real_->data_version(); }
  std::vector<alert::PendingDelivery> pending_deliveries(const std::string& destination, std::uint64_t after,
                                                         int limit) override {
    return real_->pending_deliveries(destination, after, limit);
  }
  std::vector<std::string> destinations_with_pending() override { return real_->destinations_with_pending(); }
  std::vector<store::HistoryRow> history(const store::HistoryQuery& query) override { return real_->history(query); }
  std::vector<store::HistoryRow> last_changes_before(const std::string& account, base::Instant at) override {
    return real_->last_changes_before(account, at);
  }
  std::vector<verdict::Incident> incidents(const store::IncidentQuery& query) override {
    return real_->incidents(query);
  }
  store::DeliveryCounts delivery_counts() override { return real_->delivery_counts(); }
  store::ChainCheck verify_chain() override { return real_->verify_chain(); }

 private:
  std::unique_ptr<store::Store> real_;
  std::function<void(const store::Batch&)> before_commit_;
};

ScriptedTransport::Script always(const http::Reply& reply) {
  return [reply](const http::Request&) { return reply; };
}

/// Runs until a signal, which comes after `span`.
void run_for(Workshop& workshop, std::chrono::milliseconds span) {
  workshop.signals.add(SIGUSR1);  // in the place of SIGTERM, which would end the test runner
  boost::asio::steady_timer timer(workshop.io, span);
  timer.async_wait([](const boost::system::error_code&) { std::raise(SIGUSR1); });
  workshop.make_loop()->run();
}

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
