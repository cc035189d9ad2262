#include "alert/notifier.h"

#include <doctest/doctest.h>

#include "alert/notifier_fixture.h"

using namespace alert;
using namespace alert::samples;

TEST_CASE("notifier: without routes everybody hears of what opens, changes and ends, once") {
  NotifierFixture stage;
  const auto incident = stage.open(1);
  CHECK(stage.told() == Told{"ops opened", "siem opened", "oncall opened"});
  stage.update(incident);
  CHECK(stage.told() == Told{"ops updated", "siem updated", "oncall updated"});
  stage.resolve(incident);
  CHECK(stage.told() == Told{"ops resolved", "siem resolved", "oncall resolved"});
  CHECK(stage.tellings.empty());
}

TEST_CASE("notifier: one alert has one id, one number and one body a channel, whoever gets it") {
  NotifierFixture stage;
  stage.open(1);
  const Outgoing& outgoing = stage.written.at(0);
  REQUIRE(outgoing.alerts.size() == 1);
  CHECK(outgoing.bodies.size() == 2);
  REQUIRE(outgoing.deliveries.size() == 3);
  for (const Delivery& delivery : outgoing.deliveries) {
    CHECK(delivery.alert == outgoing.alerts[0].id);
    CHECK(delivery.sequence == 1);
  }
}

TEST_CASE("notifier: the first route that fits decides, unless it continues") {
  NotifierFixture stage;
  stage.routes.push_back(
      {.match = {.severities = {verdict::Severity::kCritical}}, .to = {"oncall"}, .continues = true});
  stage.routes.push_back({.to = {"ops"}});
  stage.routes.push_back({.to = {"siem"}});
  stage.open(1, verdict::Cause::kTokenRevoked);
  CHECK(stage.told() == Told{"oncall opened", "ops opened"});
  stage.open(2);
  CHECK(stage.told() == Told{"ops opened"});
}

TEST_CASE("notifier: the end is told to whoever was told, whatever the routes say by now") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}});
  const auto incident = stage.open(1);
  stage.routes[0].to = {"siem"};
  stage.restart();
  stage.told();
  stage.resolve(incident);
  CHECK(stage.told() == Told{"ops resolved"});
}

TEST_CASE("notifier: who comes later hears of an open incident when it changes, as opened") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}});
  const auto incident = stage.open(1);
  stage.routes[0].to = {"ops", "siem"};
  stage.restart();
  stage.told();
  stage.update(incident);
  CHECK(stage.told() == Told{"ops updated", "siem opened"});
}

TEST_CASE("notifier: nobody is told of an end whose beginning nobody heard") {
  NotifierFixture stage;
  stage.routes.push_back({.match = {.severities = {verdict::Severity::kCritical}}, .to = {"ops"}});
  stage.resolve(stage.open(1));
  CHECK(stage.told().empty());
  CHECK(stage.tellings.empty());
}

TEST_CASE("notifier: a destination is not told that it is broken, the others are") {
  NotifierFixture stage;
  Alert broken = samples::alert(verdict::Cause::kDestinationBroken, State::kOpened);
  broken.incident.finding.key.topic = "siem";
  stage.notifier->take(broken, stage.clock.now());
  const auto deliveries = stage.notifier->take_outgoing().deliveries;
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].destination == "ops");
  CHECK(deliveries[1].destination == "oncall");
}

TEST_CASE("group: what has the app in common is one message after the wait") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 30s});
  stage.open(1);
  stage.open(2);
  stage.open(3, verdict::Cause::kRoleReduced, "studio");
  stage.wait(25s);
  CHECK(stage.told().empty());
  stage.wait(10s);
  CHECK(stage.told() == Told{"ops digest 2", "ops opened"});
}

TEST_CASE("group: what is critical waits for nobody, what follows it waits for the next message") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 30s});
  stage.open(1, verdict::Cause::kTokenRevoked);
  CHECK(stage.told() == Told{"ops opened"});
  stage.open(2, verdict::Cause::kTokenRevoked);
  stage.open(3, verdict::Cause::kTokenRevoked);
  CHECK(stage.told().empty());
  stage.wait(30s);
  CHECK(stage.told() == Told{"ops digest 2"});
}

TEST_CASE("group: an incident that came and went while the group waited is told once, as over") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 30s});
  stage.resolve(stage.open(1));
  stage.wait(35s);
  CHECK(stage.told() == Told{"ops resolved"});
  CHECK(stage.tellings.empty());
}

TEST_CASE("group: what waits in it survives a restart") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 30s});
  stage.open(1);
  stage.resolve(stage.open(2));
  stage.restart();
  stage.wait(40s);
  auto told = stage.told();
  std::sort(told.begin(), told.end());
  CHECK(told == Told{"ops opened", "ops resolved"});
}

TEST_CASE("group: by account and by owner, and alone for want of one") {
  NotifierFixture stage;
  const Alert role = samples::alert(verdict::Cause::kRoleReduced, State::kOpened);
  CHECK(group_of(role, GroupBy::kIncident) == "");
  CHECK(group_of(role, GroupBy::kApp) == "app agency");
  CHECK(group_of(role, GroupBy::kAccount) == "account 18ce54d4x5t");
  CHECK(group_of(role, GroupBy::kOwner) == "owner ads-ops");
  const Alert clock = samples::alert(verdict::Cause::kClockSkew, State::kOpened);
  for (const auto by : {GroupBy::kApp, GroupBy::kAccount, GroupBy::kOwner}) CHECK(group_of(clock, by) == "");
}

