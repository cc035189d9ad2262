#include <algorithm>
#include <set>

#include "scenario/world.h"

using namespace scenario;
using Told = std::vector<std::string>;

namespace {

std::string name_of(int token) { return "brand-" + std::to_string(token); }

/// So many tokens of one app, each on an ad account of its own.
void watch_many(World& world, int tokens) {
  for (int token = 0; token < tokens; ++token) world.watch(name_of(token), {"acc" + std::to_string(token)});
  world.run_for(1h);
  REQUIRE(world.told().empty());
}

/// Every token of the app is refused like this, and the identity host says that.
void refuse_all(World& world, xads::Denial denial, xads::IdentityAnswer identity) {
  world.truth.disturb = [denial](const std::string&, const std::string&) { return xads::Denied{denial}; };
  world.truth.identity = identity;
}
void heal(World& world) {
  world.truth.disturb = nullptr;
  world.truth.identity.reset();
}

verdict::Incident only_incident(World& world) {
  const auto open = world.store().incidents({});
  REQUIRE(open.size() == 1);
  return open[0];
}

}  // namespace

TEST_CASE("app: a fault of the app is one incident, whatever its tokens are told, and no token's") {
  struct Row {
    xads::Denial denial;
    xads::IdentityAnswer identity;
    std::string likely;
  };
  const std::vector<Row> faults{{xads::Denial::kUnauthenticated, xads::IdentityAnswer::kUnauthenticated, "refused"},
                                {xads::Denial::kUnauthenticated, xads::IdentityAnswer::kAppRejected, "suspended"},
                                {xads::Denial::kUnauthenticated, xads::IdentityAnswer::kNoStatement, "regenerated"},
                                {xads::Denial::kAppRejected, xads::IdentityAnswer::kAlive, "refuses the app"}};
  for (const auto& [denial, identity, likely] : faults) {
    CAPTURE(likely);
    World world;
    watch_many(world, 20);
    refuse_all(world, denial, identity);
    world.run_for(10min);
    CHECK(world.told() == Told{"app.rejected opened"});
    const auto incident = only_incident(world);
    CHECK(incident.finding.key.topic == "agency");
    REQUIRE(incident.finding.details.size() == 1);
    CHECK(incident.finding.details[0].find(likely) != std::string::npos);
    CHECK(incident.finding.affected >= 3);
    CHECK_FALSE(incident.finding.grounds.rule.empty());
    CHECK_FALSE(incident.finding.grounds.witnesses.empty());
    world.run_for(6h);
    CHECK(world.told() == Told{"app.rejected opened"});
    heal(world);
    world.run_for(1h);
    CHECK(world.told() == Told{"app.rejected opened", "app.rejected resolved"});
  }
}

TEST_CASE("app: a retired version is one incident of the API") {
  World world;
  watch_many(world, 20);
  refuse_all(world, xads::Denial::kVersionRetired, xads::IdentityAnswer::kAlive);
  world.run_for(6h);
  CHECK(world.told() == Told{"api.version_retired opened"});
  CHECK(only_incident(world).finding.key.topic == "12");
  heal(world);
  world.run_for(1h);
  CHECK(world.told() == Told{"api.version_retired opened", "api.version_retired resolved"});
}

TEST_CASE("app: a real mass revocation ends in a finding for each token, and none for the app") {
  World world;
  watch_many(world, 30);
  for (int token = 0; token < 30; ++token) world.truth.revoked.insert(name_of(token));
  world.run_for(17min);
  CHECK(world.told() == Told(30, "token.revoked opened"));
}

TEST_CASE("app: a real mass revocation is found within a bound even when the identity host is silent") {
  World world;
  watch_many(world, 40);
  world.truth.identity = xads::IdentityAnswer::kNoStatement;
  for (int token = 0; token < 30; ++token) world.truth.revoked.insert(name_of(token));
  world.run_for(32min);
  Told expected(30, "token.revoked opened");
  expected.insert(expected.begin(), "audit.blind opened");  // for some, it takes longer than was promised
  expected.emplace_back("audit.blind resolved");
  CHECK(world.told() == expected);
}

TEST_CASE("app: tokens that died while the app was refused are found when the app is well again") {
  World world;
  watch_many(world, 20);
  refuse_all(world, xads::Denial::kUnauthenticated, xads::IdentityAnswer::kUnauthenticated);
  world.run_for(30min);
  for (int token = 0; token < 5; ++token) world.truth.revoked.insert(name_of(token));
  world.run_for(30min);
  CHECK(world.told() == Told{"app.rejected opened"});
  heal(world);
  world.run_for(1h);
  auto told = world.told();
  std::sort(told.begin(), told.end());
  CHECK(told == Told{"app.rejected opened", "app.rejected resolved", "token.revoked opened", "token.revoked opened",
                     "token.revoked opened", "token.revoked opened", "token.revoked opened"});
}

