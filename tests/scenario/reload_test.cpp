// Another engine takes the place of the present one, because the settings are others: nobody may notice.

#include <doctest/doctest.h>

#include "scenario/world.h"

using namespace std::chrono_literals;
using scenario::World;
using Told = std::vector<std::string>;

namespace {

void watch_many(World& world, int pairs) {
  for (int number = 0; number < pairs; ++number) {
    const std::string name = "brand-" + std::to_string(number);
    world.watch(name, {"acc" + std::to_string(number)});
  }
}

/// The settings are read again so often, after such a time each.
void reload_often(World& world, int times, base::Duration every) {
  for (int reload = 0; reload < times; ++reload) {
    world.run_for(every);
    world.reload();
  }
}

}  // namespace

TEST_CASE("reload: everybody keeps his turn, however often the settings are read again") {
  World world;
  watch_many(world, 40);
  world.run_for(1h);
  const int before = world.audits;
  for (int reload = 0; reload < 100; ++reload) {
    world.reload();
    world.run_for(27s);
  }
  // 45 minutes are three intervals, each up to a tenth longer; and pairs with an only token are asked a little more.
  const int audits = world.audits - before;
  World calm;
  watch_many(calm, 40);
  calm.run_for(1h);
  const int calm_before = calm.audits;
  calm.run_for(45min);
  CHECK(audits >= calm.audits - calm_before - 20);
  CHECK(audits <= calm.audits - calm_before + 20);
  CHECK(world.told().empty());
}

TEST_CASE("reload: nobody who is overdue waits for another interval") {
  World world;
  watch_many(world, 40);
  world.run_for(1h);
  world.sleep(20min);  // all are overdue
  world.reload();
  const int before = world.audits;
  world.run_for(30s);
  CHECK(world.audits - before >= 40);
}

TEST_CASE("reload: a shorter interval holds at once, and the burst is spread over it") {
  World world;
  watch_many(world, 40);
  world.run_for(1h);
  world.options().intervals.normal = 5min;
  world.reload();
  const int before = world.audits;
  world.run_for(10s);
  CHECK(world.audits - before < 20);
  world.run_for(5min + 30s);
  CHECK(world.audits - before >= 40);
}

TEST_CASE("reload: a firing incident is told once, keeps its reminders, and its end is told") {
  World world;
  world.routes().push_back({.to = {"siem"}, .repeat = {1h, 4h}});
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  reload_often(world, 6, 5min);
  CHECK(world.told() == Told{"role.reduced opened"});
  reload_often(world, 12, 5min);
  CHECK(world.told() == Told{"role.reduced opened", "role.reduced reminder"});
  world.truth.grants[{"brand-a", "aaa"}] = {"AD_MANAGER"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced opened", "role.reduced reminder", "role.reduced resolved"});
}

TEST_CASE("reload: what is being confirmed is confirmed, and not accused") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.watch("brand-b", {"bbb"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-a");
  reload_often(world, 200, 5s);
  CHECK(world.told() == Told{"token.revoked opened"});
}

TEST_CASE("reload: blindness is told in its time, however often the settings are read again") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) { return xads::Unavailable{"http 503", {}}; };
  reload_often(world, 9, 5min);
  CHECK(world.told() == Told{"audit.blind opened"});
}

TEST_CASE("reload: a budget that began empty fills over the reloads, and no window is overspent") {
  World world;
  world.options().budget.allowance.share = 0.01;
  world.options().budget.allowance.reserve = 0;
  world.options().intervals.normal = 1min;
  world.crash();
  watch_many(world, 1);
  world.truth.windows.emplace();
  world.run_for(1h);
  world.crash();
  const int before = world.audits;
  reload_often(world, 30, 1min);
  CHECK(world.audits - before >= 15);
  CHECK(world.audits - before <= 31);
}

TEST_CASE("reload: a suspicion of a moment ago is not called blind a minute later") {
  service::AuditOptions options;
  options.intervals.normal = 1h;
  World world(options);
  world.watch("brand-a", {"aaa"});
  world.run_for(3h);
  world.truth.vaguely_revoked.insert("brand-a");
  world.truth.identity_down = true;
  const auto suspected = [&] { return world.store().probes().at(0).baseline.suspicion.has_value(); };
  for (int step = 0; step < 1000 && !suspected(); ++step) world.run_for(5s);
  REQUIRE(suspected());
  world.reload();
  world.run_for(3min);
  CHECK(suspected());
  CHECK(world.told() == Told{});
}

TEST_CASE("restart: while X is ill, those who were granted before are waited for, and nobody is accused") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.watch("brand-b", {"bbb"});
  world.run_for(1h);
  world.restart();
  world.truth.identity_down = true;
  world.truth.disturb = [](const std::string& token, const std::string&) -> xads::Answer {
    if (token == "brand-a") return xads::Denied{xads::Denial::kTokenInvalid};
    return xads::Unavailable{"http 503", {}};
  };
  world.run_for(1h);
  for (const auto& told : world.told()) CHECK(told == "audit.blind opened");
  world.truth.disturb = nullptr;
  world.run_for(2h);
  CHECK(world.store().incidents({}).empty());
}

TEST_CASE(
    "reload: an app that is refused is one incident, and its end is seen, however often the settings are read again") {
  World world;
  watch_many(world, 20);
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) {
    return xads::Denied{xads::Denial::kUnauthenticated};
  };
  world.truth.identity = xads::IdentityAnswer::kUnauthenticated;
  reload_often(world, 20, 40s);
  CHECK(world.told() == Told{"app.rejected opened"});
  world.truth.disturb = nullptr;
  world.truth.identity.reset();
  reload_often(world, 20, 40s);
  CHECK(world.told() == Told{"app.rejected opened", "app.rejected resolved"});
}

TEST_CASE("reload: many tokens that died are found in their time, however often the settings are read again") {
  World world;
  watch_many(world, 30);
  world.run_for(1h);
  for (int token = 0; token < 30; ++token) world.truth.vaguely_revoked.insert("brand-" + std::to_string(token));
  reload_often(world, 40, 40s);
  CHECK(world.told() == Told(30, "token.revoked opened"));
}

TEST_CASE("reload: a wrong clock is told, and its end, however often the settings are read again") {
  World world;
  watch_many(world, 20);
  world.run_for(1h);
  world.truth.date_offset = -75s;
  reload_often(world, 60, 20s);
  CHECK(world.told() == Told{"audit.clock_skew opened"});
  world.truth.date_offset = 0s;
  reload_often(world, 60, 20s);
  CHECK(world.told() == Told{"audit.clock_skew opened", "audit.clock_skew resolved"});
}

TEST_CASE("reload: a host that has asked for a pause gets it") {
  World world;
  watch_many(world, 20);
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) { return xads::Unavailable{"http 503", 10min}; };
  const int before = world.audits;
  while (world.audits == before) world.run_for(1s);
  const int asked = world.audits;
  world.reload();
  world.run_for(9min);
  CHECK(world.audits == asked);
  world.run_for(2min);
  CHECK(world.audits > asked);
}

TEST_CASE("reload: a window that X says is used up stays closed") {
  World world;
  watch_many(world, 1);
  world.run_for(1h);
  world.truth.windows.emplace();
  world.truth.windows->limit = 0;
  const int before = world.audits;
  while (world.audits == before) world.run_for(1s);
  const int asked = world.audits;
  world.reload();
  world.run_for(14min);
  CHECK(world.audits == asked);
}
