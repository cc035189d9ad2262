#include "store/probe_table.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

TEST_CASE("probes: a probe comes back with its run, its suspicion and permissions that we do not know") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  store::Batch batch;
  batch.probes = {samples::probe(token, "acc1"), samples::full_probe(token, "acc2")};
  store.commit(batch);
  const auto probes = store.load().probes;
  REQUIRE(probes.size() == 2);
  const bool in_order = probes[0].probe.account == "acc1";
  CHECK(probes[in_order ? 0 : 1] == batch.probes[0]);
  CHECK(probes[in_order ? 1 : 0] == batch.probes[1]);
}

TEST_CASE("probes: a changed probe replaces what was known of it") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  store.commit(batch);
  auto& state = batch.probes[0];
  state.account_name = "New name";
  state.baseline.run->answer = samples::granted();
  state.baseline.run->count = 14;
  state.baseline.suspicion.reset();
  store.commit(batch);
  CHECK(store.load().probes == batch.probes);
  state.baseline = {};
  store.commit(batch);
  CHECK(store.load().probes == batch.probes);
}

TEST_CASE("probes: an ended probe is not asked any more, whatever is flushed late") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  batch.ended_probes = {batch.probes[0].probe.id};
  store.commit(batch);
  CHECK(store.load().probes.empty());
  batch.ended_probes.clear();
  store.commit(batch);
  CHECK(store.load().probes.empty());
}

TEST_CASE("probes: an account that comes back gets a new probe") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  store::Batch batch;
  batch.probes = {samples::probe(token, "acc1")};
  batch.ended_probes = {batch.probes[0].probe.id};
  store.commit(batch);
  store::Batch again;
  again.probes = {samples::probe(token, "acc1")};
  store.commit(again);
  CHECK(store.load().probes == again.probes);
}

TEST_CASE("probes: two living probes never ask the same question") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  store::Batch batch;
  batch.probes = {samples::probe(token, "acc1"), samples::probe(token, "acc1")};
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
  CHECK(store.load().probes.empty());
}

TEST_CASE("probes: a probe of an unknown token is refused") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::probe(samples::make_id<audit::TokenId>(), "acc1")};
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
}

TEST_CASE("probes: a closed run becomes history") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Batch batch;
  batch.probes = {samples::probe(samples::put_token(store, "brand-a"), "acc1")};
  batch.closed_runs = {{batch.probes[0].probe.id, samples::run()}};
  store.commit(batch);
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM runs WHERE answer = '{\"denial\":\"token_invalid\"}' AND "
                       "since = 1795424400123 AND last_seen = 1795428000123 AND count = 13 AND http_status = 401 AND "
                       "code = '89'") == 1);
}

TEST_CASE("probes: a row that cannot be read makes the store unusable") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  store.commit(batch);
  for (const char* damage :
       {"normal = '{\"denial\":\"token_invalid\"}'", "run_answer = '{'", "suspicion_identity = 'dead'"}) {
    store.commit(batch);
    store::Database(directory / "store.db").run(std::string("UPDATE probes SET ") + damage);
    CHECK_THROWS_AS(store.load(), store::UnusableStore);
  }
}
