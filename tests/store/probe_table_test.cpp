#include "store/probe_table.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "samples.h"
#include "temporary_directory.h"

TEST_CASE("probes: a probe comes back with its run, its suspicion and permissions that we do not know") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  store::Batch batch;
  batch.probes = {samples::probe(token, "acc1"), samples::full_probe(token, "acc2")};
  store.commit(batch);
  const auto probes = samples::Loaded(store).probes;
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
  state.baseline.run->answer = samples::granted();
  state.baseline.run->count = 14;
  state.baseline.suspicion.reset();
  store.commit(batch);
  CHECK(samples::Loaded(store).probes == batch.probes);
  state.baseline = {};
  store.commit(batch);
  CHECK(samples::Loaded(store).probes == batch.probes);
}

TEST_CASE("probes: an ended probe is not asked any more, whatever is flushed late") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  batch.ended_probes = {batch.probes[0].probe.id};
  store.commit(batch);
  CHECK(samples::Loaded(store).probes.empty());
  batch.ended_probes.clear();
  store.commit(batch);
  CHECK(samples::Loaded(store).probes.empty());
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
  CHECK(samples::Loaded(store).probes == again.probes);
}

TEST_CASE("probes: two living probes never ask the same question") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  store::Batch batch;
  batch.probes = {samples::probe(token, "acc1"), samples::probe(token, "acc1")};
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
  CHECK(samples::Loaded(store).probes.empty());
}

TEST_CASE("probes: a probe of an unknown token is refused") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::probe(samples::make_id<audit::TokenId>(), "acc1")};
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
}

TEST_CASE("probes: a run that grew keeps all but its end, its count and the last good answer") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  store.commit(batch);
  store::Batch grown;
  grown.grown_runs = {{batch.probes[0].probe.id, samples::kNoon, 14, std::nullopt}};
  store.commit(grown);
  auto& baseline = batch.probes[0].baseline;
  baseline.run->last_seen = samples::kNoon;
  baseline.run->count = 14;
  baseline.last_good_at.reset();
  CHECK(samples::Loaded(store).probes == batch.probes);
  grown.grown_runs[0].last_good_at = baseline.last_good_at = samples::kNoon;
  store.commit(grown);
  CHECK(samples::Loaded(store).probes == batch.probes);
}

TEST_CASE("probes: a run grows after its probe was written, in one batch") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  batch.grown_runs = {{batch.probes[0].probe.id, samples::kNoon, 99, {}}};
  store.commit(batch);
  CHECK(samples::Loaded(store).probes.at(0).baseline.run->count == 99);
}

TEST_CASE("probes: those of one token are given in the order of their ids") {
  auto store = samples::open_in_memory();
  const auto first = samples::put_token(store, "brand-a");
  const auto second = samples::put_token(store, "brand-b");
  store::Batch batch;
  for (const char* account : {"acc1", "acc2", "acc3"})
    for (const auto& token : {first, second}) batch.probes.push_back(samples::full_probe(token, account));
  batch.ended_probes = {batch.probes[0].probe.id};
  store.commit(batch);
  const auto of_first = store.probes(first);
  REQUIRE(of_first.size() == 2);
  CHECK(of_first[0].probe.id < of_first[1].probe.id);
  CHECK(of_first[0].probe.token == first);
  const auto all = store.probes();
  REQUIRE(all.size() == 5);
  CHECK(std::is_sorted(all.begin(), all.end(),
                       [](const auto& left, const auto& right) { return left.probe.id < right.probe.id; }));
  CHECK(store.probes(samples::make_id<audit::TokenId>()).empty());
}

TEST_CASE("probes: of two states of one probe in a batch the later one stays") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  batch.probes.push_back(batch.probes[0]);
  batch.probes[1].baseline.run->count = 77;
  store.commit(batch);
  CHECK(samples::Loaded(store).probes == std::vector{batch.probes[1]});
}

TEST_CASE("probes: a closed run becomes history") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Batch batch;
  batch.probes = {samples::probe(samples::put_token(store, "brand-a"), "acc1")};
  batch.closed_runs = {{batch.probes[0].probe.id, samples::run()}};
  store.commit(batch);
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM runs WHERE answer = 0 AND "
                       "since = 1795424400123 AND lasted_ms = 3600000 AND count = 13 AND http_status = 401 AND "
                       "code = '89'") == 1);
}

TEST_CASE("probes: a row that cannot be read makes the store unusable") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  store.commit(batch);
  for (const char* damage : {"normal = '{\"denial\":\"token_invalid\"}'", "normal = 0", "normal = x''",
                             "normal = x'ff01'", "run_answer = '{'", "run_answer = 99", "run_answer = -1",
                             "suspicion = '{'", "suspicion = '{}'", "suspicion = replace(suspicion, 'alive', 'dead')",
                             "suspicion = replace(suspicion, '\"count\":1', '\"count\":\"x\"')"}) {
    store.commit(batch);
    store::Database(directory / "store.db").run(std::string("UPDATE probes SET ") + damage);
    CHECK_THROWS_AS(samples::Loaded{store}, store::UnusableStore);
  }
}

TEST_CASE("probes: what the operator accepted stays accepted until it is written otherwise") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.probes = {samples::full_probe(samples::put_token(store, "brand-a"), "acc1")};
  store.commit(batch);
  CHECK(samples::Loaded(store).probes.at(0).baseline.accepted);
  CHECK(store.probes().at(0).baseline.accepted);
  batch.probes[0].baseline.accepted = false;
  store.commit(batch);
  CHECK_FALSE(store.probes().at(0).baseline.accepted);
}

TEST_CASE("probes: pairs are paged in the order of their tokens' names and accounts, each once") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  for (const char* name : {"m", "a", "z"}) {
    const auto token = samples::put_token(store, name);
    for (const char* account : {"acc2", "acc3", "acc1"}) batch.probes.push_back(samples::probe(token, account));
  }
  batch.ended_probes = {batch.probes[0].probe.id};
  batch.accounts = {{"acc1", "First", "ACCEPTED", false}};
  store.commit(batch);
  store.remove_token("z", samples::make_id<verdict::ChangeId>(), samples::kNoon);
  std::vector<std::string> seen;
  store::PairQuery query{.limit = 2};
  for (auto page = store.pairs(query); !page.empty(); page = store.pairs(query)) {
    for (const auto& pair : page) seen.push_back(pair.token.name + pair.account.id + pair.account.name);
    query.after = store::PairPlace{page.back().token.name, page.back().account.id};
  }
  CHECK(seen == std::vector<std::string>{"aacc1First", "aacc2", "aacc3", "macc1First", "macc3"});
  CHECK(store.totals().pairs == 5);
  CHECK(store.totals().tokens == 2);
}
