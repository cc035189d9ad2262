#include "store/sqlite_store.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

/// Something for every table.
store::Batch full_batch(const audit::TokenId& token) {
  store::Batch batch;
  batch.probes = {samples::full_probe(token, "acc1")};
  batch.closed_runs = {{batch.probes[0].probe.id, samples::run()}};
  batch.changes = {samples::change("brand-a", "acc1")};
  batch.incidents = {samples::incident(token, "acc1")};
  batch.planned_changes = {samples::plan("acc1")};
  batch.bodies = {samples::body()};
  batch.alerts = {
      samples::record(batch.bodies[0], 1, {batch.incidents[0].id, samples::make_id<verdict::IncidentId>()})};
  batch.deliveries = {samples::delivery(batch.bodies[0], 1, "ops")};
  batch.deliveries[0].thread = batch.incidents[0].id.text();
  batch.attempts = {samples::attempt(batch.deliveries[0], alert::DeliveryState::kPending)};
  batch.attempts[0].receipt = "1795435206.000100";
  batch.tellings = {samples::telling(batch.incidents[0], "ops")};
  batch.buckets = {{"account/acc1/access", {2000, samples::kNoon, samples::kNoon, samples::kNoon}}};
  batch.accounts = {{"acc1", "Brand A <EU>", "ACCEPTED"}};
  batch.discovery_steps = {{token, "c-1", {"acc1"}}};
  batch.gauges = {{"pairs_waiting", 3}};
  batch.ended_in_order = false;
  return batch;
}

/// How many rows a batch has left, in all its tables.
std::int64_t rows_left(store::Database& witness) {
  return witness.number(
      "SELECT (SELECT count(*) FROM probes) + (SELECT count(*) FROM runs) + (SELECT count(*) FROM incidents) + "
      "(SELECT count(*) FROM bodies) + (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM delivery_attempts) + "
      "(SELECT count(*) FROM buckets) + (SELECT count(*) FROM accounts) + (SELECT count(*) FROM discoveries) + "
      "(SELECT count(*) FROM discovery_seen) + (SELECT count(*) FROM gauges) + "
      "(SELECT count(*) FROM planned_changes) + (SELECT count(*) FROM alerts) + (SELECT count(*) FROM digest_members) "
      "+ "
      "(SELECT count(*) FROM tellings) + (SELECT count(*) FROM threads) + "
      "(SELECT count(*) FROM meta WHERE name IN ('last_sequence', 'ended_in_order'))");
}

}  // namespace

TEST_CASE("store: an empty batch writes nothing") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Database witness(directory / "store.db");
  const auto version = witness.number("PRAGMA data_version");
  store.commit({});
  CHECK(witness.number("PRAGMA data_version") == version);
}

TEST_CASE("store: a batch that fails in any table leaves nothing at all") {
  for (const char* table : {"probes", "runs", "changes", "incidents", "bodies", "deliveries", "delivery_attempts",
                            "buckets", "meta", "accounts", "discoveries", "discovery_seen", "gauges", "planned_changes",
                            "alerts", "digest_members", "tellings", "threads"}) {
    INFO(table);
    const TemporaryDirectory directory;
    auto store = samples::open(directory / "store.db");
    const auto batch = full_batch(samples::put_token(store, "brand-a"));
    store::Database intruder(directory / "store.db");
    intruder.run(std::string("CREATE TRIGGER refuse BEFORE INSERT ON ") + table +
                 " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
    CHECK(rows_left(intruder) == 0);
    CHECK(store.history({}).size() == 1);
    intruder.run("DROP TRIGGER refuse");
    store.commit(batch);
    CHECK(rows_left(intruder) == 19);
    CHECK_FALSE(store.verify_chain().broken_at);
  }
}

TEST_CASE("store: what a batch and the operator's words leave is sound, and the same after a restart") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  auto batch = full_batch({});
  {
    auto store = samples::open(path);
    batch = full_batch(samples::put_token(store, "brand-a"));
    batch.mutes_listed_at = samples::kNoon;
    store.commit(batch);
    store.commit({.attempts = {samples::attempt(batch.deliveries[0], alert::DeliveryState::kDead)}});
    store.replay(batch.deliveries[0].id, samples::kNoon);
    store.put_mute(samples::mute());
    store.request_acknowledgement(samples::acknowledgement(batch.incidents[0].id));
    store.request_test(samples::test_request());
  }
  {
    const store::Database witness(path);
    CHECK(store::Statement(witness, "PRAGMA foreign_key_check").next() == false);
  }
  auto store = samples::open(path);
  const samples::Loaded loaded(store, samples::kNoon);
  CHECK(loaded.incidents == batch.incidents);
  CHECK(loaded.tellings == batch.tellings);
  CHECK(loaded.mutes.size() == 1);
  CHECK(loaded.mutes_listed_at == samples::kNoon);
  CHECK(store.threads().size() == 1);
  CHECK(store.take_replays().size() == 1);
  CHECK(store.acknowledgements().size() == 1);
  CHECK(store.test_requests().size() == 1);
  CHECK(store.alerts({}).at(0).deliveries.at(0).delivery.attempts == 0);
  CHECK(store::Database(path).text("PRAGMA integrity_check") == "ok");
}

