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

  base::SeededRandom random{3};
  std::vector<alert::Destination> destinations;
  std::vector<alert::Route> routes;
  Roster roster;
  audit::TokenId token;
};

}  // namespace

TEST_CASE("announcer: one body a channel, one delivery a destination, one id for all") {
  Stage stage;
  Announcer announcer(stage.destinations, stage.routes, stage.random);
  store::Batch batch;
  announcer.announce(stage.revoked(), stage.roster, base::Instant{}, batch);
  CHECK(batch.incidents.size() == 1);
  CHECK(batch.bodies.size() == 2);
  REQUIRE(batch.deliveries.size() == 3);
  for (const auto& delivery : batch.deliveries) {
    CHECK(delivery.alert == batch.bodies[0].alert);
    CHECK(delivery.sequence == 1);
    CHECK(delivery.order_key == stage.token.text());
  }
}

TEST_CASE("announcer: the sequence goes on after a restart, also for an alert that nobody is told of") {
  Stage stage;
  stage.routes.push_back({.match = {.apps = {"another"}}, .to = {"siem"}});
  Announcer announcer(stage.destinations, stage.routes, stage.random);
  announcer.continue_after(41);
  store::Batch batch;
  announcer.announce(stage.revoked(), stage.roster, base::Instant{}, batch);
  CHECK(batch.deliveries.empty());
  CHECK(batch.bodies.empty());
  CHECK(batch.last_sequence == 42);
}
