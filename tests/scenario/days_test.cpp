#include <algorithm>

#include "scenario/world.h"

using namespace scenario;
using Told = std::vector<std::string>;

TEST_CASE("day: a quiet day tells nobody anything and asks once an interval") {
  World world;
  world.watch("brand-a", {"aaa", "bbb"});
  world.run_for(24h);
  CHECK(world.told().empty());
  CHECK(world.history().size() == 3);        // the token, and two first answers
  CHECK(world.questions > 2 * 86);           // 24 h at 15 min and up to 10 % jitter
  CHECK(world.questions <= 2 * 97 * 5 / 4);  // each account hangs on one token: a quarter may be added
}

TEST_CASE("day: a revoked token is told once, and its recovery once") {
  World world;
  world.watch("brand-a", {"aaa", "bbb", "ccc"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-a");
  world.run_for(1h);
  CHECK(world.told() == Told{"token.revoked opened"});
  world.truth.revoked.clear();
  world.run_for(1h);
  CHECK(world.told() == Told{"token.revoked opened", "token.revoked resolved"});
}

TEST_CASE("day: a vague refusal is told only when the identity host agrees") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) {
    return xads::Denied{xads::Denial::kUnauthenticated};
  };
  world.run_for(6h);
  CHECK(world.told() == Told{"audit.blind opened"});  // two hosts contradict each other
  world.truth.disturb = nullptr;
  world.run_for(1h);
  CHECK(world.told() == Told{"audit.blind opened", "audit.blind resolved"});
  world.forget();
  world.truth.vaguely_revoked.insert("brand-a");
  world.run_for(17min + 1min);
  CHECK(world.told() == Told{"token.revoked opened"});
}

TEST_CASE("day: without the identity host a vague refusal needs another token that is fine") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.identity_down = true;
  world.truth.vaguely_revoked.insert("brand-a");
  world.run_for(6h);
  CHECK(world.told() == Told{"audit.blind opened"});
  world.watch("brand-b", {"bbb"});
  world.run_for(1h);
  CHECK(world.told() == Told{"audit.blind opened", "token.revoked opened", "audit.blind resolved"});
}

TEST_CASE("day: a role that goes down and comes back is told twice") {
  World world;
  world.watch("brand-a", {"aaa", "bbb"});
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced opened"});
  world.truth.grants[{"brand-a", "aaa"}] = {"AD_MANAGER"};
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced opened", "role.reduced resolved"});
}

TEST_CASE("day: a change is told within the detection bound") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"CAMPAIGN_ANALYST"};
  world.run_for(15min + 90s + 20s + 1s);  // interval, jitter, one confirmation
  CHECK(world.told() == Told{"role.reduced opened"});
}

TEST_CASE("day: a role incident stays open while the token is dead") {
  World world;
  world.watch_reduced();
  world.truth.revoked.insert("brand-a");
  world.run_for(1h);
  world.truth.revoked.clear();
  world.run_for(1h);
  CHECK(world.told() == Told{"role.reduced opened", "token.revoked opened", "token.revoked resolved"});
  world.truth.grants[{"brand-a", "aaa"}] = {"AD_MANAGER"};
  world.run_for(1h);
  CHECK(world.told().back() == "role.reduced resolved");
}

TEST_CASE("day: a handle taken off one account is told as removed access") {
  World world;
  world.watch("agency-dev", {"aaa", "bbb"});
  world.run_for(1h);
  world.truth.grants.erase({"agency-dev", "aaa"});
  world.run_for(1h);
  CHECK(world.told() == Told{"access.removed opened"});
  world.truth.grants[{"agency-dev", "aaa"}] = {"AD_MANAGER"};
  world.run_for(1h);
  CHECK(world.told() == Told{"access.removed opened", "access.removed resolved"});
}

TEST_CASE("day: an account that goes away for all its tokens is one incident of the account") {
  World world;
  world.watch("brand-a", {"aaa", "bbb"});
  world.watch("agency-dev", {"aaa", "ccc"});
  world.run_for(1h);
  world.truth.missing_accounts.insert("aaa");
  world.run_for(1h);
  CHECK(world.told() == Told{"account.unavailable opened"});
  world.truth.missing_accounts.clear();
  world.run_for(1h);
  CHECK(world.told() == Told{"account.unavailable opened", "account.unavailable resolved"});
}

