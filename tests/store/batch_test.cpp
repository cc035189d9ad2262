#include "store/batch.h"

#include <doctest/doctest.h>

TEST_CASE("batch: anything in it makes it worth a commit") {
  const auto with = [](auto add) {
    store::Batch batch;
    add(batch);
    return !batch.empty();
  };
  CHECK(store::Batch().empty());
  CHECK(with([](auto& batch) { batch.tokens.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.probes.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.ended_probes.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.closed_runs.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.changes.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.incidents.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.bodies.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.deliveries.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.attempts.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.buckets.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.accounts.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.grown_runs.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.discovery_steps.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.gauges.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.done_acceptances.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.planned_changes.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.alerts.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.tellings.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.done_acknowledgements.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.done_tests.emplace_back(); }));
  CHECK(with([](auto& batch) { batch.mutes_listed_at.emplace(); }));
  CHECK(with([](auto& batch) { batch.ended_in_order = false; }));
  CHECK(with([](auto& batch) { batch.last_sequence = 1; }));
}
