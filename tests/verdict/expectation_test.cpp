#include "verdict/expectation.h"

#include <doctest/doctest.h>

using namespace verdict;
using audit::TokenKind;
using xads::Permissions;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
using Texts = std::vector<std::string>;

const audit::Token kToken{.name = "brand-a",
                          .app = "agency",
                          .kind = TokenKind::kDeveloper,
                          .user_id = "77",
                          .labels = {{"client", "Brand A"}, {"tier", "gold"}}};

Permissions set(const Texts& texts) { return Permissions::from_texts(texts); }

ProbeState granted(const Texts& permissions) {
  base::SeededRandom random(1);
  ProbeState state{.probe = {audit::ProbeId::make(kNoon, random), audit::TokenId::make(kNoon, random), "18ce5a1"}};
  const xads::Granted grant{"77", set(permissions)};
  state.baseline = {.run = Run{grant, kNoon, kNoon, 3, {200, ""}}, .normal = grant, .last_good_at = kNoon};
  return state;
}

std::optional<Finding> violation(const Expectation& expectation, const ProbeState& state) {
  return violation_of(expectation, Capabilities::built_in(), kToken, state);
}
/// Without the last one, which names the expectation.
Texts broken(const Expectation& expectation, const Texts& permissions, TokenKind kind = TokenKind::kDeveloper) {
  return breach_of(expectation, Capabilities::built_in(), kind, {"77", set(permissions)}).details;
}

const Expectation* best(const std::vector<Expectation>& expectations) {
  static Policy policy;
  policy.expectations = expectations;
  return expectation_for(policy, kToken, "18ce5a1");
}
Expectation about(const std::string& name, Pattern match) {
  return {.name = name, .match = std::move(match), .at_least = set({"ANALYST"})};
}

}  // namespace

TEST_CASE("pattern: an empty one fits everything, and all that is given must fit") {
  CHECK(fits({}, kToken, "18ce5a1"));
  CHECK(fits({.accounts = {"other", "18ce*"}, .tokens = {"brand-?"}}, kToken, "18ce5a1"));
  CHECK(fits({.apps = {"agen*"}, .kind = TokenKind::kDeveloper, .labels = {{"client", "Brand *"}}}, kToken, "x"));
  CHECK_FALSE(fits({.accounts = {"18ce"}}, kToken, "18ce5a1"));
  CHECK_FALSE(fits({.tokens = {"brand-b"}}, kToken, "18ce5a1"));
  CHECK_FALSE(fits({.apps = {"other"}}, kToken, "18ce5a1"));
  CHECK_FALSE(fits({.kind = TokenKind::kAdvertiser}, kToken, "18ce5a1"));
  CHECK_FALSE(fits({.labels = {{"client", "Brand B"}}}, kToken, "18ce5a1"));
  CHECK_FALSE(fits({.labels = {{"owner", "*"}}}, kToken, "18ce5a1"));
  CHECK_FALSE(fits({.accounts = {"18ce5a1"}, .tokens = {"brand-b"}}, kToken, "18ce5a1"));
}

TEST_CASE("specificity: from the whole account down to nothing at all") {
  // The most specific last.
  const std::vector<Pattern> ladder{{},
                                    {.apps = {"agency"}},
                                    {.kind = TokenKind::kDeveloper},
                                    {.labels = {{"client", "Brand A"}}},
                                    {.labels = {{"client", "Brand A"}, {"tier", "gold"}}},
                                    {.tokens = {"brand-*"}},
                                    {.accounts = {"18ce*"}},
                                    {.accounts = {"18ce*"}, .tokens = {"brand-*"}},
                                    {.tokens = {"brand-a"}},
                                    {.accounts = {"18ce*"}, .tokens = {"brand-a"}},
                                    {.accounts = {"18ce5a1"}},
                                    {.accounts = {"18ce5a1"}, .apps = {"agency"}},
                                    {.accounts = {"18ce5a1"}, .tokens = {"brand-*"}},
                                    {.accounts = {"18ce5a1"}, .tokens = {"brand-a"}}};
  for (std::size_t less = 0; less + 1 < ladder.size(); ++less) {
    for (std::size_t more = less + 1; more < ladder.size(); ++more) {
      CAPTURE(less);
      CAPTURE(more);
      CHECK(best({about("less", ladder[less]), about("more", ladder[more])})->name == "more");
      CHECK(best({about("more", ladder[more]), about("less", ladder[less])})->name == "more");
    }
  }
}