TEST_CASE("storm: people get ten messages in a minute, then one digest a minute; programs get each") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops", "siem"}});
  for (int number = 1; number <= 1000; ++number) stage.open(number);
  auto told = stage.told();
  CHECK(std::count(told.begin(), told.end(), "ops opened") == 10);
  CHECK(std::count(told.begin(), told.end(), "siem opened") == 1000);
  stage.wait(60s);
  CHECK(stage.told() == Told{"ops digest 990"});
  for (int number = 1001; number <= 1005; ++number) stage.open(number);
  stage.wait(60s);
  told = stage.told();
  CHECK(std::count(told.begin(), told.end(), "ops digest 5") == 1);
  CHECK(told.size() == 6);
}

TEST_CASE("storm: it is over after a calm minute") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}});
  for (int number = 1; number <= 20; ++number) stage.open(number);
  stage.wait(125s);
  stage.told();
  stage.open(21);
  CHECK(stage.told() == Told{"ops opened"});
}

TEST_CASE("storm: its digest names the gravest first, counts all, and the history has every id") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}});
  for (int number = 1; number <= 60; ++number)
    stage.open(number, number == 50 ? verdict::Cause::kTokenRevoked : verdict::Cause::kRoleReduced);
  stage.wait(60s);
  const Outgoing& outgoing = stage.written.back();
  REQUIRE(outgoing.alerts.size() == 1);
  CHECK(outgoing.alerts[0].incidents.size() == 50);
  const std::string& body = outgoing.bodies.at(0).bytes;
  CHECK(body.find("Access token revoked: brand-50") != std::string::npos);
  CHECK(body.find("30 more") != std::string::npos);
  CHECK(body.find("adsauditd alerts list --alert " + outgoing.alerts[0].id.text()) != std::string::npos);
}

TEST_CASE("storm: the ends are told in it, too, and nobody is owed anything afterwards") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}});
  std::vector<verdict::IncidentId> incidents;
  for (int number = 1; number <= 50; ++number) incidents.push_back(stage.open(number));
  stage.wait(60s);
  stage.told();
  for (const auto& incident : incidents) stage.resolve(incident);
  stage.wait(120s);
  CHECK(stage.told() == Told{"ops digest 50"});
  CHECK(stage.tellings.empty());
}

TEST_CASE("storm: a destination may want more, or each") {
  NotifierFixture stage;
  stage.destinations[0].most_per_minute = 0;
  stage.routes.push_back({.to = {"ops"}});
  for (int number = 1; number <= 50; ++number) stage.open(number);
  CHECK(stage.told().size() == 50);
}

TEST_CASE("notifier: a test goes to its destination alone, says so, and is no incident's") {
  NotifierFixture stage;
  const TestRequest request{.id = id<TestId>(5), .destination = "siem", .kind = "resolved"};
  REQUIRE(stage.notifier->test(request, stage.clock.now()));
  const Outgoing outgoing = stage.notifier->take_outgoing();
  REQUIRE(outgoing.deliveries.size() == 1);
  CHECK(outgoing.deliveries[0].destination == "siem");
  CHECK(outgoing.alerts.at(0).id.bytes() == request.id.bytes());
  CHECK(outgoing.alerts[0].test);
  CHECK(outgoing.alerts[0].incidents.empty());
  CHECK(outgoing.bodies.at(0).bytes.find("[TEST]") != std::string::npos);
  CHECK(outgoing.tellings.empty());
}

TEST_CASE("notifier: a test of what a channel cannot say, or of nobody, is refused") {
  NotifierFixture stage;
  CHECK_FALSE(stage.notifier->test({.destination = "nobody", .kind = "opened"}, stage.clock.now()));
  CHECK_FALSE(stage.notifier->test({.destination = "siem", .kind = "closed"}, stage.clock.now()));
  stage.destinations[2].channel = Channel::kPagerDuty;
  CHECK_FALSE(stage.notifier->test({.destination = "oncall", .kind = "digest"}, stage.clock.now()));
}

TEST_CASE("notifier: what stands is what was told and lasts, and for five minutes what is over") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}});
  const auto first = stage.open(1);
  stage.open(2);
  CHECK(stage.notifier->standing("siem", stage.source, stage.clock.now()).size() == 2);
  CHECK(stage.notifier->standing("ops", stage.source, stage.clock.now()).empty());
  stage.resolve(first);
  const auto standing = stage.notifier->standing("siem", stage.source, stage.clock.now());
  REQUIRE(standing.size() == 2);
  CHECK(standing[1].state == State::kResolved);
  stage.wait(5min);
  CHECK(stage.notifier->standing("siem", stage.source, stage.clock.now()).size() == 1);
}

TEST_CASE("group: what waits in it goes on waiting when another notifier of this process takes over") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 30s});
  stage.open(1);
  stage.open(2);
  stage.wait(20s);
  stage.take_over();
  CHECK(stage.told().empty());
  stage.resolve(stage.open(3));
  stage.wait(5s);
  CHECK(stage.told().empty());
  stage.wait(10s);
  CHECK(stage.told() == Told{"ops digest 3"});
  stage.wait(10min);
  CHECK(stage.told().empty());
}

TEST_CASE("storm: another notifier of this process tells people no more than the first would have") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}});
  for (int number = 0; number < 30; ++number) {
    stage.open(number);
    stage.take_over();
  }
  CHECK(stage.told() == Told(10, "ops opened"));
  stage.wait(70s);
  CHECK(stage.told() == Told{"ops digest 20"});
}

TEST_CASE("group: what waits for a destination that is gone waits no more") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .group_by = GroupBy::kApp, .group_wait = 30s});
  stage.open(1);
  stage.destinations.erase(stage.destinations.begin());
  stage.routes[0].to = {"siem"};
  stage.take_over();
  stage.wait(1min);
  CHECK(stage.told().empty());  // who comes later hears of it when it changes
}
