#include <doctest/doctest.h>

#include "alert/notifier_fixture.h"

using namespace alert;
using namespace alert::samples;

namespace {

Mute mute(base::Instant until, Match match = {}) {
  return {.id = id<MuteId>(9),
          .match = std::move(match),
          .reason = "migration",
          .by = "ada",
          .at = kMorning,
          .until = until,
          .withdrawn = false};
}

}  // namespace

TEST_CASE("reminder: in growing steps, the last one again and again") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .repeat = {1h, 4h}});
  stage.open(1);
  stage.told();
  stage.wait(59min);
  CHECK(stage.told().empty());
  stage.wait(1min);
  CHECK(stage.told() == Told{"ops reminder"});
  stage.wait(3h + 59min);
  CHECK(stage.told().empty());
  stage.wait(1min);
  CHECK(stage.told() == Told{"ops reminder"});
  stage.wait(8h + 1min);
  CHECK(stage.told() == Told{"ops reminder", "ops reminder"});
  CHECK(stage.written.back().bodies.at(0).bytes.find("Reminder 4") != std::string::npos);
}

TEST_CASE("reminder: a change begins the steps anew") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .repeat = {1h, 4h}});
  const auto incident = stage.open(1);
  stage.wait(1h + 30min);
  stage.update(incident);
  stage.told();
  stage.wait(1h + 5s);
  CHECK(stage.told() == Told{"ops reminder"});
}

TEST_CASE("reminder: a restart forgets neither when nor how often") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .repeat = {1h, 4h}});
  stage.open(1);
  stage.wait(1h + 5s);
  stage.restart();
  stage.told();
  stage.wait(3h + 55min);
  CHECK(stage.told().empty());
  stage.wait(6min);
  CHECK(stage.told() == Told{"ops reminder"});
}

TEST_CASE("reminder: an acknowledged incident is not reminded of, its change and its end are told") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .repeat = {1h}});
  const auto incident = stage.open(1);
  stage.told();
  stage.acknowledge(incident);
  stage.wait(5h);
  CHECK(stage.told().empty());
  stage.restart();
  stage.wait(5h);
  CHECK(stage.told().empty());
  stage.update(incident);
  stage.resolve(incident);
  CHECK(stage.told() == Told{"ops updated", "ops resolved"});
}

TEST_CASE("reminder: one that belongs to an app's incident is not reminded of") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .repeat = {1h}});
  const auto incident = stage.open(1);
  stage.told();
  stage.source.incidents.at(stage.keys.at(incident)).part_of = id<verdict::IncidentId>(77);
  stage.wait(5h);
  CHECK(stage.told().empty());
}

TEST_CASE("escalation: others hear of what nobody has acknowledged, once, and of its end") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .escalate = {{30min, {"oncall"}}, {2h, {"siem", "oncall"}}}});
  const auto incident = stage.open(1);
  stage.told();
  stage.wait(30min + 5s);
  CHECK(stage.told() == Told{"oncall opened"});
  CHECK(stage.written.back().bodies.at(0).bytes.find("Nobody has acknowledged it for 30m") != std::string::npos);
  stage.wait(3h);
  CHECK(stage.told() == Told{"siem opened"});
  stage.resolve(incident);
  CHECK(stage.told() == Told{"ops resolved", "oncall resolved", "siem resolved"});
}

TEST_CASE("escalation: an acknowledged incident is not escalated") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .escalate = {{30min, {"oncall"}}}});
  const auto incident = stage.open(1);
  stage.told();
  stage.acknowledge(incident);
  stage.wait(2h);
  CHECK(stage.told().empty());
}

TEST_CASE("escalation: it comes due while nobody runs, and once for all") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"ops"}, .escalate = {{30min, {"oncall"}}}});
  stage.open(1);
  stage.told();
  stage.clock.advance(2h);
  stage.restart();
  stage.wait(10s);
  CHECK(stage.told() == Told{"oncall opened"});
  stage.restart();
  stage.wait(1h);
  CHECK(stage.told().empty());
}

