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
  batch.bodies = {samples::body()};
  batch.deliveries = {samples::delivery(batch.bodies[0], 1, "ops")};
  batch.attempts = {samples::attempt(batch.deliveries[0], alert::DeliveryState::kPending)};
  batch.buckets = {{"account/acc1/access", 2000, samples::kNoon, samples::kNoon, samples::kNoon}};
  return batch;
}

/// How many rows a batch has left, in all its tables.
std::int64_t rows_left(store::Database& witness) {
  return witness.number(
      "SELECT (SELECT count(*) FROM probes) + (SELECT count(*) FROM runs) + (SELECT count(*) FROM incidents) + "
      "(SELECT count(*) FROM bodies) + (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM delivery_attempts) + "
      "(SELECT count(*) FROM buckets) + (SELECT count(*) FROM meta WHERE name = 'last_sequence')");
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

TEST_CASE("store: buckets come back after a restart, the latest word of each") {
  const TemporaryDirectory directory;
  using samples::kNoon;
  store::Batch batch;
  batch.buckets = {{"account/acc1/access", 2000, kNoon, kNoon + std::chrono::seconds(1), {}}, {"token/t/accounts", 5}};
  {
    auto store = samples::open(directory / "store.db");
    store.commit(batch);
    batch.buckets[0].limit = 1500;
    batch.buckets[0].parked_until = kNoon + std::chrono::minutes(1);
    store.commit(batch);
  }
  CHECK(samples::open(directory / "store.db").load().buckets == batch.buckets);
}

TEST_CASE("store: a batch that fails in any table leaves nothing at all") {
  for (const char* table :
       {"probes", "runs", "changes", "incidents", "bodies", "deliveries", "delivery_attempts", "buckets", "meta"}) {
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
    CHECK(rows_left(intruder) == 8);
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
  CHECK(store.load().probes.empty());
  batch.bodies[0].bytes = "small";
  store.commit(batch);
  CHECK(store.load().probes == batch.probes);
}