TEST_CASE("day: an account that comes back for one of its tokens only is removed access for the other") {
  World world;
  world.watch("brand-a", {"aaa", "bbb"});
  world.watch("agency-dev", {"aaa", "ccc"});
  world.run_for(1h);
  world.truth.missing_accounts.insert("aaa");
  world.run_for(1h);
  world.truth.missing_accounts.clear();
  world.truth.grants.erase({"agency-dev", "aaa"});
  world.run_for(1h);
  CHECK(world.told() == Told{"account.unavailable opened", "account.unavailable resolved", "access.removed opened"});
}

TEST_CASE("day: an account that was never there is told as unavailable") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.truth.grants.erase({"brand-a", "aaa"});
  world.run_for(1h);
  CHECK(world.told() == Told{"account.unavailable opened"});
}

TEST_CASE("day: a day without a statement accuses no token, and is told as blindness, by its reason") {
  using xads::Trouble;
  struct Row {
    xads::Answer answer;
    std::string topic;
  };
  const std::vector<Row> silent{{xads::Unavailable{"deadline", {}, Trouble::kNetwork}, "network"},
                                {xads::Unavailable{"resolve", {}, Trouble::kNameResolution}, "name_resolution"},
                                {xads::Unavailable{"tls", {}, Trouble::kTls}, "tls"},
                                {xads::Unavailable{"http 500", {}, Trouble::kServer}, "x_ill"},
                                {xads::Unavailable{"http 503", 120s, Trouble::kServer}, "x_ill"},
                                {xads::Unavailable{"not json", {}, Trouble::kMiddlebox}, "not_the_api"},
                                {xads::Denied{xads::Denial::kRequestRefused}, "unknown_code"},
                                {xads::Denied{xads::Denial::kUnknown}, "unknown_code"}};
  for (const auto& [answer, topic] : silent) {
    World world;
    world.watch("brand-a", {"aaa", "bbb"});
    world.run_for(1h);
    const auto before = world.history().size();
    world.truth.disturb = [&](const std::string&, const std::string&) { return answer; };
    world.run_for(24h);
    CHECK(world.told() == Told{"audit.blind opened"});
    CHECK(world.store().incidents({})[0].finding.key.topic == topic);
    CHECK(world.store().incidents({})[0].finding.affected == 2);
    world.truth.disturb = nullptr;
    world.run_for(1h);
    CHECK(world.told() == Told{"audit.blind opened", "audit.blind resolved"});
    CHECK(world.history().size() == before);
  }
}

TEST_CASE("day: an outage of a minute is told to nobody") {
  World world;
  world.watch("brand-a", {"aaa", "bbb"});
  world.run_for(1h);
  world.truth.disturb = [&](const std::string&, const std::string&) { return xads::Unavailable{"http 503", {}}; };
  world.run_for(1min);
  world.truth.disturb = nullptr;
  world.run_for(1h);
  CHECK(world.told().empty());
}

TEST_CASE("day: a day of 429 is told as what it is, and says nothing of any token") {
  World world;
  world.watch("brand-a", {"aaa", "bbb"});
  world.run_for(1h);
  world.truth.disturb = [](const std::string&, const std::string&) { return xads::Throttled{}; };
  world.run_for(24h);
  CHECK(world.told() == Told{"audit.throttled opened", "audit.blind opened"});
  world.truth.disturb = nullptr;
  world.run_for(1h);
  CHECK(world.told() ==
        Told{"audit.throttled opened", "audit.blind opened", "audit.throttled resolved", "audit.blind resolved"});
  CHECK(world.history().size() == 3);
}

TEST_CASE("day: an outage in the middle of a confirmation delays the word and does not change it") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.grants[{"brand-a", "aaa"}] = {"ANALYST"};
  bool first = true;
  world.truth.disturb = [&](const std::string&, const std::string&) -> std::optional<xads::Answer> {
    if (std::exchange(first, false)) return std::nullopt;
    return xads::Unavailable{"http 503", {}};
  };
  world.run_for(3h);
  CHECK(world.told() == Told{"audit.blind opened"});
  world.truth.disturb = nullptr;
  world.run_for(20min);
  CHECK(world.told() == Told{"audit.blind opened", "role.reduced opened", "audit.blind resolved"});
}