TEST_CASE("app: a fault that lasts over a crash is told once, and its end once") {
  World world;
  watch_many(world, 20);
  refuse_all(world, xads::Denial::kUnauthenticated, xads::IdentityAnswer::kUnauthenticated);
  world.run_for(10min);
  world.crash();
  world.run_for(1h);
  heal(world);
  world.crash();
  world.run_for(1h);
  CHECK(world.told() == Told{"app.rejected opened", "app.rejected resolved"});
}

TEST_CASE("app: an app with a single token is judged as well") {
  for (const auto denial : {xads::Denial::kUnauthenticated, xads::Denial::kAppRejected}) {
    World world;
    watch_many(world, 1);
    refuse_all(world, denial, xads::IdentityAnswer::kUnauthenticated);
    world.run_for(3h);
    CHECK(world.told() == Told{"app.rejected opened"});
    heal(world);
    world.run_for(1h);
    CHECK(world.told() == Told{"app.rejected opened", "app.rejected resolved"});
  }
}

TEST_CASE("app: one that heals and is refused again and again is open as long as it is refused") {
  World world;
  watch_many(world, 20);
  for (int turn = 0; turn < 4; ++turn) {
    refuse_all(world, xads::Denial::kAppRejected, xads::IdentityAnswer::kAlive);
    world.run_for(5min);
    if (turn == 3) break;
    heal(world);
    world.run_for(5min);
  }
  const auto last = world.told().back();
  CHECK(last == "app.rejected opened");
  world.run_for(3h);
  CHECK(world.told().back() == last);
  CHECK_FALSE(only_incident(world).calm_since);
  heal(world);
  world.run_for(2h);
  CHECK(world.told().back() == "app.rejected resolved");
}

TEST_CASE("app: what was suspected while the app was refused does not count when it is well again") {
  World world;
  watch_many(world, 20);
  refuse_all(world, xads::Denial::kUnauthenticated, xads::IdentityAnswer::kAppRejected);
  world.run_for(1h);
  REQUIRE(world.told() == Told{"app.rejected opened"});
  std::set<std::string> odd;
  world.truth.disturb = [&](const std::string& token, const std::string&) -> std::optional<xads::Answer> {
    if (world.told().size() < 2 || !odd.insert(token).second) return std::nullopt;
    return xads::Denied{xads::Denial::kUnauthenticated};  // one odd answer of each, after the end of the trouble
  };
  world.run_for(1h);
  REQUIRE(odd.size() == 20);
  CHECK(world.told() == Told{"app.rejected opened", "app.rejected resolved"});
}

TEST_CASE("app: a version that is retired while the app is refused hides neither") {
  World world;
  watch_many(world, 20);
  refuse_all(world, xads::Denial::kAppRejected, xads::IdentityAnswer::kAlive);
  world.run_for(1h);
  refuse_all(world, xads::Denial::kVersionRetired, xads::IdentityAnswer::kAlive);
  world.run_for(1h);
  CHECK(world.told() == Told{"app.rejected opened", "api.version_retired opened"});
  heal(world);
  world.run_for(1h);
  CHECK(world.store().incidents({}).empty());
  CHECK(world.told().size() == 4);
}

TEST_CASE("app: a refusal of one of two apps that have little in common ends with its last token") {
  World world;
  world.watch("agency-dev", {"aaa", "bbb"});
  world.watch("studio-dev", {"aaa"}, {"AD_MANAGER"}, "studio");
  world.run_for(1h);
  world.truth.denied_tokens["studio-dev"] = xads::Denial::kAppRejected;
  world.run_for(6h);
  CHECK(world.told() == Told{"app.rejected opened"});
  world.unwatch("studio-dev");
  world.run_for(1h);
  CHECK(world.told() == Told{"app.rejected opened", "app.rejected resolved"});
}

