#include "store/telling_table.h"

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using namespace std::chrono_literals;
using Tellings = std::vector<alert::Telling>;

struct Fixture {
  const TemporaryDirectory directory;
  store::SqliteStore store = samples::open(directory / "store.db");
  audit::TokenId token = samples::put_token(store, "brand-a");
  verdict::Incident incident = samples::incident(token, "acc1");

  void commit(const Tellings& tellings) {
    store::Batch batch;
    batch.incidents = {incident};
    batch.tellings = tellings;
    store.commit(batch);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "tellings: what a destination knows of an incident comes back after a restart") {
  auto held_back = samples::telling(incident, "siem");
  held_back.told = false;
  held_back.pending = alert::State::kOpened;
  held_back.reminders = 0;
  const auto told = samples::telling(incident, "ops");
  commit({held_back, told});
  auto again = samples::open(directory / "store.db", store::Access::kOperator);
  CHECK(samples::Loaded(again).tellings == Tellings{told, held_back});
}

TEST_CASE_FIXTURE(Fixture, "tellings: a later state takes the place of the earlier") {
  auto telling = samples::telling(incident, "ops");
  commit({telling});
  telling.pending.reset();
  telling.told_at += 1h;
  telling.reminders = 3;
  commit({telling});
  CHECK(samples::Loaded(store).tellings == Tellings{telling});
}

TEST_CASE_FIXTURE(Fixture, "tellings: one that is over goes away, the others stay") {
  auto telling = samples::telling(incident, "ops");
  const auto other = samples::telling(incident, "siem");
  commit({telling, other});
  telling.over = true;
  commit({telling});
  CHECK(samples::Loaded(store).tellings == Tellings{other});
  commit({telling});  // it may be over twice
  CHECK(samples::Loaded(store).tellings == Tellings{other});
}

TEST_CASE_FIXTURE(Fixture, "tellings: they come by incident, the earliest opened first") {
  auto later = samples::incident(token, "acc2");
  later.opened_at += 1s;
  store::Batch batch;
  batch.incidents = {later, incident};
  batch.tellings = {samples::telling(later, "a"), samples::telling(incident, "b"), samples::telling(incident, "a")};
  store.commit(batch);
  CHECK(samples::Loaded(store).tellings ==
        Tellings{samples::telling(incident, "a"), samples::telling(incident, "b"), samples::telling(later, "a")});
}

TEST_CASE_FIXTURE(Fixture,
                  "tellings: an incident whose end is still owed is loaded however long it is over, with its token") {
  commit({samples::telling(incident, "ops")});
  incident.resolved_at = kNoon + 1h;
  commit({});
  store.remove_token("brand-a", samples::make_id<verdict::ChangeId>(), kNoon);
  const samples::Loaded owed(store, kNoon + 1000h);
  CHECK(owed.incidents == std::vector{incident});
  REQUIRE(owed.tokens.size() == 1);
  CHECK(owed.tokens[0].token.id == token);
  auto over = samples::telling(incident, "ops");
  over.over = true;
  commit({over});
  const samples::Loaded paid(store, kNoon + 1000h);
  CHECK(paid.incidents.empty());
  CHECK(paid.tokens.empty());
}

TEST_CASE_FIXTURE(Fixture, "tellings: no telling without its incident") {
  store::Batch batch;
  batch.tellings = {samples::telling(incident, "ops")};
  CHECK_THROWS_AS(store.commit(batch), std::runtime_error);
  CHECK(samples::Loaded(store).tellings.empty());
}

TEST_CASE_FIXTURE(Fixture, "tellings: an incident whose id was made at another time keeps its whole id") {
  incident.opened_at += 1s;
  commit({samples::telling(incident, "ops")});
  CHECK(samples::Loaded(store).tellings == Tellings{samples::telling(incident, "ops")});
}