TEST_CASE("day: a crash at any step forgets nothing and tells nothing twice") {
  for (int crash_after = 0; crash_after < 40; ++crash_after) {
    World world;
    world.watch("brand-a", {"aaa", "bbb"});
    world.watch("brand-b", {"aaa"});
    world.run_for(1h);
    world.truth.vaguely_revoked.insert("brand-a");
    world.run_for(crash_after * 30s);
    world.crash();
    world.run_for(1h);
    CHECK(world.told() == Told{"token.revoked opened"});
    world.truth.vaguely_revoked.clear();
    world.run_for(crash_after * 30s);
    world.crash();
    world.run_for(1h);
    CHECK(world.told() == Told{"token.revoked opened", "token.revoked resolved"});
    CHECK_FALSE(world.store().verify_chain().broken_at);
  }
}

TEST_CASE("day: a token that is removed takes its incidents with it") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-a");
  world.run_for(1h);
  world.unwatch("brand-a");
  CHECK(world.told() == Told{"token.revoked opened", "token.revoked resolved"});
  const int asked = world.questions;
  world.run_for(6h);
  CHECK(world.questions == asked);
}

TEST_CASE("day: every denial of a user has its cause, and a recovery") {
  const std::vector<std::pair<xads::Denial, std::string>> table{
      {xads::Denial::kUserSuspended, "token.user_suspended"},
      {xads::Denial::kUserLocked, "token.user_locked"},
      {xads::Denial::kReauthorizationRequired, "token.reauthorization_required"}};
  for (const auto& [denial, cause] : table) {
    World world;
    world.watch("brand-a", {"aaa", "bbb"});
    world.run_for(1h);
    world.truth.denied_tokens["brand-a"] = denial;
    world.run_for(1h);
    world.truth.denied_tokens.clear();
    world.run_for(1h);
    CHECK(world.told() == Told{cause + " opened", cause + " resolved"});
  }
}

TEST_CASE("day: a thousand pairs stay within a tenth of the token's limit") {
  service::AuditOptions options;
  options.intervals.normal = 60s;
  options.intervals.boost.enabled = false;
  World world(options);
  std::vector<std::string> accounts;
  for (int account = 0; account < 200; ++account) accounts.push_back("acc" + std::to_string(account));
  world.watch("agency-dev", accounts);
  world.run_for(6h);
  CHECK(world.questions <= 200 + 24 * 200 + 30);
  CHECK(world.questions > 24 * 175);
  CHECK(world.told() == Told{"audit.blind opened"});  // once a minute is more than the budget can give
}

TEST_CASE("day: the last token of an unavailable account takes that incident with it") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.truth.grants.clear();
  world.run_for(1h);
  world.unwatch("brand-a");
  CHECK(world.told() == Told{"account.unavailable opened", "account.unavailable resolved"});
}

TEST_CASE("day: a token removed while nobody looked is still named when its incident ends") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-a");
  world.run_for(1h);
  world.unwatch_while_down("brand-a");
  CHECK(world.told() == Told{"token.revoked opened", "token.revoked resolved"});
  CHECK(world.last_body.find(R"("name":"brand-a")") != std::string::npos);
  CHECK(world.last_body.find(R"("state":"resolved")") != std::string::npos);
}

TEST_CASE("day: when the budget is short every pair has its turn") {
  World world;
  std::vector<std::string> accounts;
  for (int account = 0; account < 300; ++account) accounts.push_back("acc" + std::to_string(account));
  world.watch("agency-dev", accounts);
  world.run_for(12h);
  base::Duration oldest{0};
  const auto& roster = world.engine().roster();
  for (const auto pair : roster.pairs_of(*roster.find_token_named("agency-dev")))
    oldest = std::max(oldest, world.clock.now().utc - roster.baseline(pair).run->last_seen);
  CHECK(oldest < 30min);  // 300 pairs at 200 calls a window
}

TEST_CASE("day: an account whose one witness dies is not called unavailable") {
  World world;
  world.watch("brand-a", {"aaa"});
  world.watch("agency-dev", {"aaa"});
  world.run_for(1h);
  world.truth.grants.erase({"agency-dev", "aaa"});
  world.run_for(1h);
  world.truth.revoked.insert("brand-a");
  world.run_for(1h);
  CHECK(world.told() == Told{"access.removed opened", "token.revoked opened"});
}

TEST_CASE("day: a wall clock that jumps back hides no change and invents none") {
  for (const auto step : {-3h, 5h}) {
    World world;
    world.watch("brand-a", {"aaa", "bbb"});
    world.watch("agency-dev", {"aaa"});
    world.run_for(1h);
    world.clock.step_wall(step);
    world.run_for(1h);
    CHECK(world.told().empty());
    world.truth.grants.erase({"agency-dev", "aaa"});
    world.run_for(20min);
    CHECK(world.told() == Told{"access.removed opened"});
  }
}
