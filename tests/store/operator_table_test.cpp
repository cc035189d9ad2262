#include "store/operator_table.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using State = verdict::PlannedChange::State;
using Plans = std::vector<verdict::PlannedChange>;

verdict::PlannedChange in_state(verdict::PlannedChange plan, State state) {
  plan.state = state;
  return plan;
}

void commit(store::Store& store, const verdict::PlannedChange& plan) {
  store::Batch batch;
  batch.planned_changes = {plan};
  store.commit(batch);
}
void finish(store::Store& store, const verdict::IncidentId& incident) {
  store::Batch batch;
  batch.done_acceptances = {incident};
  store.commit(batch);
}

}  // namespace

TEST_CASE("operator: an announced change comes back, and a daemon is given it") {
  auto store = samples::open_in_memory();
  const auto plan = samples::plan("acc1");
  store.put_planned_change(plan);
  CHECK(store.planned_changes(true) == Plans{plan});
  CHECK(samples::Loaded(store).plans == Plans{plan});
}

TEST_CASE("operator: access taken away is another thing than no permission left") {
  auto store = samples::open_in_memory();
  auto none = samples::plan("acc1");
  none.token.clear();
  none.to.reset();
  auto empty = samples::plan("acc1");
  empty.announced_at -= std::chrono::seconds(1);
  empty.to = xads::Permissions();
  store.put_planned_change(empty);
  store.put_planned_change(none);
  CHECK(store.planned_changes(true) == Plans{none, empty});
}

TEST_CASE("operator: an overdue change is still open, one that is done or withdrawn is over") {
  auto store = samples::open_in_memory();
  const auto plan = samples::plan("acc1");
  store.put_planned_change(plan);
  commit(store, in_state(plan, State::kOverdue));
  CHECK(samples::Loaded(store).plans == Plans{in_state(plan, State::kOverdue)});
  commit(store, in_state(plan, State::kDone));
  CHECK(samples::Loaded(store).plans.empty());
  CHECK(store.planned_changes(true).empty());
  CHECK(store.planned_changes(false) == Plans{in_state(plan, State::kDone)});
}

TEST_CASE("operator: what is withdrawn or done stays so, whatever is written late") {
  for (const auto end : {State::kWithdrawn, State::kDone}) {
    auto store = samples::open_in_memory();
    const auto plan = samples::plan("acc1");
    store.put_planned_change(plan);
    store.put_planned_change(in_state(plan, end));
    for (const auto late : {State::kOpen, State::kOverdue, State::kDone, State::kWithdrawn})
      commit(store, in_state(plan, late));
    CHECK(store.planned_changes(false) == Plans{in_state(plan, end)});
  }
}

TEST_CASE("operator: an acceptance waits for the daemon until a batch takes it away") {
  const TemporaryDirectory directory;
  const auto incident = samples::make_id<verdict::IncidentId>();
  samples::open(directory / "store.db").request_acceptance(samples::acceptance(incident));
  auto store = samples::open(directory / "store.db");
  CHECK(store.acceptances() == std::vector{samples::acceptance(incident)});
  CHECK(store.acceptances() == std::vector{samples::acceptance(incident)});  // reading takes nothing away
  finish(store, samples::make_id<verdict::IncidentId>());
  CHECK(store.acceptances().size() == 1);
  finish(store, incident);
  CHECK(store.acceptances().empty());
}

TEST_CASE("operator: an acceptance stays when the batch that takes it away fails") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  const auto incident = samples::make_id<verdict::IncidentId>();
  store.request_acceptance(samples::acceptance(incident));
  store::Database(directory / "store.db")
      .run("CREATE TRIGGER refuse BEFORE INSERT ON gauges BEGIN SELECT RAISE(FAIL, 'refused'); END");
  store::Batch batch;
  batch.done_acceptances = {incident};
  batch.changes = {samples::change("brand-a", "acc1")};
  batch.gauges = {{"pairs_waiting", 3}};
  CHECK_THROWS(store.commit(batch));
  CHECK(store.acceptances().size() == 1);
  batch.gauges.clear();
  store.commit(batch);
  CHECK(store.acceptances().empty());
}

TEST_CASE("operator: an incident is accepted once, and the first word stays") {
  auto store = samples::open_in_memory();
  const auto first = samples::acceptance(samples::make_id<verdict::IncidentId>());
  auto second = first;
  second.by = "bob";
  CHECK(store.request_acceptance(first));
  CHECK_FALSE(store.request_acceptance(second));
  CHECK(store.acceptances() == std::vector{first});
  finish(store, first.incident);
  CHECK(store.request_acceptance(second));
}

TEST_CASE("operator: several acceptances come in the order in which they were given") {
  auto store = samples::open_in_memory();
  auto late = samples::acceptance(samples::make_id<verdict::IncidentId>());
  late.at += std::chrono::seconds(1);
  const auto early = samples::acceptance(samples::make_id<verdict::IncidentId>());
  store.request_acceptance(late);
  store.request_acceptance(early);
  CHECK(store.acceptances() == std::vector{early, late});
}

TEST_CASE("operator: looking for acceptances writes nothing") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Database witness(directory / "store.db");
  const auto version = witness.number("PRAGMA data_version");
  store.acceptances();
  CHECK(witness.number("PRAGMA data_version") == version);
}

TEST_CASE("operator: an acknowledgement waits for the daemon, and the first word stays") {
  const TemporaryDirectory directory;
  const auto first = samples::acknowledgement(samples::make_id<verdict::IncidentId>());
  auto second = first;
  second.word.by = "bob";
  {
    auto command = samples::open(directory / "store.db", store::Access::kOperator);
    CHECK(command.request_acknowledgement(first));
    CHECK_FALSE(command.request_acknowledgement(second));
  }
  auto store = samples::open(directory / "store.db");
  CHECK(store.acknowledgements() == std::vector{first});
  store::Batch other;
  other.done_acknowledgements = {samples::make_id<verdict::IncidentId>()};
  other.done_acceptances = {first.incident};
  store.commit(other);
  CHECK(store.acknowledgements().size() == 1);
  store::Batch taken;
  taken.done_acknowledgements = {first.incident};
  store.commit(taken);
  CHECK(store.acknowledgements().empty());
  CHECK(store.request_acknowledgement(second));
}

TEST_CASE("operator: several acknowledgements come in the order in which they were given") {
  auto store = samples::open_in_memory();
  auto late = samples::acknowledgement(samples::make_id<verdict::IncidentId>());
  late.word.at += std::chrono::seconds(1);
  const auto early = samples::acknowledgement(samples::make_id<verdict::IncidentId>());
  store.request_acknowledgement(late);
  store.request_acknowledgement(early);
  CHECK(store.acknowledgements() == std::vector{early, late});
}

TEST_CASE("operator: a message to be tried waits for the daemon until a batch takes it away") {
  const TemporaryDirectory directory;
  auto late = samples::test_request();
  late.at += std::chrono::seconds(1);
  const auto early = samples::test_request();
  {
    auto command = samples::open(directory / "store.db", store::Access::kOperator);
    command.request_test(late);
    command.request_test(early);
  }
  auto store = samples::open(directory / "store.db");
  CHECK(store.test_requests() == std::vector{early, late});
  store::Batch taken;
  taken.done_tests = {early.id};
  store.commit(taken);
  CHECK(store.test_requests() == std::vector{late});
}
