#include "service/announcer.h"

#include <doctest/doctest.h>

using namespace service;

namespace {

struct Stage {
  Stage() {
    for (const auto& name : {"siem", "audit-log"}) {
      destinations.push_back({.name = name, .channel = alert::Channel::kWebhook});
    }
    destinations.push_back({.name = "ops", .channel = alert::Channel::kSlack});
    token = audit::TokenId::make(base::Instant{}, random);
    roster.put_token({.id = token, .name = "brand-a", .app = "agency", .user_id = "77"}, "", "");
  }
  verdict::IncidentStep revoked() {
    verdict::Incident incident{.id = verdict::IncidentId::make(base::Instant{}, random)};
    incident.finding.key = {verdict::Cause::kTokenRevoked, token, ""};
    return {verdict::Step::kOpened, incident};
  }
  Announcer make() { return Announcer({destinations, routes, windows}, random); }

  base::SeededRandom random{3};
  std::vector<alert::Destination> destinations;
  std::vector<alert::Route> routes;
  std::vector<alert::MaintenanceWindow> windows;
  Roster roster;
  audit::TokenId token;
};

}  // namespace

TEST_CASE("announcer: what is told stands in the batch of its reason, with a telling for each destination") {
  Stage stage;
  Announcer announcer = stage.make();
  store::Batch batch;
  announcer.announce(stage.revoked(), stage.roster, {}, batch);
  CHECK(batch.incidents.size() == 1);
  CHECK(batch.alerts.size() == 1);
  CHECK(batch.bodies.size() == 2);
  CHECK(batch.tellings.size() == 3);
  CHECK(batch.last_sequence == 1);
  REQUIRE(batch.deliveries.size() == 3);
  for (const auto& delivery : batch.deliveries) {
    CHECK(delivery.alert == batch.bodies[0].alert);
    CHECK(delivery.order_key == stage.token.text());
  }
}

TEST_CASE("announcer: the sequence goes on after a restart") {
  Stage stage;
  Announcer announcer = stage.make();
  announcer.continue_after(41);
  store::Batch batch;
  announcer.announce(stage.revoked(), stage.roster, {}, batch);
  CHECK(batch.last_sequence == 42);
}

TEST_CASE("announcer: what is only recorded, or explained by another incident, is told to nobody until it ends") {
  Stage stage;
  Announcer announcer = stage.make();
  store::Batch batch;
  auto step = stage.revoked();
  step.step = verdict::Step::kRecorded;
  announcer.announce(step, stage.roster, {}, batch);
  step.step = verdict::Step::kOpened;
  step.incident.part_of = verdict::IncidentId::make(base::Instant{}, stage.random);
  announcer.announce(step, stage.roster, {}, batch);
  CHECK(batch.deliveries.empty());
  CHECK(batch.incidents.size() == 2);
  step.incident.part_of.reset();
  announcer.announce(step, stage.roster, {}, batch);
  step.step = verdict::Step::kResolved;
  step.incident.part_of = verdict::IncidentId::make(base::Instant{}, stage.random);
  step.incident.resolved_at = base::Instant{};
  announcer.announce(step, stage.roster, {}, batch);
  CHECK(batch.alerts.back().kind == "resolved");
}
