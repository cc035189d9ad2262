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
  for (int minutes = 0; minutes < 30; minutes += 5) {
    world.run_for(5min);
    world.reload();
  }
  CHECK(world.told() == Told{"role.reduced opened"});
  for (int minutes = 0; minutes < 60; minutes += 5) {
    world.run_for(5min);
    world.reload();
  }
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
  for (int step = 0; step < 200; ++step) {
    world.run_for(5s);
    world.reload();
  }
  CHECK(world.told() == Told{"token.revoked opened"});
}

TEST_CASE("reload: blindness is told in its time, however often the settings are read again") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) { return xads::Unavailable{"http 503", {}}; };
  for (int minutes = 0; minutes < 45; minutes += 5) {
    world.run_for(5min);
    world.reload();
  }
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
  for (int minutes = 0; minutes < 30; ++minutes) {
    world.run_for(1min);
    world.reload();
  }
  CHECK(world.audits - before >= 15);
  CHECK(world.audits - before <= 31);
}
