#include <algorithm>

#include "scenario/world.h"

using namespace scenario;
using Told = std::vector<std::string>;

namespace {

verdict::PlannedChange plan_of(World& world, std::vector<std::string> to, base::Duration within) {
  const base::Instant now = world.clock.now().utc;
  return {.id = verdict::PlanId::make(now, world.random),
          .account = "aaa",
          .token = "",
          .to = to.empty() ? std::nullopt : std::optional(xads::Permissions::from_texts(to)),
          .announced_at = now,
          .until = now + within,
          .by = "alice",
          .reason = "handing over"};
}

void announce(World& world, const verdict::PlannedChange& plan) {
  world.store().put_planned_change(plan);
  world.engine().take_operator_words({plan}, {}, world.clock.now());
}
void accept_latest(World& world) {
  const auto open = world.store().incidents({});
  REQUIRE_FALSE(open.empty());
  world.engine().take_operator_words({}, {{open[0].id, "alice", "it is meant so", world.clock.now().utc}},
                                     world.clock.now());
  world.run_for(1s);
}

}  // namespace

TEST_CASE("announced: the change that was announced is quiet, and is the new normal") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  announce(world, plan_of(world, {"CAMPAIGN_ANALYST"}, 4h));
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(6h);
  CHECK(world.told().empty());
  CHECK(world.changed("announced") == Told{"aaa"});
  CHECK(world.store().planned_changes(true).empty());
  world.truth.grants[{"brand-a", "aaa"}] = {"AD_MANAGER"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.escalated opened"});
}

TEST_CASE("announced: another change is loud") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  announce(world, plan_of(world, {"CAMPAIGN_ANALYST"}, 4h));
  world.truth.grants[{"brand-a", "aaa"}] = {"ACCOUNT_ADMIN"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.escalated opened"});
}

TEST_CASE("announced: a change that does not come is loud, and over when it comes at last") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  announce(world, plan_of(world, {"CAMPAIGN_ANALYST"}, 2h));
  world.run_for(3h);
  CHECK(world.told() == Told{"change.overdue opened"});
  world.crash();
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(1h);
  CHECK(world.told() == Told{"change.overdue opened", "change.overdue resolved"});
}

TEST_CASE("announced: access that is taken away as announced is quiet") {
  World world;
  world.watch("agency-dev", {"aaa", "bbb"});
  world.run_for(1h);
  announce(world, plan_of(world, {}, 4h));
  world.truth.grants.erase({"agency-dev", "aaa"});
  world.run_for(6h);
  CHECK(world.told().empty());
  world.crash();
  world.run_for(1h);
  CHECK(world.told().empty());
}

TEST_CASE("accepted: a role that was accepted is the new normal, with who and why in the log") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced opened"});
  accept_latest(world);
  CHECK(world.told() == Told{"role.reduced opened", "role.reduced resolved"});
  CHECK(world.changed("accepted") == Told{"aaa"});
  const auto history = world.history();
  CHECK(history.back().change.grounds.witnesses[0].find("accepted by alice") == 0);
  world.crash();
  world.run_for(6h);
  CHECK(world.told().size() == 2);
  CHECK_FALSE(world.store().verify_chain().broken_at);
}

TEST_CASE("accepted: lost access that was accepted stays quiet, and comes back as a first grant") {
  World world;
  world.watch("agency-dev", {"aaa", "bbb"});
  world.run_for(1h);
  world.truth.grants.erase({"agency-dev", "aaa"});
  world.run_for(1h);
  accept_latest(world);
  CHECK(world.told() == Told{"access.removed opened", "access.removed resolved"});
  world.run_for(6h);
  world.truth.grants[{"agency-dev", "aaa"}] = {"AD_MANAGER"};
  world.run_for(6h);
  CHECK(world.told().size() == 2);
}

TEST_CASE("accepted: what breaks an expectation is quiet until it changes again") {
  service::AuditOptions options;
  verdict::Expectation expectation;
  expectation.name = "expect[0]";
  expectation.forbid = xads::Permissions::from_texts({"ACCOUNT_ADMIN"});
  options.policy.expectations.push_back(expectation);
  World world(options);
  world.watch("brand-a", {"aaa"}, {"ACCOUNT_ADMIN"});
  world.run_for(1h);
  CHECK(world.told() == Told{"policy.violated opened"});  // a first observation that breaks it
  accept_latest(world);
  CHECK(world.told() == Told{"policy.violated opened", "policy.violated resolved"});
  world.crash();
  world.run_for(6h);
  CHECK(world.told().size() == 2);
  world.truth.grants[{"brand-a", "aaa"}] = {"ACCOUNT_ADMIN", "TWEET_COMPOSER"};
  world.run_for(1h);
  const auto told = world.told();
  CHECK(std::count(told.begin(), told.end(), "policy.violated opened") == 2);
}

TEST_CASE("accepted: a dead token cannot be accepted") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-a");
  world.run_for(1h);
  accept_latest(world);
  CHECK(world.told() == Told{"token.revoked opened"});
  CHECK_FALSE(world.engine().take_notices().empty());
}
