#include "store/alert_table.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using alert::DeliveryState;
using samples::kNoon;
using namespace std::chrono_literals;
using Sequences = std::vector<std::uint64_t>;

/// An alert of this sequence with a delivery in `state` to each destination.
store::Batch one_alert(std::uint64_t sequence, const std::vector<std::string>& destinations,
                       DeliveryState state = DeliveryState::kPending) {
  store::Batch batch;
  batch.bodies = {samples::body()};
  batch.alerts = {samples::record(batch.bodies[0], sequence, {samples::make_id<verdict::IncidentId>()})};
  for (const auto& destination : destinations) {
    batch.deliveries.push_back(samples::delivery(batch.bodies[0], sequence, destination));
    batch.deliveries.back().state = state;
  }
  return batch;
}

Sequences sequences(const std::vector<store::AlertRow>& rows) {
  Sequences sequences;
  for (const auto& row : rows) sequences.push_back(row.record.sequence);
  return sequences;
}

struct Fixture {
  store::SqliteStore store = samples::open_in_memory();

  alert::Record commit(const store::Batch& batch) {
    store.commit(batch);
    return batch.alerts.at(0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "alerts: an alert comes back as it was, with its way to each destination by name") {
  const auto batch = one_alert(41, {"siem", "ops"});
  commit(batch);
  const auto rows = store.alerts({});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].record == batch.alerts[0]);
  REQUIRE(rows[0].deliveries.size() == 2);
  CHECK(rows[0].deliveries[0].delivery == batch.deliveries[1]);
  CHECK(rows[0].deliveries[1].delivery == batch.deliveries[0]);
  CHECK(rows[0].deliveries[0].outcome.empty());
  CHECK(rows[0].deliveries[0].http_status == 0);
  CHECK_FALSE(rows[0].deliveries[0].last_attempt_at);
}

TEST_CASE_FIXTURE(Fixture, "alerts: what is shown of a delivery is its latest attempt") {
  auto batch = one_alert(1, {"ops"});
  batch.attempts = {samples::attempt(batch.deliveries[0], DeliveryState::kPending),
                    samples::attempt(batch.deliveries[0], DeliveryState::kDelivered)};
  batch.attempts[1].at = kNoon + 7s;
  batch.attempts[1].http_status = 200;
  batch.attempts[1].outcome = "delivered";
  commit(batch);
  const auto row = store.alerts({}).at(0).deliveries.at(0);
  CHECK(row.outcome == "delivered");
  CHECK(row.http_status == 200);
  CHECK(row.last_attempt_at == kNoon + 7s);
  CHECK(row.delivery.state == DeliveryState::kDelivered);
}

TEST_CASE_FIXTURE(Fixture, "alerts: a digest keeps all its incidents, a test has none") {
  auto digest = one_alert(1, {});
  digest.alerts[0].kind = "digest";
  for (int more = 0; more < 30; ++more) digest.alerts[0].incidents.push_back(samples::make_id<verdict::IncidentId>());
  digest.alerts[0].incidents.push_back(digest.alerts[0].incidents[0]);
  commit(digest);
  auto test = one_alert(2, {});
  test.alerts[0].test = true;
  test.alerts[0].incidents.clear();
  commit(test);
  auto expected = digest.alerts[0].incidents;
  expected.pop_back();  // one that was told of twice is in it once
  std::ranges::sort(expected);
  const auto rows = store.alerts({});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].record == test.alerts[0]);
  CHECK(rows[1].record.incidents == expected);
}

TEST_CASE_FIXTURE(Fixture, "alerts: the latest come first, page by page") {
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) commit(one_alert(sequence, {"ops"}));
  CHECK(sequences(store.alerts({.limit = 2})) == Sequences{5, 4});
  CHECK(sequences(store.alerts({.before_sequence = 4, .limit = 2})) == Sequences{3, 2});
  CHECK(sequences(store.alerts({.before_sequence = 1})).empty());
}

TEST_CASE_FIXTURE(Fixture, "alerts: one is found by its id") {
  commit(one_alert(1, {"ops"}));
  const auto wanted = commit(one_alert(2, {"ops"}));
  CHECK(sequences(store.alerts({.alert = wanted.id})) == Sequences{2});
  CHECK(store.alerts({.alert = samples::make_id<alert::AlertId>()}).empty());
}

TEST_CASE_FIXTURE(Fixture, "alerts: those of an incident are its own and the digests that hold it") {
  const auto own = commit(one_alert(1, {"ops"}));
  auto digest = one_alert(2, {"ops"});
  digest.alerts[0].incidents.push_back(own.incidents[0]);
  commit(digest);
  commit(one_alert(3, {"ops"}));
  CHECK(sequences(store.alerts({.incident = own.incidents[0]})) == Sequences{2, 1});
  CHECK(store.alerts({.incident = samples::make_id<verdict::IncidentId>()}).empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "alerts: they can be narrowed to a destination, a state of delivery, or both of one delivery") {
  commit(one_alert(1, {"ops"}, DeliveryState::kDelivered));
  commit(one_alert(2, {"siem"}, DeliveryState::kDead));
  auto mixed = one_alert(3, {"ops", "siem"}, DeliveryState::kDead);
  mixed.deliveries[1].state = DeliveryState::kDelivered;
  commit(mixed);
  commit(one_alert(4, {}));
  CHECK(sequences(store.alerts({.destination = "ops"})) == Sequences{3, 1});
  CHECK(sequences(store.alerts({.state = DeliveryState::kDead})) == Sequences{3, 2});
  CHECK(sequences(store.alerts({.state = DeliveryState::kDelivered})) == Sequences{3, 1});
  CHECK(sequences(store.alerts({.state = DeliveryState::kPending})).empty());
  CHECK(sequences(store.alerts({.destination = "ops", .state = DeliveryState::kDead})) == Sequences{3});
  CHECK(sequences(store.alerts({.destination = "ops", .state = DeliveryState::kDelivered})) == Sequences{1});
  CHECK(store.alerts({.destination = "siem", .state = DeliveryState::kDead, .before_sequence = 3}).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "alerts: since a time is from that millisecond on") {
  auto early = one_alert(1, {});
  early.alerts[0].at = kNoon - 1ms;
  commit(early);
  commit(one_alert(2, {}));
  CHECK(sequences(store.alerts({.since = kNoon})) == Sequences{2});
  CHECK(store.alerts({.since = kNoon + 1ms}).empty());
}

TEST_CASE_FIXTURE(Fixture, "alerts: an id or a sequence that is there already is refused, with all that came with it") {
  const auto batch = one_alert(1, {"ops"});
  commit(batch);
  auto same_sequence = one_alert(1, {"siem"});
  CHECK_THROWS_AS(store.commit(same_sequence), std::runtime_error);
  auto same_id = one_alert(2, {"siem"});
  same_id.alerts[0].id = batch.alerts[0].id;
  CHECK_THROWS_AS(store.commit(same_id), std::runtime_error);
  CHECK(store.delivery_counts().pending == 1);
}

TEST_CASE("alerts: the sequence of an alert that nobody gets is remembered") {
  const TemporaryDirectory directory;
  samples::open(directory / "store.db").commit(one_alert(41, {}));
  auto store = samples::open(directory / "store.db");
  CHECK(samples::Loaded(store).last_sequence == 41);
  CHECK(sequences(store.alerts({})) == Sequences{41});
}
