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
  batch.deliveries = {samples::delivery(batch.bodies[0], 1, "ops")};
  batch.attempts = {samples::attempt(batch.deliveries[0], alert::DeliveryState::kPending)};
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
      "(SELECT count(*) FROM planned_changes) + "
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
  for (const char* table :
       {"probes", "runs", "changes", "incidents", "bodies", "deliveries", "delivery_attempts", "buckets", "meta",
        "accounts", "discoveries", "discovery_seen", "gauges", "planned_changes"}) {
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
    CHECK(rows_left(intruder) == 14);
    CHECK_FALSE(store.verify_chain().broken_at);
  }
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
