#include "store/outbox.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using alert::DeliveryState;

store::Batch one_alert(std::uint64_t sequence, const std::vector<std::string>& destinations) {
  store::Batch batch;
  batch.bodies = {samples::body()};
  for (const auto& destination : destinations)
    batch.deliveries.push_back(samples::delivery(batch.bodies[0], sequence, destination));
  return batch;
}

store::Batch one_attempt(const alert::Delivery& delivery, DeliveryState state) {
  store::Batch batch;
  batch.attempts = {samples::attempt(delivery, state)};
  return batch;
}

std::vector<std::uint64_t> sequences(const std::vector<alert::PendingDelivery>& pending) {
  std::vector<std::uint64_t> sequences;
  for (const auto& each : pending) sequences.push_back(each.delivery.sequence);
  return sequences;
}
using Sequences = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("outbox: a pending delivery comes back with the bytes to send") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(41, {"ops", "siem"});
  store.commit(batch);
  const auto pending = store.pending_deliveries("siem", 0, 10);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].delivery == batch.deliveries[1]);
  CHECK(pending[0].body == "{\"type\":\"role.reduced\"}");
  CHECK(store.destinations_with_pending() == std::vector<std::string>{"ops", "siem"});
}

TEST_CASE("outbox: pages come in the order of the sequence, each destination alone") {
  auto store = samples::open_in_memory();
  for (const std::uint64_t sequence : {4, 2, 3, 1}) store.commit(one_alert(sequence, {"ops"}));
  store.commit(one_alert(5, {"siem"}));
  CHECK(sequences(store.pending_deliveries("ops", 0, 3)) == Sequences{1, 2, 3});
  CHECK(sequences(store.pending_deliveries("ops", 3, 3)) == Sequences{4});
  CHECK(store.pending_deliveries("ops", 4, 3).empty());
  CHECK(store.pending_deliveries("nobody", 0, 3).empty());
}

TEST_CASE("outbox: a failed attempt leaves the delivery pending, for later") {
  auto store = samples::open_in_memory();
  auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  auto attempt = one_attempt(batch.deliveries[0], DeliveryState::kPending);
  attempt.attempts[0].delivery.next_attempt_at += std::chrono::seconds(30);
  store.commit(attempt);
  CHECK(store.pending_deliveries("ops", 0, 1).at(0).delivery == attempt.attempts[0].delivery);
}

TEST_CASE("outbox: an attempt is kept with what came of it") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  const auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kPending));
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM delivery_attempts JOIN deliveries ON id = delivery WHERE "
                       "at = 1795435206123 AND http_status = 503 AND outcome = 'http 503' AND took_ms = 212") == 1);
}

TEST_CASE("outbox: delivered and dead deliveries are counted and not pending") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"a", "b", "c", "d"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDelivered));
  store.commit(one_attempt(batch.deliveries[1], DeliveryState::kDead));
  const auto counts = store.delivery_counts();
  CHECK(counts.pending == 2);
  CHECK(counts.delivered == 1);
  CHECK(counts.dead == 1);
  CHECK(store.destinations_with_pending() == std::vector<std::string>{"c", "d"});
}

TEST_CASE("outbox: what has not arrived is counted for each destination that misses something") {
  auto store = samples::open_in_memory();
  CHECK(store.undelivered().empty());
  const auto first = one_alert(1, {"a", "b", "c"});
  const auto second = one_alert(2, {"b", "c"});
  store.commit(first);
  store.commit(second);
  store.commit(one_attempt(first.deliveries[0], DeliveryState::kDelivered));
  store.commit(one_attempt(first.deliveries[1], DeliveryState::kDead));
  const auto undelivered = store.undelivered();
  REQUIRE(undelivered.size() == 2);
  CHECK(undelivered.at("b").pending == 1);
  CHECK(undelivered.at("b").dead == 1);
  CHECK(undelivered.at("c").pending == 2);
  CHECK(undelivered.at("c").dead == 0);
}

TEST_CASE("outbox: a delivered delivery stays delivered") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDelivered));
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kPending));
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDead));
  store::Batch again;
  again.deliveries = batch.deliveries;
  store.commit(again);
  CHECK(store.delivery_counts().delivered == 1);
  CHECK(store.pending_deliveries("ops", 0, 1).empty());
}

TEST_CASE("outbox: a dead letter that is replayed is as good as new, and keeps its bytes and its attempts") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDead));
  const auto later = samples::kNoon + std::chrono::hours(200);
  CHECK(store.replay(batch.deliveries[0].id, later));
  auto expected = batch.deliveries[0];
  expected.created_at = expected.next_attempt_at = later;
  const auto pending = store.pending_deliveries("ops", 0, 1);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].delivery == expected);
  CHECK(pending[0].body == batch.bodies[0].bytes);
  CHECK(store.attempts(expected.id).size() == 1);
}

TEST_CASE("outbox: only a dead delivery is replayed") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops", "siem"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[1], DeliveryState::kDelivered));
  for (const auto& id : {batch.deliveries[0].id, batch.deliveries[1].id, samples::make_id<alert::DeliveryId>()})
    CHECK_FALSE(store.replay(id, samples::kNoon));
  CHECK(store.take_replays().empty());
  CHECK(store.delivery_counts().delivered == 1);
}

