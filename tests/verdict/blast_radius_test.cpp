#include "verdict/blast_radius.h"

#include <doctest/doctest.h>

#include <deque>

using namespace verdict;
using audit::TokenKind;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
using Texts = std::vector<std::string>;
using Kind = Target::Kind;

struct World {
  std::deque<audit::Token> tokens;
  std::deque<ProbeState> states;
  std::vector<KnownPair> pairs;
  base::SeededRandom random{1};

  audit::Token& token(const std::string& name, const std::string& app = "agency",
                      TokenKind kind = TokenKind::kDeveloper) {
    return tokens.emplace_back(
        audit::Token{.id = audit::TokenId::make(kNoon, random), .name = name, .app = app, .kind = kind});
  }
  ProbeState& pair(const audit::Token& of, const std::string& account, const Texts& permissions) {
    states.push_back({.probe = {audit::ProbeId::make(kNoon, random), of.id, account}});
    const xads::Granted grant{"77", xads::Permissions::from_texts(permissions)};
    states.back().baseline.run = Run{grant, kNoon, kNoon, 2, {200, ""}};
    pairs.push_back({&of, &states.back()});
    return states.back();
  }
  BlastRadius of(Kind kind, const std::string& name) const { return blast_radius_of(pairs, {kind, name}); }
};

Stop stop_of(const BlastRadius& radius, std::string_view capability) {
  for (const Stop& stop : radius.stops) {
    if (stop.capability == capability) return stop;
  }
  return {};
}

}  // namespace

TEST_CASE_FIXTURE(World, "blast radius: the only live token, administrator and uploader of an account is told") {
  const auto& alone = token("alone");
  pair(alone, "acc", {"ACCOUNT_ADMIN"});
  const auto radius = of(Kind::kToken, "alone");
  CHECK(radius.tokens == Texts{"alone"});
  REQUIRE(radius.accounts.size() == 1);
  CHECK(radius.accounts[0] == AccountLoss{"acc", {"alone"}, 0, true, true, true});
}

TEST_CASE_FIXTURE(World, "blast radius: what another live token can do is not lost") {
  const auto &first = token("first"), &second = token("second");
  pair(first, "acc", {"ACCOUNT_ADMIN"});
  pair(second, "acc", {"AD_MANAGER"});
  CHECK(of(Kind::kToken, "first").accounts[0] == AccountLoss{"acc", {"first"}, 1, false, true, false});
  CHECK(of(Kind::kToken, "second").accounts[0] == AccountLoss{"acc", {"second"}, 1, false, false, false});
}

TEST_CASE_FIXTURE(World, "blast radius: the last uploader may go while other tokens live") {
  const auto &uploader = token("uploader"), &reader = token("reader");
  pair(uploader, "acc", {"AD_MANAGER"});
  pair(reader, "acc", {"CAMPAIGN_ANALYST"});
  CHECK(of(Kind::kToken, "uploader").accounts[0] == AccountLoss{"acc", {"uploader"}, 1, false, false, true});
  CHECK(of(Kind::kToken, "reader").accounts[0] == AccountLoss{"acc", {"reader"}, 1, false, false, false});
}

TEST_CASE_FIXTURE(World, "blast radius: a dead token takes nothing along and stands in for nobody") {
  const auto &live = token("live"), &dead = token("dead"), &fresh = token("fresh");
  pair(live, "acc", {"AD_MANAGER"});
  pair(dead, "acc", {"AD_MANAGER"}).baseline.run->answer = xads::Denied{xads::Denial::kTokenInvalid};
  pair(fresh, "acc", {"AD_MANAGER"}).baseline.run.reset();
  CHECK(of(Kind::kToken, "live").accounts[0].live_token);
  CHECK(of(Kind::kToken, "dead").accounts.empty());
  CHECK(of(Kind::kToken, "dead").tokens.empty());
  CHECK(of(Kind::kToken, "fresh").stops.empty());
}

TEST_CASE_FIXTURE(World, "blast radius: an app takes all its tokens along, and those of other apps stay") {
  const auto &one = token("one"), &two = token("two"), &other = token("other", "partner");
  pair(two, "b", {"AD_MANAGER"});
  pair(one, "b", {"AD_MANAGER"});
  pair(one, "a", {"AD_MANAGER"});
  pair(other, "a", {"AD_MANAGER"});
  const auto radius = of(Kind::kApp, "agency");
  CHECK(radius.tokens == Texts{"one", "two"});
  REQUIRE(radius.accounts.size() == 2);
  CHECK(radius.accounts[0] == AccountLoss{"a", {"one"}, 1, false, false, false});
  CHECK(radius.accounts[1] == AccountLoss{"b", {"one", "two"}, 0, true, false, true});
  CHECK(of(Kind::kApp, "partner").accounts.size() == 1);
}

TEST_CASE_FIXTURE(World, "blast radius: an account takes along all that is done on it, also in the web interface") {
  const auto &one = token("one"), &two = token("two");
  pair(one, "acc", {"ACCOUNT_ADMIN"});
  pair(two, "acc", {"ANALYST"});
  pair(two, "other", {"ANALYST"});
  const auto radius = of(Kind::kAccount, "acc");
  REQUIRE(radius.accounts.size() == 1);
  CHECK(radius.accounts[0] == AccountLoss{"acc", {"one", "two"}, 0, true, true, true});
  CHECK(stop_of(radius, "manage_users").without_other == 1);
  CHECK(stop_of(of(Kind::kToken, "one"), "manage_users").capability.empty());
}

TEST_CASE_FIXTURE(World, "blast radius: what stops is counted by account, with and without somebody else who can") {
  const auto &one = token("one"), &two = token("two");
  pair(one, "a", {"AD_MANAGER"});
  pair(one, "b", {"AD_MANAGER"});
  pair(one, "c", {"ANALYST"});
  pair(two, "a", {"ACCOUNT_ADMIN"});
  const auto radius = of(Kind::kToken, "one");
  CHECK(stop_of(radius, "conversions") == Stop{"conversions", "conversion uploads", Certainty::kDocumented, 2, 1});
  CHECK(stop_of(radius, "manage_campaigns") ==
        Stop{"manage_campaigns", "campaign edits", Certainty::kByRoleName, 2, 1});
  CHECK(stop_of(radius, "account_access") ==
        Stop{"account_access", "access to the ad account", Certainty::kDocumented, 3, 2});
  CHECK(stop_of(radius, "create_posts").capability.empty());
}

TEST_CASE_FIXTURE(World, "blast radius: labels of the tokens that go are counted once a token") {
  auto& one = token("one");
  one.labels = {{"owner", "ads-ops"}, {"client", "Brand A"}};
  auto& two = token("two");
  two.labels = {{"owner", "ads-ops"}};
  pair(one, "a", {"AD_MANAGER"});
  pair(one, "b", {"AD_MANAGER"});
  pair(two, "a", {"AD_MANAGER"});
  const auto labels = of(Kind::kApp, "agency").labels;
  CHECK(labels.at("owner").at("ads-ops") == 2);
  CHECK(labels.at("client").at("Brand A") == 1);
}

TEST_CASE_FIXTURE(World, "blast radius: a name of another kind hits nobody") {
  const auto& one = token("one");
  pair(one, "acc", {"AD_MANAGER"});
  CHECK(of(Kind::kToken, "acc").accounts.empty());
  CHECK(of(Kind::kApp, "one").accounts.empty());
  CHECK(of(Kind::kAccount, "agency").accounts.empty());
  CHECK(to_text(Kind::kApp) == "app");
}
