#include "store/thread_table.h"

#include <doctest/doctest.h>

#include "samples.h"

namespace {

using alert::DeliveryState;
using Threads = std::vector<alert::Thread>;

/// An open incident that "bot" was told of, in a thread.
struct Fixture {
  store::SqliteStore store = samples::open_in_memory();
  verdict::Incident incident = samples::incident({}, "acc1");
  std::string thread = incident.id.text();
  Threads known{{"bot", thread, "1795435206.000100"}};
  std::uint64_t sequence = 0;

  Fixture() {
    store::Batch batch;
    batch.incidents = {incident};
    batch.tellings = {samples::telling(incident, "bot")};
    store.commit(batch);
  }

  /// Commits a message of the thread that is still to be sent.
  alert::Delivery send(alert::Act act) {
    store::Batch batch;
    batch.bodies = {samples::body()};
    batch.deliveries = {samples::delivery(batch.bodies[0], ++sequence, "bot")};
    batch.deliveries[0].act = act;
    batch.deliveries[0].thread = thread;
    store.commit(batch);
    return batch.deliveries[0];
  }
  void attempt(const alert::Delivery& delivery, DeliveryState state, const std::string& receipt = "") {
    store::Batch batch;
    batch.attempts = {samples::attempt(delivery, state)};
    batch.attempts[0].receipt = receipt;
    store.commit(batch);
  }
  void end_telling() {
    store::Batch batch;
    batch.tellings = {samples::telling(incident, "bot")};
    batch.tellings[0].over = true;
    store.commit(batch);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "threads: what comes later of an incident is given the receipt of the first message") {
  const auto first = send(alert::Act::kSend);
  const auto reply = send(alert::Act::kReply);
  CHECK(store.pending_deliveries("bot", 0, 2).at(1).receipt.empty());
  attempt(first, DeliveryState::kDelivered, "1795435206.000100");
  CHECK(store.threads() == known);
  const auto pending = store.pending_deliveries("bot", 0, 2);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].delivery == reply);
  CHECK(pending[0].receipt == "1795435206.000100");
}

TEST_CASE_FIXTURE(Fixture, "threads: an attempt without a receipt leaves the one that is known") {
  attempt(send(alert::Act::kSend), DeliveryState::kDelivered, "1795435206.000100");
  attempt(send(alert::Act::kReply), DeliveryState::kPending);
  attempt(send(alert::Act::kEdit), DeliveryState::kDelivered);
  CHECK(store.threads() == known);
}

TEST_CASE_FIXTURE(Fixture, "threads: the receipt goes with the telling") {
  attempt(send(alert::Act::kSend), DeliveryState::kDelivered, "1795435206.000100");
  end_telling();
  CHECK(store.threads().empty());
}

TEST_CASE_FIXTURE(Fixture, "threads: the last message still finds the receipt when the telling is over") {
  attempt(send(alert::Act::kSend), DeliveryState::kDelivered, "1795435206.000100");
  const auto last = send(alert::Act::kReply);
  end_telling();
  CHECK(store.threads() == known);
  attempt(last, DeliveryState::kPending);
  CHECK(store.pending_deliveries("bot", 0, 1).at(0).receipt == "1795435206.000100");
  attempt(last, DeliveryState::kDelivered);
  CHECK(store.threads().empty());
}

TEST_CASE_FIXTURE(Fixture, "threads: a first message that arrives after the end serves the last one, and no longer") {
  const auto first = send(alert::Act::kSend);
  const auto last = send(alert::Act::kReply);
  end_telling();
  attempt(first, DeliveryState::kDelivered, "1795435206.000100");
  CHECK(store.threads() == known);
  attempt(last, DeliveryState::kDead);
  CHECK(store.threads().empty());
}

TEST_CASE_FIXTURE(Fixture, "threads: a message that no telling stands behind leaves no receipt") {
  thread = "a test";
  attempt(send(alert::Act::kSend), DeliveryState::kDelivered, "1795435206.000100");
  CHECK(store.threads().empty());
}

TEST_CASE_FIXTURE(Fixture, "threads: destinations do not share receipts") {
  attempt(send(alert::Act::kSend), DeliveryState::kDelivered, "1795435206.000100");
  store::Batch batch;
  batch.bodies = {samples::body()};
  batch.deliveries = {samples::delivery(batch.bodies[0], 9, "other")};
  batch.deliveries[0].thread = thread;
  store.commit(batch);
  CHECK(store.pending_deliveries("other", 0, 1).at(0).receipt.empty());
}