TEST_CASE("mute: what opens meanwhile is told when it ends, what was told before ends as ever") {
  NotifierFixture stage;
  const auto before = stage.open(1);
  stage.told();
  stage.notifier->put_mutes({mute(kMorning + 2h)}, stage.clock.now());
  stage.open(2);
  CHECK(stage.told().empty());
  stage.resolve(before);
  CHECK(stage.told() == Told{"ops resolved", "siem resolved", "oncall resolved"});
  stage.wait(2h + 10s);
  CHECK(stage.told() == Told{"ops notice", "ops opened", "siem opened", "oncall opened"});
}

TEST_CASE("mute: what came and went under it is told to nobody") {
  NotifierFixture stage;
  stage.notifier->put_mutes({mute(kMorning + 2h)}, stage.clock.now());
  stage.resolve(stage.open(1));
  CHECK(stage.tellings.empty());
  stage.wait(3h);
  CHECK(stage.told() == Told{"ops notice"});
}

TEST_CASE("mute: it holds what fits, and nothing else") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}});
  stage.notifier->put_mutes({mute(kMorning + 2h, {.accounts = {"acc1"}})}, stage.clock.now());
  stage.open(1);
  stage.open(2);
  CHECK(stage.told() == Told{"siem opened"});
}

TEST_CASE("mute: taken back, it releases what it held at once") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}});
  Mute one = mute(kMorning + 24h);
  stage.notifier->put_mutes({one}, stage.clock.now());
  stage.open(1);
  stage.wait(5min);
  stage.told();
  one.withdrawn = true;
  stage.notifier->put_mutes({one}, stage.clock.now());
  stage.wait(5s);
  CHECK(stage.told() == Told{"siem opened"});
}

TEST_CASE("mute: what it holds survives a restart") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}});
  stage.notifier->put_mutes({mute(kMorning + 2h)}, stage.clock.now());
  stage.open(1);
  stage.restart();
  stage.notifier->restore(mute(kMorning + 2h), stage.clock.now());
  stage.notifier->restore_mutes_listed(kMorning);
  stage.wait(1h);
  CHECK(stage.told().empty());
  stage.wait(1h + 10s);
  CHECK(stage.told() == Told{"siem opened"});
}

TEST_CASE("mute: reminders are silent under it, and come after it") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}, .repeat = {1h}});
  stage.open(1);
  stage.told();
  stage.notifier->put_mutes({mute(kMorning + 3h)}, stage.clock.now());
  stage.wait(2h + 55min);
  CHECK(stage.told() == Told{"ops notice"});
  stage.wait(15min);
  CHECK(stage.told() == Told{"siem reminder"});
}

TEST_CASE("mute: people are told each day what is in force") {
  NotifierFixture stage;
  stage.notifier->put_mutes({mute(kMorning + 60h)}, stage.clock.now());
  stage.wait(59h);
  CHECK(stage.told() == Told{"ops notice", "ops notice", "ops notice"});
  CHECK(stage.written.back().bodies.at(0).bytes.find("migration") != std::string::npos);
}

TEST_CASE("notifier: a wall clock that jumps neither hurries nor delays a reminder") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}, .repeat = {1h}});
  stage.open(1);
  stage.told();
  stage.clock.step_wall(24h);
  stage.wait(30min);
  CHECK(stage.told().empty());
  stage.clock.step_wall(-48h);
  stage.wait(30min + 5s);
  CHECK(stage.told() == Told{"siem reminder"});
}

TEST_CASE("notifier: a thousand restored incidents with timers are looked at within some ticks") {
  NotifierFixture stage;
  stage.routes.push_back({.to = {"siem"}, .repeat = {1h}});
  for (int number = 1; number <= 1000; ++number) stage.open(number);
  stage.restart();
  stage.told();
  stage.wait(1h + 10s);
  CHECK(stage.told().size() == 1000);
}
