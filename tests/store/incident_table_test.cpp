#include "store/incident_table.h"

#include <doctest/doctest.h>

#include "samples.h"

namespace {

using samples::kNoon;

struct Fixture {
  store::SqliteStore store = samples::open_in_memory();
  audit::TokenId token = samples::put_token(store, "brand-a");

  void commit(const std::vector<verdict::Incident>& incidents) {
    store::Batch batch;
    batch.incidents = incidents;
    store.commit(batch);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "incidents: an incident comes back as it was, about a pair, a token or an account") {
  auto of_pair = samples::incident(token, "acc1");
  auto of_token = samples::incident(token, "");
  of_token.opened_at -= std::chrono::seconds(1);
  of_token.finding.key.cause = verdict::Cause::kTokenRevoked;
  of_token.finding.before = {};
  of_token.finding.last_good_at.reset();
  auto of_account = samples::incident({}, "acc1");
  of_account.opened_at -= std::chrono::seconds(2);
  of_account.finding.key.cause = verdict::Cause::kAccountUnavailable;
  commit({of_account, of_pair, of_token});
  CHECK(samples::Loaded(store).open_incidents == std::vector{of_pair, of_token, of_account});
}

TEST_CASE_FIXTURE(Fixture, "incidents: an update changes the details, a resolution ends the incident") {
  auto incident = samples::incident(token, "acc1");
  commit({incident});
  incident.finding.after = {"none"};
  incident.finding.confirmations = 3;
  incident.updated_at = kNoon + std::chrono::minutes(1);
  commit({incident});
  CHECK(samples::Loaded(store).open_incidents == std::vector{incident});
  incident.resolved_at = kNoon + std::chrono::minutes(2);
  commit({incident});
  CHECK(samples::Loaded(store).open_incidents.empty());
  CHECK(store.incidents({.open_only = false}) == std::vector{incident});
}

TEST_CASE_FIXTURE(Fixture, "incidents: one problem is open once") {
  CHECK_THROWS_AS(commit({samples::incident(token, "acc1"), samples::incident(token, "acc1")}), std::runtime_error);
  CHECK_THROWS_AS(commit({samples::incident({}, "acc1"), samples::incident({}, "acc1")}), std::runtime_error);
  CHECK(samples::Loaded(store).open_incidents.empty());
  CHECK_NOTHROW(commit({samples::incident({}, "acc1"), samples::incident(token, "acc1")}));
}

TEST_CASE_FIXTURE(Fixture, "incidents: one that opens and ends in the same batch is over") {
  const auto opened = samples::incident(token, "acc1");
  auto resolved = opened;
  resolved.resolved_at = kNoon + std::chrono::minutes(1);
  commit({opened, resolved});
  CHECK(samples::Loaded(store).open_incidents.empty());
  CHECK_NOTHROW(commit({samples::incident(token, "acc1")}));
}

TEST_CASE_FIXTURE(Fixture, "incidents: a problem is resolved and opened anew in one batch, in any order") {
  auto old = samples::incident(token, "acc1");
  commit({old});
  old.resolved_at = kNoon;
  const auto anew = samples::incident(token, "acc1");
  commit({anew, old});
  CHECK(samples::Loaded(store).open_incidents == std::vector{anew});
}

TEST_CASE_FIXTURE(Fixture, "incidents: the latest come first, as many as asked for") {
  auto early = samples::incident(token, "acc1");
  auto late = samples::incident(token, "acc2");
  late.opened_at += std::chrono::hours(1);
  commit({late, early});
  CHECK(store.incidents({.limit = 1}) == std::vector{late});
  CHECK(store.incidents({.limit = 2}) == std::vector{late, early});
}