TEST_CASE("specificity: of equal ones the first, and a lone star is as good as nothing") {
  CHECK(best({about("first", {.tokens = {"brand-*"}}), about("second", {.tokens = {"*-a"}})})->name == "first");
  CHECK(best({about("nothing", {}), about("star", {.accounts = {"*"}, .tokens = {"*"}, .apps = {"*"}})})->name ==
        "nothing");
  CHECK(best({about("labels", {.labels = {{"tier", "gold"}}}), about("star", {.accounts = {"*"}})})->name == "labels");
}

TEST_CASE("expectation_for: what does not fit and what is about accounts alone are passed over") {
  CHECK(best({}) == nullptr);
  CHECK(best({about("other", {.accounts = {"other"}})}) == nullptr);
  CHECK(best({{.name = "account", .match = {.accounts = {"18ce5a1"}}, .min_admins = 1}}) == nullptr);
  CHECK(best({{.name = "account", .match = {.accounts = {"18ce5a1"}}, .min_admins = 1}, about("pair", {})})->name ==
        "pair");
}

TEST_CASE("expectations_for: all that fit, the most specific first, those about accounts among them") {
  const Policy policy{.expectations = {about("all", {}),
                                       {.name = "account", .match = {.accounts = {"18ce5a1"}}, .min_admins = 1},
                                       about("other", {.tokens = {"brand-b"}}),
                                       about("token", {.tokens = {"brand-a"}})}};
  Texts names;
  for (const Expectation* expectation : expectations_for(policy, kToken, "18ce5a1")) names.push_back(expectation->name);
  CHECK(names == Texts{"account", "token", "all"});
}

TEST_CASE("expectation_for_account: each number has the most specific expectation that states it") {
  const Policy policy{
      .expectations = {{.name = "all", .min_live_tokens = 1, .min_admins = 1},
                       {.name = "one", .match = {.accounts = {"18ce5a1"}}, .min_live_tokens = 2},
                       {.name = "some", .match = {.accounts = {"18ce*"}}, .min_live_tokens = 3, .min_admins = 2}}};
  CHECK(expectation_for_account(policy, "18ce5a1", &Expectation::min_live_tokens)->name == "one");
  CHECK(expectation_for_account(policy, "18ce5a1", &Expectation::min_admins)->name == "some");
  CHECK(expectation_for_account(policy, "18ce5a2", &Expectation::min_live_tokens)->name == "some");
  CHECK(expectation_for_account(policy, "abc", &Expectation::min_live_tokens)->name == "all");
  CHECK(expectation_for_account({}, "abc", &Expectation::min_live_tokens) == nullptr);
}

TEST_CASE("at least: what is missing is named, and a wider role holds a narrower one") {
  const Expectation manager{.at_least = set({"AD_MANAGER", "TWEET_COMPOSER"})};
  CHECK(broken(manager, {"AD_MANAGER", "TWEET_COMPOSER"}).empty());
  CHECK(broken(manager, {"ACCOUNT_ADMIN", "TWEET_COMPOSER"}).empty());
  CHECK(broken(manager, {"CAMPAIGN_ANALYST"}) == Texts{"lacks AD_MANAGER, TWEET_COMPOSER"});
  CHECK(broken(manager, {"AD_MANAGER"}) == Texts{"lacks TWEET_COMPOSER"});
}

TEST_CASE("holds: which role includes which, by X's text") {
  using xads::Permission;
  CHECK(holds(set({"ACCOUNT_ADMIN"}), Permission::kAdManager));
  CHECK(holds(set({"ACCOUNT_ADMIN"}), Permission::kCreativeManager));
  CHECK(holds(set({"ACCOUNT_ADMIN"}), Permission::kCampaignAnalyst));
  CHECK(holds(set({"AD_MANAGER"}), Permission::kCreativeManager));
  CHECK(holds(set({"AD_MANAGER"}), Permission::kCampaignAnalyst));
  CHECK(holds(set({"ANALYST"}), Permission::kAnalyst));
  CHECK_FALSE(holds(set({"AD_MANAGER"}), Permission::kAccountAdmin));
  CHECK_FALSE(holds(set({"ACCOUNT_ADMIN"}), Permission::kAnalyst));
  CHECK_FALSE(holds(set({"ACCOUNT_ADMIN"}), Permission::kPartnerAudienceManager));
  CHECK_FALSE(holds(set({"ACCOUNT_ADMIN"}), Permission::kTweetComposer));
  CHECK_FALSE(holds(set({"CREATIVE_MANAGER"}), Permission::kCampaignAnalyst));
}

