#include "store/incident_table.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "samples.h"
#include "temporary_directory.h"

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
  CHECK(samples::Loaded(store).incidents == std::vector{of_pair, of_token, of_account});
}

TEST_CASE_FIXTURE(Fixture, "incidents: an update changes the details, a resolution ends the incident") {
  auto incident = samples::incident(token, "acc1");
  commit({incident});
  incident.finding.after = {"none"};
  incident.finding.confirmations = 3;
  incident.updated_at = kNoon + std::chrono::minutes(1);
  commit({incident});
  CHECK(samples::Loaded(store).incidents == std::vector{incident});
  incident.resolved_at = kNoon + std::chrono::minutes(2);
  commit({incident});
  CHECK(samples::Loaded(store).incidents.empty());
  CHECK(store.incidents({.open_only = false}) == std::vector{incident});
}

TEST_CASE_FIXTURE(Fixture, "incidents: one problem is open once") {
  CHECK_THROWS_AS(commit({samples::incident(token, "acc1"), samples::incident(token, "acc1")}), std::runtime_error);
  CHECK_THROWS_AS(commit({samples::incident({}, "acc1"), samples::incident({}, "acc1")}), std::runtime_error);
  CHECK(samples::Loaded(store).incidents.empty());
  CHECK_NOTHROW(commit({samples::incident({}, "acc1"), samples::incident(token, "acc1")}));
}

TEST_CASE_FIXTURE(Fixture, "incidents: one that opens and ends in the same batch is over") {
  const auto opened = samples::incident(token, "acc1");
  auto resolved = opened;
  resolved.resolved_at = kNoon + std::chrono::minutes(1);
  commit({opened, resolved});
  CHECK(samples::Loaded(store).incidents.empty());
  CHECK_NOTHROW(commit({samples::incident(token, "acc1")}));
}

TEST_CASE_FIXTURE(Fixture, "incidents: a problem is resolved and opened anew in one batch, in any order") {
  auto old = samples::incident(token, "acc1");
  commit({old});
  old.resolved_at = kNoon;
  const auto anew = samples::incident(token, "acc1");
  commit({anew, old});
  CHECK(samples::Loaded(store).incidents == std::vector{anew});
}

TEST_CASE_FIXTURE(Fixture, "incidents: the latest come first, as many as asked for") {
  auto early = samples::incident(token, "acc1");
  auto late = samples::incident(token, "acc2");
  late.opened_at += std::chrono::hours(1);
  commit({late, early});
  CHECK(store.incidents({.limit = 1}) == std::vector{late});
  CHECK(store.incidents({.limit = 2}) == std::vector{late, early});
}

TEST_CASE_FIXTURE(Fixture, "incidents: all that an incident may have comes back, and goes again") {
  auto incident = samples::full_incident(token, "acc1");
  commit({incident});
  CHECK(samples::Loaded(store).incidents == std::vector{incident});
  CHECK(store.find_incident(incident.id) == incident);
  auto& finding = incident.finding;
  finding.details = finding.examples = finding.grounds.witnesses = {};
  finding.affected = 0;
  finding.severity.reset();
  finding.grounds.rule.clear();
  incident.part_of.reset();
  incident.flips.clear();
  commit({incident});
  CHECK(store.find_incident(incident.id) == incident);
}

TEST_CASE_FIXTURE(Fixture, "incidents: every cause comes back") {
  for (const auto cause : verdict::all_causes()) {
    auto incident = samples::incident(token, "acc1");
    incident.finding.key.cause = cause;
    commit({incident});
    CHECK(store.find_incident(incident.id) == incident);
  }
}

TEST_CASE_FIXTURE(Fixture, "incidents: what tells two of one cause apart may be their topic") {
  auto network = samples::full_incident({}, "");
  auto tls = samples::full_incident({}, "");
  tls.finding.key.topic = "tls";
  commit({network, tls});
  CHECK(samples::Loaded(store).incidents.size() == 2);
  auto again = samples::full_incident({}, "");
  CHECK_THROWS_AS(commit({again}), std::runtime_error);
}

TEST_CASE_FIXTURE(Fixture, "incidents: a daemon is given those that ended lately, and the names of their tokens") {
  auto early = samples::incident(token, "acc1");
  early.resolved_at = kNoon + std::chrono::minutes(1);
  auto late = samples::incident(token, "acc2");
  late.resolved_at = kNoon + std::chrono::minutes(2);
  const auto open = samples::incident({}, "acc3");
  commit({early, late, open});
  store.remove_token("brand-a", samples::make_id<verdict::ChangeId>(), kNoon);
  const samples::Loaded recent(store, kNoon + std::chrono::minutes(2));
  CHECK(recent.incidents.size() == 2);
  CHECK(std::ranges::count(recent.incidents, late) == 1);
  CHECK(recent.tokens.size() == 1);
  CHECK(samples::Loaded(store).incidents == std::vector{open});
  CHECK(samples::Loaded(store).tokens.empty());
}

TEST_CASE_FIXTURE(Fixture, "incidents: they are asked for by cause, token, account and time") {
  auto reduced = samples::incident(token, "acc1");
  auto blind = samples::full_incident({}, "acc1");
  blind.opened_at += std::chrono::hours(1);
  auto over = samples::incident(samples::put_token(store, "brand-b"), "acc2");
  over.opened_at += std::chrono::hours(2);
  over.resolved_at = over.opened_at;
  commit({reduced, blind, over});
  using Incidents = std::vector<verdict::Incident>;
  CHECK(store.incidents({.causes = {"audit.blind"}}) == Incidents{blind});
  CHECK(store.incidents({.causes = {"audit.blind", "role.reduced"}}) == Incidents{blind, reduced});
  CHECK(store.incidents({.causes = {"no.cause"}}).empty());
  CHECK(store.incidents({.token = "brand-a"}) == Incidents{reduced});
  CHECK(store.incidents({.token = "brand-b"}).empty());
  CHECK(store.incidents({.open_only = false, .token = "brand-b"}) == Incidents{over});
  CHECK(store.incidents({.account = "acc1"}) == Incidents{blind, reduced});
  CHECK(store.incidents({.token = "brand-a", .account = "acc2"}).empty());
  CHECK(store.incidents({.since = kNoon + std::chrono::hours(1)}) == Incidents{blind});
  CHECK(store.incidents({.open_only = false, .since = kNoon + std::chrono::hours(1)}) == Incidents{over, blind});
}

TEST_CASE_FIXTURE(Fixture, "incidents: one is found by its id, whenever the id was made") {
  const auto usual = samples::incident(token, "acc1");
  auto other = samples::incident(token, "acc2");
  other.opened_at += std::chrono::milliseconds(1);
  commit({usual, other});
  CHECK(store.find_incident(usual.id) == usual);
  CHECK(store.find_incident(other.id) == other);
  CHECK_FALSE(store.find_incident(samples::make_id<verdict::IncidentId>()));
  CHECK_FALSE(store.find_incident({}));
}

TEST_CASE("incidents: the usual one has no rare parts, and stays small") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Batch batch;
  batch.incidents = {samples::incident({}, "acc1")};
  batch.incidents[0].finding.grounds.rule = "role_differs";
  store.commit(batch);
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM incidents WHERE more IS NULL AND part_of IS NULL AND topic = ''") == 1);
}
