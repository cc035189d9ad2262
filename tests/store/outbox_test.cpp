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

TEST_CASE("outbox: a dead letter can be made pending again") {
  auto store = samples::open_in_memory();
  const auto batch = one_alert(1, {"ops"});
  store.commit(batch);
  store.commit(one_attempt(batch.deliveries[0], DeliveryState::kDead));
  store::Batch replay;
  replay.deliveries = batch.deliveries;
  store.commit(replay);
  CHECK(sequences(store.pending_deliveries("ops", 0, 1)) == Sequences{1});
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