TEST_CASE("exactly: too little and too much are both told, and only wider rights are called so") {
  const Expectation exact{.exactly = set({"AD_MANAGER"})};
  CHECK(broken(exact, {"AD_MANAGER"}).empty());
  CHECK(broken(exact, {"ACCOUNT_ADMIN"}) ==
        Texts{"lacks AD_MANAGER", "has ACCOUNT_ADMIN, which is not expected: more rights than expected"});
  CHECK(broken(exact, {"CAMPAIGN_ANALYST"}) == Texts{"lacks AD_MANAGER", "has CAMPAIGN_ANALYST instead"});
  CHECK(broken(exact, {"AD_MANAGER", "TWEET_COMPOSER"}) ==
        Texts{"has TWEET_COMPOSER, which is not expected: more rights than expected"});
  CHECK(broken(exact, {"AD_MANAGER", "SHOP_MANAGER"}) ==
        Texts{"has SHOP_MANAGER, which is not expected: more rights than expected"});
  CHECK(broken(exact, {"ANALYST", "SHOP_MANAGER"}) ==
        Texts{"lacks AD_MANAGER", "has ANALYST, SHOP_MANAGER, which is not expected: more rights than expected"});
  CHECK(broken({.exactly = set({"AD_MANAGER", "TWEET_COMPOSER"})}, {"AD_MANAGER"}) == Texts{"lacks TWEET_COMPOSER"});
}

TEST_CASE("forbid: what is held of it is more rights than expected") {
  const Expectation forbidden{.forbid = set({"ACCOUNT_ADMIN", "TWEET_COMPOSER"})};
  CHECK(broken(forbidden, {"AD_MANAGER"}).empty());
  CHECK(broken(forbidden, {"ACCOUNT_ADMIN"}) ==
        Texts{"has ACCOUNT_ADMIN, which is forbidden: more rights than expected"});
  CHECK(broken(forbidden, {"ACCOUNT_ADMIN", "TWEET_COMPOSER"}) ==
        Texts{"has ACCOUNT_ADMIN, TWEET_COMPOSER, which is forbidden: more rights than expected"});
}

TEST_CASE("needs: what cannot be done says what it takes, and what nobody knows breaks nothing") {
  const Expectation needs{.needs = {"conversions", "create_posts"}};
  CHECK(broken(needs, {"AD_MANAGER", "TWEET_COMPOSER"}).empty());
  CHECK(broken(needs, {"CREATIVE_MANAGER"}) ==
        Texts{"cannot upload conversions: that takes ACCOUNT_ADMIN or AD_MANAGER",
              "cannot post in the advertiser's name: that takes TWEET_COMPOSER"});
  CHECK(broken(needs, {"AD_MANAGER"}, TokenKind::kAdvertiser).empty());
  CHECK(broken({.needs = {"analytics"}}, {"CREATIVE_MANAGER"}).empty());
  CHECK(broken({.needs = {"no_such_thing"}}, {"ANALYST"}).empty());
  CHECK(broken({.needs = {"ads_ui"}}, {"ACCOUNT_ADMIN"}, TokenKind::kAdvertiser) ==
        Texts{"cannot use the X Ads web interface: a token of this kind never can"});
}

TEST_CASE("user: another one than expected is told with both") {
  CHECK(broken({.user_id = "77"}, {"AD_MANAGER"}).empty());
  CHECK(broken({.user_id = "2"}, {"AD_MANAGER"}) == Texts{"belongs to user 77, expected is 2"});
}

TEST_CASE("breach: the rights that are missing or too many are gathered, a user is none") {
  const auto rights = [](const Expectation& expectation, const Texts& present) {
    return breach_of(expectation, Capabilities::built_in(), TokenKind::kDeveloper, {"77", set(present)}).rights.text();
  };
  CHECK(rights({.at_least = set({"AD_MANAGER"})}, {"ANALYST"}) == "AD_MANAGER");
  CHECK(rights({.exactly = set({"AD_MANAGER"})}, {"ANALYST"}) == "AD_MANAGER, ANALYST");
  CHECK(rights({.forbid = set({"TWEET_COMPOSER"})}, {"AD_MANAGER", "TWEET_COMPOSER"}) == "TWEET_COMPOSER");
  CHECK(rights({.needs = {"create_posts"}}, {"AD_MANAGER"}) == "TWEET_COMPOSER");
  CHECK(rights({.user_id = "2"}, {"AD_MANAGER"}) == "none");
}

