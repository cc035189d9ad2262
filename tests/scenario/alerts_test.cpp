#include "scenario/world.h"

// Whom the engine tells, and when, with the real store between one process and the next.

using namespace scenario;
using Told = std::vector<std::string>;
using Kind = alert::DestinationNews::Kind;

namespace {

verdict::IncidentId only_incident(World& world) {
  const auto open = world.store().incidents({});
  REQUIRE(open.size() == 1);
  return open[0].id;
}

alert::DestinationNews news(Kind kind, const std::string& destination = "siem") {
  return {.kind = kind, .destination = destination, .outcome = "http 410", .http_status = 410};
}

alert::Mute mute(World& world, base::Duration span) {
  return {.id = alert::MuteId::make(world.clock.now().utc, world.random),
          .match = {},
          .reason = "migration",
          .by = "ada",
          .at = world.clock.now().utc,
          .until = world.clock.now().utc + span};
}

}  // namespace

TEST_CASE("alerts: reminders go on over crashes and restarts, and end with the incident") {
  World world;
  world.routes().push_back({.to = {"siem"}, .repeat = {1h, 4h}});
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(30min);
  CHECK(world.told() == Told{"role.reduced opened"});
  world.crash();
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced opened", "role.reduced reminder"});
  world.restart(2h);
  world.run_for(3h);
  CHECK(world.told() == Told{"role.reduced opened", "role.reduced reminder", "role.reduced reminder"});
  world.truth.grants[{"brand-a", "aaa"}] = {"AD_MANAGER"};
  world.run_for(12h);
  CHECK(world.told().back() == "role.reduced resolved");
  CHECK(world.told().size() == 4);
}

TEST_CASE("alerts: an acknowledgement ends reminders, is kept with the incident, and survives a crash") {
  World world;
  world.routes().push_back({.to = {"siem"}, .repeat = {1h}});
  world.watch_reduced();
  world.forget();
  const auto incident = only_incident(world);
  CHECK(world.store().request_acknowledgement({incident, {"ada", "on it", world.clock.now().utc}}));
  CHECK_FALSE(world.store().request_acknowledgement({incident, {"bob", "", world.clock.now().utc}}));
  world.listen();
  world.crash();
  world.run_for(6h);
  CHECK(world.told().empty());
  CHECK(world.store().acknowledgements().empty());
  CHECK(world.store().find_incident(incident)->acknowledged->by == "ada");
}

TEST_CASE("alerts: a mute holds back what opens, survives a crash, and what opened before it ends as ever") {
  World world;
  world.watch("brand-b", {"bbb"});
  world.watch_reduced();
  CHECK(world.told() == Told{"role.reduced opened"});
  world.forget();
  world.store().put_mute(mute(world, 6h));
  world.listen();
  world.truth.revoked.insert("brand-b");
  world.run_for(1h);
  world.crash();
  world.run_for(1h);
  CHECK(world.told().empty());
  CHECK(world.store().incidents({}).size() == 2);  // detected all the same
  world.truth.grants[{"brand-a", "aaa"}] = {"AD_MANAGER"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced resolved"});
  world.run_for(4h);
  CHECK(world.told() == Told{"role.reduced resolved", "token.revoked opened"});
}

TEST_CASE("alerts: the end of a mute before its time releases what it held") {
  World world;
  world.watch("brand-b", {"bbb"});
  world.run_for(1h);
  const auto quiet = mute(world, 20h);
  world.store().put_mute(quiet);
  world.listen();
  world.truth.revoked.insert("brand-b");
  world.run_for(1h);
  CHECK(world.told().empty());
  CHECK(world.store().end_mute(quiet.id, world.clock.now().utc));
  world.listen();
  world.run_for(1min);
  CHECK(world.told() == Told{"token.revoked opened"});
}

TEST_CASE("alerts: a broken destination is an incident of its own, told once, and over when it works") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.hear(news(Kind::kWorks, "ops"));
  CHECK(world.told().empty());
  world.hear(news(Kind::kRefusesForGood, "ops"));
  CHECK(world.store().incidents({}).size() == 1);
  world.hear(news(Kind::kGivenUp, "ops"));
  world.hear(news(Kind::kGivenUp, "ops"));
  const auto incident = world.store().incidents({}).at(0);
  CHECK(incident.finding.affected == 2);
  CHECK(incident.finding.grounds.rule == "given_up");
  world.hear(news(Kind::kWorks, "ops"));
  CHECK(world.told() == Told{"destination.broken opened", "destination.broken updated", "destination.broken resolved"});
}

TEST_CASE("alerts: a destination that left the settings is broken no longer") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.hear(news(Kind::kRefusesForGood, "ops"));
  world.restart();
  world.run_for(1min);
  CHECK(world.told() == Told{"destination.broken opened", "destination.broken resolved"});
}

TEST_CASE("alerts: nobody is told by the broken destination itself") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.hear(news(Kind::kRefusesForGood, "siem"));
  CHECK(world.told().empty());
  CHECK(world.store().incidents({}).size() == 1);
}

TEST_CASE("alerts: a test of the operator is sent once, and leaves no incident") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.store().request_test({.id = alert::TestId::make(world.clock.now().utc, world.random),
                              .destination = "siem",
                              .kind = "opened",
                              .at = world.clock.now().utc});
  world.listen();
  world.listen();
  CHECK(world.told() == Told{"role.reduced opened"});
  CHECK(world.store().test_requests().empty());
  CHECK(world.store().incidents({.open_only = false}).empty());
  CHECK(world.store().alerts({}).at(0).record.test);
}

TEST_CASE("alerts: a database that cannot be written is told from memory once, and its end the usual way") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  const auto urgent = world.engine().hear_database("the disk is full", world.clock.now());
  REQUIRE(urgent.size() == 1);
  CHECK(urgent[0].delivery.destination == "siem");
  CHECK(urgent[0].body.find("store.unwritable") != std::string::npos);
  CHECK(world.engine().hear_database("the disk is full", world.clock.now()).empty());
  world.engine().hear_database("", world.clock.now());
  world.run_for(1min);
  CHECK(world.told() == Told{"store.unwritable opened", "store.unwritable resolved"});
  CHECK(world.store().incidents({.open_only = false}).size() == 1);
}
