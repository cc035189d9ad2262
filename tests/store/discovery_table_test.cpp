#include "store/discovery_table.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::make_id;
using Texts = std::vector<std::string>;

void step(store::Store& store, const audit::TokenId& token, const std::string& cursor, const Texts& seen) {
  store::Batch batch;
  batch.discovery_steps = {{token, cursor, seen}};
  store.commit(batch);
}

}  // namespace

TEST_CASE("discovery: a sweep goes on after a restart where it stopped") {
  const TemporaryDirectory directory;
  audit::TokenId token;
  {
    auto store = samples::open(directory / "store.db");
    token = samples::put_token(store, "brand-a");
    step(store, token, "c-1", {"acc2", "acc1"});
    step(store, token, "c-2", {"acc3", "acc1"});
  }
  auto store = samples::open(directory / "store.db");
  const auto sweeps = samples::Loaded(store).sweeps;
  REQUIRE(sweeps.size() == 1);
  CHECK(sweeps[0].token == token);
  CHECK(sweeps[0].cursor == "c-2");
  CHECK(sweeps[0].seen == Texts{"acc1", "acc2", "acc3"});
}

TEST_CASE("discovery: a complete sweep leaves nothing, and the next one starts afresh") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  const auto token = samples::put_token(store, "brand-a");
  const auto other = samples::put_token(store, "brand-b");
  step(store, token, "c-1", {"acc1"});
  step(store, other, "c-9", {"acc9"});
  step(store, token, "", {"acc2"});
  REQUIRE(samples::Loaded(store).sweeps.size() == 1);
  CHECK(samples::Loaded(store).sweeps[0].token == other);
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM discovery_seen") == 1);
  step(store, token, "c-1", {"acc3"});
  CHECK(samples::Loaded(store).sweeps.at(0).seen == Texts{"acc3"});
}

TEST_CASE("discovery: the sweep of a removed token is forgotten, and a late page of it too") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  step(store, token, "c-1", {"acc1"});
  store.remove_token("brand-a", make_id<verdict::ChangeId>(), samples::kNoon);
  CHECK(samples::Loaded(store).sweeps.empty());
  step(store, token, "c-2", {"acc2"});
  step(store, make_id<audit::TokenId>(), "c-2", {"acc2"});
  CHECK(samples::Loaded(store).sweeps.empty());
}

TEST_CASE("discovery: a request is taken once, by whoever asks first") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  CHECK(store.take_discovery_requests().empty());
  CHECK(store.request_discovery("brand-a"));
  CHECK(store.request_discovery("brand-a"));
  CHECK(store.take_discovery_requests() == std::vector{token});
  CHECK(store.take_discovery_requests().empty());
}

TEST_CASE("discovery: a request reaches the daemon from another process") {
  const TemporaryDirectory directory;
  auto daemon = samples::open(directory / "store.db");
  const auto token = samples::put_token(daemon, "brand-a");
  const auto version = daemon.data_version();
  auto command = samples::open(directory / "store.db", store::Access::kOperator);
  CHECK(command.request_discovery("brand-a"));
  CHECK(daemon.data_version() != version);
  CHECK(daemon.take_discovery_requests() == std::vector{token});
}

TEST_CASE("discovery: it is under way while it is asked for, and while a list is half read") {
  auto store = samples::open_in_memory();
  const auto token = samples::put_token(store, "brand-a");
  CHECK_FALSE(store.discovering(""));
  store.request_discovery("brand-a");
  CHECK(store.discovering("brand-a"));
  CHECK(store.discovering(""));
  CHECK_FALSE(store.discovering("brand-b"));
  store.take_discovery_requests();
  CHECK_FALSE(store.discovering("brand-a"));
  step(store, token, "c-1", {"acc1"});
  CHECK(store.discovering("brand-a"));
  step(store, token, "", {});
  CHECK_FALSE(store.discovering("brand-a"));
}

TEST_CASE("discovery: nothing can be asked of an unknown or a removed token") {
  auto store = samples::open_in_memory();
  CHECK_FALSE(store.request_discovery("brand-a"));
  samples::put_token(store, "brand-a");
  CHECK(store.request_discovery("brand-a"));
  store.remove_token("brand-a", make_id<verdict::ChangeId>(), samples::kNoon);
  CHECK_FALSE(store.request_discovery("brand-a"));
  CHECK(store.take_discovery_requests().empty());
}