TEST_CASE("store: a load gives everything in the order that its reader relies on") {
  struct Ordered final : store::Loader {
    void begin(bool, std::uint64_t) override { text += "begin "; }
    void token(store::TokenRow) override { text += "token "; }
    void account(store::AccountFacts) override { text += "account "; }
    void probe(verdict::ProbeState) override { text += "probe "; }
    void sweep(store::OpenSweep) override { text += "sweep "; }
    void incident(verdict::Incident) override { text += "incident "; }
    void telling(alert::Telling) override { text += "telling "; }
    void mute(alert::Mute) override { text += "mute "; }
    void mutes_listed(base::Instant) override { text += "listed "; }
    void planned_change(verdict::PlannedChange) override { text += "plan "; }
    void bucket(store::BucketRow) override { text += "bucket"; }
    std::string text;
  };
  auto store = samples::open_in_memory();
  auto batch = full_batch(samples::put_token(store, "brand-a"));
  batch.mutes_listed_at = samples::kNoon;
  store.commit(batch);
  store.put_mute(samples::mute());
  Ordered loader;
  store.load(loader, samples::kNoon);
  CHECK(loader.text == "begin token account probe sweep incident telling mute listed plan bucket");
}

TEST_CASE("store: a batch that finds no room leaves nothing, and the next one is committed") {
  auto opened = store::open_database(samples::options(":memory:"), samples::kNoon);
  const auto pages = opened.database.number("PRAGMA page_count");
  opened.database.run("PRAGMA max_page_count = " + std::to_string(pages + 2));
  store::SqliteStore store(std::move(opened), samples::random());
  auto batch = full_batch(samples::put_token(store, "brand-a"));
  batch.bodies[0].bytes = std::string(100'000, 'x');
  CHECK_THROWS_AS(store.commit(batch), store::FullStore);
  CHECK(samples::Loaded(store).probes.empty());
  batch.bodies[0].bytes = "small";
  store.commit(batch);
  CHECK(samples::Loaded(store).probes == batch.probes);
}

TEST_CASE("store: the end of the last process is remembered, and a new database has none to doubt") {
  auto store = samples::open_in_memory();
  CHECK(samples::Loaded(store).ended_in_order);
  store::Batch batch;
  batch.ended_in_order = false;
  store.commit(batch);
  CHECK_FALSE(samples::Loaded(store).ended_in_order);
  store::Batch other;
  other.last_sequence = 1;
  store.commit(other);
  CHECK_FALSE(samples::Loaded(store).ended_in_order);
  batch.ended_in_order = true;
  store.commit(batch);
  CHECK(samples::Loaded(store).ended_in_order);
}

TEST_CASE("store: a load is one state of the database, whatever is written beside it") {
  struct Disturbed final : store::Loader {
    explicit Disturbed(store::Store& other) : other_(other) {}
    void begin(bool, std::uint64_t) override {
      store::Batch batch;
      batch.gauges = {{"written", 1}};
      batch.accounts = {{"acc1", "Brand A", "ACCEPTED", false}};
      other_.commit(batch);
    }
    void token(store::TokenRow) override {}
    void account(store::AccountFacts) override { ++accounts; }
    void probe(verdict::ProbeState) override {}
    void sweep(store::OpenSweep) override {}
    void incident(verdict::Incident) override {}
    void telling(alert::Telling) override {}
    void mute(alert::Mute) override {}
    void mutes_listed(base::Instant) override {}
    void planned_change(verdict::PlannedChange) override {}
    void bucket(store::BucketRow) override {}
    int accounts = 0;

   private:
    store::Store& other_;
  };
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  auto command = samples::open(directory / "store.db", store::Access::kOperator);
  Disturbed first(command);
  store.load(first, samples::kNoon);
  CHECK(first.accounts == 0);
  CHECK(store.accounts().size() == 1);
}