TEST_CASE("violation: tells what is expected, what is, how grave, by which rule and by which expectation") {
  const ProbeState state = granted({"CAMPAIGN_ANALYST"});
  const auto found =
      violation({.name = "expect[2]", .at_least = set({"AD_MANAGER"}), .severity = Severity::kCritical}, state);
  REQUIRE(found.has_value());
  CHECK(found->key == IncidentKey{Cause::kPolicyViolated, state.probe.token, "18ce5a1"});
  CHECK(found->before == Texts{"AD_MANAGER"});
  CHECK(found->after == Texts{"CAMPAIGN_ANALYST"});
  CHECK(found->details == Texts{"lacks AD_MANAGER", "expected by expect[2]"});
  CHECK(found->severity == Severity::kCritical);
  CHECK(severity_of(*found) == Severity::kCritical);
  CHECK(found->grounds.rule == "expectation_broken");
  CHECK(found->evidence == xads::Evidence{200, ""});
  CHECK(found->confirmations == 3);
  CHECK(found->last_good_at == kNoon);
}

TEST_CASE("violation: what is expected is told where it is a set") {
  const ProbeState state = granted({"ACCOUNT_ADMIN"});
  CHECK(violation({.exactly = set({"ANALYST"})}, state)->before == Texts{"ANALYST"});
  CHECK(violation({.forbid = set({"ACCOUNT_ADMIN"})}, state)->before.empty());
  CHECK(violation({.needs = {"create_posts"}}, state)->before.empty());
}

TEST_CASE("violation: a pair that is not granted or has not answered breaks nothing") {
  ProbeState state = granted({"ANALYST"});
  const Expectation expectation{.at_least = set({"AD_MANAGER"})};
  REQUIRE(violation(expectation, state));
  state.baseline.run->answer = xads::Denied{xads::Denial::kTokenInvalid};
  CHECK_FALSE(violation(expectation, state));
  state.baseline.run.reset();
  CHECK_FALSE(violation(expectation, state));
}

TEST_CASE("violation: what the operator accepted is quiet while it stays, and loud when it changes again") {
  ProbeState state = granted({"ANALYST"});
  state.baseline.accepted = true;
  const Expectation expectation{.at_least = set({"AD_MANAGER"})};
  CHECK_FALSE(violation(expectation, state));
  state.baseline.run->answer = xads::Granted{"77", set({"CAMPAIGN_ANALYST"})};
  CHECK(violation(expectation, state));
}

TEST_CASE("expectation: says for people what it asks for") {
  CHECK(to_text(Expectation{.at_least = set({"AD_MANAGER"}),
                            .forbid = set({"ACCOUNT_ADMIN"}),
                            .needs = {"conversions", "cards"},
                            .user_id = "77"}) ==
        "at least AD_MANAGER; forbidden ACCOUNT_ADMIN; needs conversions, cards; user 77");
  CHECK(to_text(Expectation{.exactly = set({"ANALYST"}), .min_live_tokens = 2, .min_admins = 1}) ==
        "exactly ANALYST; 2 or more live tokens; 1 or more administrators");
}

TEST_CASE("expectation: what was wrong from the beginning is repaired by the first grant that holds it") {
  Expectation expectation;
  expectation.forbid = set({"ACCOUNT_ADMIN"});
  const auto repaired = [&](const Texts& at_first, const Texts& now, bool accepted = false) {
    Baseline baseline = granted(now).baseline;
    baseline.normal = xads::Granted{"77", set(at_first)};
    baseline.accepted = accepted;
    return repairs(expectation, Capabilities::built_in(), TokenKind::kDeveloper, baseline);
  };
  CHECK(repaired({"ACCOUNT_ADMIN"}, {"AD_MANAGER"}));
  CHECK_FALSE(repaired({"ACCOUNT_ADMIN"}, {"ACCOUNT_ADMIN", "TWEET_COMPOSER"}));
  CHECK_FALSE(repaired({"AD_MANAGER"}, {"ANALYST"}));
  CHECK_FALSE(repaired({"ACCOUNT_ADMIN"}, {"AD_MANAGER"}, true));  // the operator wants it so
  Baseline dead = granted({"ACCOUNT_ADMIN"}).baseline;
  dead.run->answer = xads::Denied{xads::Denial::kTokenInvalid};
  CHECK_FALSE(repairs(expectation, Capabilities::built_in(), TokenKind::kDeveloper, dead));
}