TEST_CASE("outbox: a replay waits for the daemon, also over a restart, and is taken up once") {
  const TemporaryDirectory directory;
  const auto late = one_alert(2, {"ops"});
  const auto early = one_alert(1, {"ops"});
  {
    auto command = samples::open(directory / "store.db", store::Access::kOperator);
    for (const auto& batch : {late, early}) {
      command.commit(batch);
      command.commit(one_attempt(batch.deliveries[0], DeliveryState::kDead));
      CHECK(command.replay(batch.deliveries[0].id, samples::kNoon));
    }
  }
  auto store = samples::open(directory / "store.db");
  const auto taken = store.take_replays();
  CHECK(sequences(taken) == Sequences{1, 2});
  CHECK(taken.at(1).body == late.bodies[0].bytes);
  CHECK(store.take_replays().empty());
  CHECK(sequences(store.pending_deliveries("ops", 0, 9)) == Sequences{1, 2});
}

TEST_CASE("outbox: a replay that has gone out before anybody took it up is not given again") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDead));
  store.replay(batch.deliveries[0].id, samples::kNoon);
  store.commit(one_attempt(store.pending_deliveries("ops", 0, 1).at(0).delivery, DeliveryState::kDelivered));
  CHECK(store.take_replays().empty());
  CHECK_FALSE(store.replay(batch.deliveries[0].id, samples::kNoon));
}

TEST_CASE("outbox: a delivery that dies again can be replayed again") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  for (int time = 0; time < 2; ++time) {
    store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDead));
    CHECK(store.replay(batch.deliveries[0].id, samples::kNoon));
  }
  CHECK(sequences(store.take_replays()) == Sequences{1});
}

TEST_CASE("outbox: looking for replays writes nothing") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Database witness(directory / "store.db");
  const auto version = witness.number("PRAGMA data_version");
  store.take_replays();
  CHECK(witness.number("PRAGMA data_version") == version);
}

TEST_CASE("outbox: a destination's own words lie beside those of the channel, and each delivery finds its own") {
  auto store = samples::open_in_memory();
  auto batch = one_alert(1, {"ops", "siem"});
  batch.bodies.push_back({batch.bodies[0].alert, batch.bodies[0].channel, "siem", "own words"});
  batch.deliveries[1].own_words = true;
  batch.deliveries[1].act = alert::Act::kEdit;
  batch.deliveries[1].thread = "inc_1";
  store.commit(batch);
  CHECK(store.pending_deliveries("ops", 0, 1).at(0).body == batch.bodies[0].bytes);
  const auto own = store.pending_deliveries("siem", 0, 1);
  CHECK(own.at(0).body == "own words");
  CHECK(own.at(0).delivery == batch.deliveries[1]);
  CHECK(store.body_of(batch.deliveries[0].id) == batch.bodies[0].bytes);
  CHECK(store.body_of(batch.deliveries[1].id) == "own words");
  CHECK(store.body_of(samples::make_id<alert::DeliveryId>()).empty());
}

TEST_CASE("outbox: words of another destination are no body") {
  auto store = samples::open_in_memory();
  auto batch = one_alert(1, {"ops"});
  batch.bodies[0].destination = "siem";
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
  batch.deliveries[0].own_words = true;
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
  batch.bodies[0].destination = "ops";
  CHECK_NOTHROW(store.commit(batch));
}

TEST_CASE("outbox: what was rendered once is never rendered again") {
  auto store = samples::open_in_memory();
  auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  store::Batch again;
  again.bodies = batch.bodies;
  again.bodies[0].bytes = "other words";
  CHECK_THROWS_AS(store.commit(again), std::runtime_error);
  CHECK(store.body_of(batch.deliveries[0].id) == batch.bodies[0].bytes);
}

TEST_CASE("outbox: the attempts of a delivery come in their order") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops", "siem"});
  store.commit(batch);
  auto failed = one_attempt(batch.deliveries[0], DeliveryState::kPending);
  failed.attempts.push_back(samples::attempt(batch.deliveries[1], DeliveryState::kDead));
  store.commit(failed);
  auto delivered = one_attempt(batch.deliveries[0], DeliveryState::kDelivered);
  delivered.attempts[0].http_status = 200;
  delivered.attempts[0].outcome = "delivered";
  store.commit(delivered);
  const auto attempts = store.attempts(batch.deliveries[0].id);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].delivery.id == batch.deliveries[0].id);
  CHECK(attempts[0].at == samples::kNoon + std::chrono::seconds(6));
  CHECK(attempts[0].http_status == 503);
  CHECK(attempts[0].outcome == "http 503");
  CHECK(attempts[0].took == std::chrono::milliseconds(212));
  CHECK(attempts[1].outcome == "delivered");
  CHECK(store.attempts(samples::make_id<alert::DeliveryId>()).empty());
}

TEST_CASE("outbox: no delivery without its body") {
  auto store = samples::open_in_memory();
  auto batch = one_alert(1, {"ops"});
  batch.bodies.clear();
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
  CHECK(store.destinations_with_pending().empty());
}

TEST_CASE("outbox: the latest sequence is remembered, also of alerts that nobody gets") {
  const TemporaryDirectory directory;
  {
    auto store = samples::open(directory / "store.db");
    CHECK(samples::Loaded(store).last_sequence == 0);
    store.commit(one_alert(41, {"ops"}));
    CHECK(samples::Loaded(store).last_sequence == 41);
    store::Batch unheard;
    unheard.last_sequence = 42;
    store.commit(unheard);
    store.commit(one_alert(40, {"ops"}));
  }
  auto store = samples::open(directory / "store.db");
  CHECK(samples::Loaded(store).last_sequence == 42);
}