TEST_CASE("app: one whose only living token is granted again is well, whatever its dead ones say") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.watch("brand-b", {"bbb"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-b");
  world.run_for(1h);
  REQUIRE(world.told() == Told{"token.revoked opened"});
  world.truth.denied_tokens["brand-a"] = xads::Denial::kAppRejected;
  world.truth.denied_tokens["brand-b"] = xads::Denial::kAppRejected;
  world.run_for(6h);
  CHECK(world.told().back() == "app.rejected opened");
  world.truth.denied_tokens.clear();
  world.run_for(2h);
  CHECK(world.told().back() == "app.rejected resolved");
}

TEST_CASE("api: the repair of a retired version in the settings ends its incident") {
  World world;
  watch_many(world, 5);
  world.truth.warning = "version 12 will be removed";
  world.run_for(1h);
  refuse_all(world, xads::Denial::kVersionRetired, xads::IdentityAnswer::kAlive);
  world.run_for(1h);
  CHECK(world.told() == Told{"api.sunset opened", "api.version_retired opened"});
  heal(world);
  world.truth.warning.clear();
  world.options().api_version = "13";
  world.restart();
  world.run_for(1h);
  CHECK(world.store().incidents({}).empty());
  world.truth.warning = "version 13 will be removed";
  world.run_for(1h);
  CHECK(only_incident(world).finding.key.topic == "13");
}

TEST_CASE("api: answers that know no version say nothing of its sunset") {
  World world;
  watch_many(world, 5);
  world.truth.warning = "version 12 will be removed on 2027-06-30";
  world.run_for(1h);
  world.truth.warning.clear();
  refuse_all(world, xads::Denial::kUnknown, xads::IdentityAnswer::kNoStatement);
  world.run_for(3h);
  const auto told = world.told();
  CHECK(std::count(told.begin(), told.end(), "api.sunset resolved") == 0);
}

TEST_CASE("app: a control token of another app cannot speak for this one's keys") {
  service::AuditOptions options;
  options.control_token = "studio-dev";
  World world(options);
  world.watch("agency-dev", {"aaa"});
  world.watch("studio-dev", {"bbb"}, {"AD_MANAGER"}, "studio");
  world.run_for(1h);
  world.truth.disturb = [](const std::string& token, const std::string&) -> std::optional<xads::Answer> {
    if (token == "agency-dev") return xads::Denied{xads::Denial::kUnauthenticated};
    return std::nullopt;
  };
  world.truth.identity_down = true;
  world.run_for(3h);
  const auto told = world.told();
  CHECK(std::count(told.begin(), told.end(), "token.revoked opened") == 0);
}

TEST_CASE("clock: a wrong clock is one incident, and accuses nobody") {
  World world;
  watch_many(world, 20);
  world.truth.date_offset = -75s;
  world.run_for(1h);
  CHECK(world.told() == Told{"audit.clock_skew opened"});
  CHECK(only_incident(world).finding.details[0].find("ahead of X's") != std::string::npos);
  world.truth.date_offset = 0s;
  world.run_for(1h);
  CHECK(world.told() == Told{"audit.clock_skew opened", "audit.clock_skew resolved"});
}

TEST_CASE("clock: code 135 is the clock's, within minutes also where there is one token") {
  World world;
  watch_many(world, 1);
  refuse_all(world, xads::Denial::kClockSkewed, xads::IdentityAnswer::kClockSkewed);
  world.run_for(18min);
  CHECK(world.told().front() == "audit.clock_skew opened");
  heal(world);
  world.run_for(1h);
  const auto told = world.told();
  CHECK(std::count(told.begin(), told.end(), "audit.clock_skew resolved") == 1);
  CHECK(world.store().incidents({}).empty());
}

TEST_CASE("clock: a single odd date is no news") {
  World world;
  watch_many(world, 5);
  int answers = 0;
  world.truth.disturb = [&](const std::string&, const std::string&) -> std::optional<xads::Answer> {
    if (++answers % 4 == 0) return xads::Denied{xads::Denial::kClockSkewed};
    return std::nullopt;
  };
  world.run_for(12h);
  CHECK(world.told().empty());
}

TEST_CASE("api: a warning of X is told once, as long as it lasts") {
  World world;
  watch_many(world, 3);
  world.truth.warning = "version 12 will be removed on 2027-06-30";
  world.run_for(6h);
  CHECK(world.told() == Told{"api.sunset opened"});
  CHECK(only_incident(world).finding.details[0].find("2027-06-30") != std::string::npos);
  world.truth.warning.clear();
  world.run_for(6h);
  CHECK(world.told() == Told{"api.sunset opened", "api.sunset resolved"});
}

TEST_CASE("flapping: access that comes and goes is three openings at most") {
  service::AuditOptions options;
  options.intervals.normal = 60s;
  World world(options);
  world.watch("agency-dev", {"aaa", "bbb"});
  world.run_for(1h);
  const auto told_before = world.told().size();
  for (int turn = 0; turn < 20; ++turn) {
    world.truth.grants.erase({"agency-dev", "aaa"});
    world.run_for(5min);
    world.truth.grants[{"agency-dev", "aaa"}] = {"AD_MANAGER"};
    world.run_for(5min);
  }
  CHECK(world.told().size() - told_before == 5);  // opened, resolved, opened, resolved, opened
  CHECK(world.told().back() == "access.removed opened");
  const auto incident = only_incident(world);
  CHECK(incident.flips.size() > 10);
  world.run_for(1h);
  CHECK(world.told().back() == "access.removed resolved");
}

TEST_CASE("flapping: an app that is refused and accepted in turn tells nobody that tokens died") {
  World world;
  watch_many(world, 20);
  for (int turn = 0; turn < 60; ++turn) {
    refuse_all(world, xads::Denial::kUnauthenticated, xads::IdentityAnswer::kUnauthenticated);
    world.run_for(45s);
    heal(world);
    world.run_for(45s);
  }
  for (const auto& told : world.told()) CHECK(told.starts_with("app.rejected"));
}
