// Accounts that come and go in the lists of GET accounts.
#include "scenario/world.h"

using namespace scenario;
using Accounts = std::vector<std::string>;

namespace {

std::vector<xads::AdAccount> many(int count) {
  std::vector<xads::AdAccount> accounts;
  for (int account = 0; account < count; ++account)
    accounts.push_back({"acc" + std::to_string(account), "Brand " + std::to_string(account), "ACCEPTED", false});
  return accounts;
}

}  // namespace

TEST_CASE("discovery: accounts are found, named and asked") {
  World world;
  world.discover("agency-dev", many(3));
  world.run_for(1h);
  CHECK(world.changed("account_found") == Accounts{"acc0", "acc1", "acc2"});
  CHECK(world.store().probes().size() == 3);
  CHECK(world.store().accounts().at(1) == store::AccountFacts{"acc1", "Brand 1", "ACCEPTED", false});
  CHECK(world.pages == 1);
  CHECK(world.audits >= 3 * 4);
}

TEST_CASE("discovery: twelve thousand accounts over cursors, with a crash in the middle, are read once") {
  World world;
  world.discover("agency-dev", many(12'000));
  world.crash_after_pages = 5;
  world.run_for(3h);
  CHECK(world.pages == 12);
  CHECK(world.store().probes().size() == 12'000);
  CHECK(world.changed("account_found").size() == 12'000);
  CHECK(world.changed("account_vanished").empty());
}

TEST_CASE("discovery: the list is read at most five times in any quarter of an hour") {
  World world;
  world.discover("agency-dev", many(12'000));
  world.run_for(15min - 1s);
  CHECK(world.pages == 5);
  world.run_for(15min);
  CHECK(world.pages <= 10);
}

TEST_CASE("discovery: an account that leaves the list is looked for by id before it is called vanished, once") {
  World world;
  world.discover("agency-dev", many(3));
  world.run_for(1h);
  world.truth.lists["agency-dev"].erase(world.truth.lists["agency-dev"].begin() + 1);
  world.run_for(24h);
  CHECK(world.changed("account_vanished") == Accounts{"acc1"});
  CHECK(world.store().probes().size() == 3);  // still asked: the pair's own answer says whether access is gone
  CHECK(world.told().empty());
  world.restart();
  world.run_for(24h);
  CHECK(world.changed("account_vanished") == Accounts{"acc1"});
  world.truth.lists["agency-dev"] = many(3);
  world.run_for(24h);
  CHECK(world.changed("account_returned") == Accounts{"acc1"});
}

TEST_CASE("discovery: a deleted account is a change of its own, and is asked no more") {
  World world;
  world.discover("agency-dev", many(3));
  world.watch("brand-a", {"acc1"});
  world.run_for(1h);
  world.truth.lists["agency-dev"][1].deleted = true;
  world.run_for(24h);
  CHECK(world.changed("account_deleted") == Accounts{"acc1"});
  CHECK(world.changed("account_vanished").empty());
  CHECK(world.store().probes().size() == 2);
  world.truth.lists["agency-dev"][1].deleted = false;
  world.run_for(24h);
  CHECK(world.changed("account_returned") == Accounts{"acc1"});
}

TEST_CASE("discovery: a changed approval status is a change of its own") {
  World world;
  world.discover("agency-dev", many(2));
  world.run_for(1h);
  world.truth.lists["agency-dev"][0].approval_status = "REJECTED";
  world.run_for(12h);
  REQUIRE(world.changed("account_status") == Accounts{"acc0"});
  const auto history = world.history();
  CHECK(history.back().change.before == "ACCEPTED");
  CHECK(history.back().change.after == "REJECTED");
}

TEST_CASE("discovery: an outage of the list makes nothing vanish") {
  World world;
  world.discover("agency-dev", many(2'500));
  world.run_for(30min);
  world.truth.lists_down = true;
  world.run_for(24h);
  world.truth.lists_down = false;
  world.run_for(24h);
  CHECK(world.changed("account_vanished").empty());
  CHECK(world.store().probes().size() == 2'500);
}
