#include "verdict/capabilities.h"

#include <doctest/doctest.h>

#include <set>

using namespace verdict;
using audit::TokenKind;
using xads::Permission;
using xads::Permissions;

namespace {

const Capabilities& table() { return Capabilities::built_in(); }

constexpr const char* kGuide = "https://docs.x.com/x-ads-api/fundamentals/accessing-ads-accounts";
constexpr const char* kAccess = "https://docs.x.com/x-ads-api/campaign-management/reference#authenticated-user-access";
constexpr const char* kCreatives = "https://docs.x.com/x-ads-api/creatives/reference";
constexpr const char* kIncreasing = "https://docs.x.com/x-ads-api/getting-started/increasing-access";

KindRow kind_cell(std::string_view capability, TokenKind kind) {
  for (const KindRow& row : table().kinds()) {
    if (row.capability == capability && row.kind == kind) return row;
  }
  return {};
}
AppRow app_cell(std::string_view capability, std::string_view access) {
  for (const AppRow& row : table().apps()) {
    if (row.capability == capability && row.access == access) return row;
  }
  return {};
}
RoleRow role_cell(std::string_view capability, Permission permission) {
  for (const RoleRow& row : table().roles()) {
    if (row.capability == capability && row.permission == permission) return row;
  }
  return {};
}

KindRow advertiser(std::string capability, std::string answer) {
  return {std::move(capability), TokenKind::kAdvertiser, std::move(answer), Certainty::kDocumented, kGuide};
}
KindRow developer(std::string capability, std::string answer) {
  return {std::move(capability), TokenKind::kDeveloper, std::move(answer), Certainty::kDocumented, kGuide};
}

/// One cell each for the seven permissions, in the order of their bits: Y and N are documented, y and n are by role
/// name, ? is unknown.
std::string row_of(std::string_view capability) {
  std::string cells;
  for (const Permission permission : xads::all_permissions()) {
    const RoleRow row = role_cell(capability, permission);
    const bool documented = row.certainty == Certainty::kDocumented;
    if (row.ability == Ability::kUnknown)
      cells += row.certainty == Certainty::kUnknown ? '?' : '!';
    else if (row.ability == Ability::kYes)
      cells += documented ? 'Y' : row.certainty == Certainty::kByRoleName ? 'y' : '!';
    else
      cells += documented ? 'N' : row.certainty == Certainty::kByRoleName ? 'n' : '!';
  }
  return cells;
}

Permissions only(const char* text) { return Permissions::from_texts({text}); }
Ability ability(std::string_view capability, TokenKind kind, const Permissions& permissions) {
  return table().may(capability, kind, permissions).ability;
}
using Texts = std::vector<std::string>;

}  // namespace

// "Accessing Ads accounts", the table "Differences between these methods": every cell.

TEST_CASE("the guide's table of methods: both tokens access the ads account") {
  CHECK(kind_cell("account_access", TokenKind::kAdvertiser) == advertiser("account_access", "yes"));
  CHECK(kind_cell("account_access", TokenKind::kDeveloper) == developer("account_access", "yes"));
}

TEST_CASE("the guide's table of methods: a developer token creates posts only with TWEET_COMPOSER") {
  CHECK(kind_cell("create_posts", TokenKind::kAdvertiser) == advertiser("create_posts", "yes"));
  CHECK(kind_cell("create_posts", TokenKind::kDeveloper) == developer("create_posts", "with TWEET_COMPOSER"));
}

TEST_CASE("the guide's table of methods: both manage campaigns") {
  CHECK(kind_cell("manage_campaigns", TokenKind::kAdvertiser) == advertiser("manage_campaigns", "yes"));
  CHECK(kind_cell("manage_campaigns", TokenKind::kDeveloper) == developer("manage_campaigns", "yes"));
}

TEST_CASE("the guide's table of methods: both access analytics") {
  CHECK(kind_cell("analytics", TokenKind::kAdvertiser) == advertiser("analytics", "yes"));
  CHECK(kind_cell("analytics", TokenKind::kDeveloper) == developer("analytics", "yes"));
}

TEST_CASE("the guide's table of methods: both create cards") {
  CHECK(kind_cell("cards", TokenKind::kAdvertiser) == advertiser("cards", "yes"));
  CHECK(kind_cell("cards", TokenKind::kDeveloper) == developer("cards", "yes"));
}

TEST_CASE("the guide's table of methods: only the developer's handle sees the account in X's web interface") {
  CHECK(kind_cell("ads_ui", TokenKind::kAdvertiser) == advertiser("ads_ui", "no"));
  CHECK(kind_cell("ads_ui", TokenKind::kDeveloper) == developer("ads_ui", "yes"));
}

TEST_CASE("the guide's table of methods: rate limits are apart for each advertiser, or for each ad account") {
  CHECK(kind_cell("rate_limits", TokenKind::kAdvertiser) == advertiser("rate_limits", "apart for each advertiser"));
  CHECK(kind_cell("rate_limits", TokenKind::kDeveloper) == developer("rate_limits", "apart for each ad account"));
}

TEST_CASE("the guide's two methods: whose token it is, for whom it is advised, and what ends it") {
  CHECK(kind_cell("owner", TokenKind::kAdvertiser) == advertiser("owner", "the advertiser's handle"));
  CHECK(kind_cell("owner", TokenKind::kDeveloper) == developer("owner", "the developer's handle"));
  CHECK(kind_cell("advised", TokenKind::kAdvertiser) == advertiser("advised", "for most"));
  CHECK(kind_cell("advised", TokenKind::kDeveloper) == developer("advised", "for agencies"));
  for (const TokenKind kind : {TokenKind::kAdvertiser, TokenKind::kDeveloper}) {
    CHECK(kind_cell("dies_when", kind).certainty == Certainty::kUnknown);
    CHECK(kind_cell("loses_an_account_when", kind).certainty == Certainty::kUnknown);
  }
  CHECK(kind_cell("dies_when", TokenKind::kAdvertiser).answer == "the advertiser revokes the app");
  CHECK(kind_cell("dies_when", TokenKind::kDeveloper).answer == "the developer revokes the app");
  CHECK(kind_cell("loses_an_account_when", TokenKind::kAdvertiser).answer == "the handle loses its role");
  CHECK(kind_cell("loses_an_account_when", TokenKind::kDeveloper).answer ==
        "the advertiser takes the handle off the account");
}

// "Accessing Ads accounts", "Levels of access": every statement on the app and on the ad account.

TEST_CASE("the guide's levels: an app with standard access reaches all five groups of endpoints") {
  for (const char* capability : {"analytics", "manage_campaigns", "creatives", "audiences", "conversions"}) {
    CAPTURE(capability);
    CHECK(app_cell(capability, "standard") ==
          AppRow{capability, "standard", Ability::kYes, Certainty::kDocumented, kGuide});
  }
  for (const char* capability : {"account_access", "create_posts", "cards"})
    CHECK(app_cell(capability, "standard") ==
          AppRow{capability, "standard", Ability::kYes, Certainty::kDocumented, kGuide});
  for (const char* capability : {"partner_audiences", "organic_analytics"})
    CHECK(app_cell(capability, "standard") ==
          AppRow{capability, "standard", Ability::kUnknown, Certainty::kUnknown, kGuide});
}

TEST_CASE("the guide's levels: an app with conversion-only access uploads conversions and does nothing else") {
  CHECK(app_cell("conversions", "conversion_only") ==
        AppRow{"conversions", "conversion_only", Ability::kYes, Certainty::kDocumented, kGuide});
  for (const char* capability : {"create_posts", "manage_campaigns", "analytics", "creatives", "cards", "audiences",
                                 "partner_audiences", "organic_analytics"}) {
    CAPTURE(capability);
    CHECK(app_cell(capability, "conversion_only") ==
          AppRow{capability, "conversion_only", Ability::kNo, Certainty::kDocumented, kGuide});
  }
  CHECK(app_cell("account_access", "conversion_only") ==
        AppRow{"account_access", "conversion_only", Ability::kUnknown, Certainty::kUnknown, kGuide});
}

TEST_CASE("the guide's levels: apps from before July 2023 may hold the older levels") {
  const auto older = [](const char* capability, const char* access) {
    return AppRow{capability, access, Ability::kYes, Certainty::kDocumented, kIncreasing};
  };
  CHECK(app_cell("analytics", "older_analytics") == older("analytics", "older_analytics"));
  CHECK(app_cell("manage_campaigns", "older_campaign_management") ==
        older("manage_campaigns", "older_campaign_management"));
  CHECK(app_cell("creatives", "older_campaign_management") == older("creatives", "older_campaign_management"));
  CHECK(app_cell("audiences", "older_custom_audiences") == older("audiences", "older_custom_audiences"));
  CHECK(app_cell("conversions", "older_conversion") == older("conversions", "older_conversion"));
  CHECK(table().apps().size() == 25);
}

TEST_CASE("the guide's levels: conversions take an account administrator or an ad manager, and no other level does") {
  CHECK(role_cell("conversions", Permission::kAccountAdmin) ==
        RoleRow{"conversions", Permission::kAccountAdmin, Ability::kYes, Certainty::kDocumented, kGuide});
  CHECK(role_cell("conversions", Permission::kAdManager) ==
        RoleRow{"conversions", Permission::kAdManager, Ability::kYes, Certainty::kDocumented, kGuide});
  for (const Permission other : {Permission::kCampaignAnalyst, Permission::kAnalyst, Permission::kCreativeManager})
    CHECK(role_cell("conversions", other) ==
          RoleRow{"conversions", other, Ability::kNo, Certainty::kDocumented, kGuide});
}

TEST_CASE("the reference's roles: every permission has a cell for every capability") {
  //                                    administrator, ad manager, creative manager, campaign analyst, analyst,
  //                                    partner audience manager, composer
  CHECK(row_of("account_access") == "YYYYYY?");
  CHECK(row_of("conversions") == "YYNNNNN");
  CHECK(row_of("create_posts") == "NNNNNNY");
  CHECK(row_of("manage_campaigns") == "yynnnnn");
  CHECK(row_of("analytics") == "yy?ynnn");
  CHECK(row_of("creatives") == "yyynnnn");
  CHECK(row_of("cards") == "yyynnnn");
  CHECK(row_of("audiences") == "yy?nnnn");
  CHECK(row_of("partner_audiences") == "??nnnyn");
  CHECK(row_of("organic_analytics") == "????ynn");
  CHECK(row_of("ads_ui") == "yyyyyN?");
  CHECK(row_of("manage_users") == "YNNNNNN");
  CHECK(table().roles().size() == 84);
}

TEST_CASE("the reference's roles: every cell names the page where it stands") {
  for (const RoleRow& row : table().roles()) {
    CAPTURE(row.capability);
    const std::string page = row.capability == "conversions"    ? kGuide
                             : row.capability == "create_posts" ? kCreatives
                                                                : kAccess;
    CHECK(row.source == page);
  }
  for (const KindRow& row : table().kinds()) CHECK(row.source == kGuide);
}

TEST_CASE("capabilities: the names are stable, in the order in which alerts tell them, each with its words") {
  Texts names, words, deeds, web;
  for (const CapabilityName& name : table().names()) {
    names.push_back(name.name);
    words.push_back(name.words);
    deeds.push_back(name.deed);
    if (name.web_only) web.push_back(name.name);
  }
  CHECK(names == Texts{"account_access", "conversions", "create_posts", "manage_campaigns", "analytics", "creatives",
                       "cards", "audiences", "partner_audiences", "organic_analytics", "ads_ui", "manage_users"});
  CHECK(words == Texts{"access to the ad account", "conversion uploads", "posts in the advertiser's name",
                       "campaign edits", "campaign reads and statistics", "creative edits", "card creation",
                       "custom audience edits", "data-partner audience edits", "organic analytics",
                       "use of the X Ads web interface", "changes of users and settings"});
  CHECK(deeds == Texts{"reach the ad account", "upload conversions", "post in the advertiser's name", "edit campaigns",
                       "read campaigns and statistics", "edit creatives", "create cards", "edit custom audiences",
                       "edit data-partner audiences", "read organic analytics", "use the X Ads web interface",
                       "change users and settings"});
  CHECK(web == Texts{"ads_ui", "manage_users"});
  CHECK(table().find("rate_limits") == nullptr);
  REQUIRE(table().find("cards") != nullptr);
  CHECK(table().find("cards")->words == "card creation");
}

TEST_CASE("capabilities: nothing is said twice") {
  std::set<std::string> cells;
  for (const KindRow& row : table().kinds())
    CHECK(cells.insert(row.capability + "/" + std::string(audit::to_text(row.kind))).second);
  for (const RoleRow& row : table().roles())
    CHECK(cells.insert(row.capability + "/" + std::string(xads::to_text(row.permission))).second);
  for (const AppRow& row : table().apps()) CHECK(cells.insert(row.capability + "/" + row.access).second);
}

TEST_CASE("may: a developer token posts with TWEET_COMPOSER only, an advertiser's with any access") {
  const Permissions manager = only("AD_MANAGER"), composer = Permissions::from_texts({"AD_MANAGER", "TWEET_COMPOSER"});
  const Capabilities::Answer yes{Ability::kYes, Certainty::kDocumented}, no{Ability::kNo, Certainty::kDocumented};
  CHECK(table().may("create_posts", TokenKind::kDeveloper, manager) == no);
  CHECK(table().may("create_posts", TokenKind::kDeveloper, composer) == yes);
  CHECK(table().may("create_posts", TokenKind::kAdvertiser, manager) == yes);
  CHECK(table().may("create_posts", TokenKind::kAdvertiser, only("ANALYST")) == yes);
  CHECK(table().may("create_posts", TokenKind::kAdvertiser, {}) == no);
}

TEST_CASE("may: conversions take ACCOUNT_ADMIN or AD_MANAGER, of either kind of token") {
  const Capabilities::Answer yes{Ability::kYes, Certainty::kDocumented}, no{Ability::kNo, Certainty::kDocumented};
  for (const TokenKind kind : {TokenKind::kAdvertiser, TokenKind::kDeveloper}) {
    CHECK(table().may("conversions", kind, only("ACCOUNT_ADMIN")) == yes);
    CHECK(table().may("conversions", kind, only("AD_MANAGER")) == yes);
    CHECK(table().may("conversions", kind, only("CREATIVE_MANAGER")) == no);
    CHECK(table().may("conversions", kind, Permissions::from_texts({"CAMPAIGN_ANALYST", "TWEET_COMPOSER"})) == no);
  }
}

TEST_CASE(
    "may: what is concluded from the role's name says so, and of two answers the surer yes and the less sure no") {
  const TokenKind kind = TokenKind::kDeveloper;
  CHECK(table().may("manage_campaigns", kind, only("AD_MANAGER")) ==
        Capabilities::Answer{Ability::kYes, Certainty::kByRoleName});
  CHECK(table().may("manage_campaigns", kind, only("ANALYST")) ==
        Capabilities::Answer{Ability::kNo, Certainty::kByRoleName});
  CHECK(table().may("ads_ui", kind, Permissions::from_texts({"AD_MANAGER", "PARTNER_AUDIENCE_MANAGER"})) ==
        Capabilities::Answer{Ability::kYes, Certainty::kByRoleName});
  CHECK(table().may("manage_users", kind, Permissions::from_texts({"AD_MANAGER", "ANALYST"})) ==
        Capabilities::Answer{Ability::kNo, Certainty::kDocumented});
}

TEST_CASE("may: what nobody knows is unknown, and a permission that nobody knows gives nothing") {
  const TokenKind kind = TokenKind::kAdvertiser;
  CHECK(ability("analytics", kind, only("CREATIVE_MANAGER")) == Ability::kUnknown);
  CHECK(ability("analytics", kind, Permissions::from_texts({"CREATIVE_MANAGER", "CAMPAIGN_ANALYST"})) == Ability::kYes);
  CHECK(ability("analytics", kind, Permissions::from_texts({"CREATIVE_MANAGER", "TWEET_COMPOSER"})) ==
        Ability::kUnknown);
  CHECK(ability("analytics", kind, only("SHOP_MANAGER")) == Ability::kNo);
  CHECK(ability("no_such_thing", kind, only("ACCOUNT_ADMIN")) == Ability::kUnknown);
  CHECK(ability("rate_limits", kind, only("ACCOUNT_ADMIN")) == Ability::kUnknown);
}

TEST_CASE("may: the web interface is the developer's only") {
  CHECK(ability("ads_ui", TokenKind::kAdvertiser, only("ACCOUNT_ADMIN")) == Ability::kNo);
  CHECK(ability("ads_ui", TokenKind::kDeveloper, only("ACCOUNT_ADMIN")) == Ability::kYes);
}

TEST_CASE("app_may: conversion-only gives conversions only") {
  for (const CapabilityName& name : table().names()) {
    CAPTURE(name.name);
    CHECK((table().app_may(name.name, "conversion_only").ability == Ability::kYes) == (name.name == "conversions"));
  }
  CHECK(table().app_may("manage_campaigns", "standard").ability == Ability::kYes);
  CHECK(table().app_may("manage_campaigns", "platinum").ability == Ability::kUnknown);
}

TEST_CASE("givers: the permissions of which each alone is enough") {
  CHECK(table().givers("conversions", TokenKind::kDeveloper).text() == "ACCOUNT_ADMIN, AD_MANAGER");
  CHECK(table().givers("create_posts", TokenKind::kDeveloper).text() == "TWEET_COMPOSER");
  CHECK(table().givers("creatives", TokenKind::kDeveloper).text() == "ACCOUNT_ADMIN, AD_MANAGER, CREATIVE_MANAGER");
  CHECK(table().givers("ads_ui", TokenKind::kAdvertiser).empty());
}

TEST_CASE("effects: a reduced role stops what it stops, with its certainty, and leaves the rest") {
  const auto effects = table().effects(TokenKind::kAdvertiser, only("AD_MANAGER"), only("CAMPAIGN_ANALYST"));
  Texts told;
  for (const Effect& effect : effects)
    told.push_back(effect.capability + " " + std::string(to_text(effect.kind)) + " " +
                   std::string(to_text(effect.certainty)));
  CHECK(told == Texts{"account_access continues documented", "conversions stops documented",
                      "create_posts continues documented", "manage_campaigns stops by role name",
                      "analytics continues by role name", "creatives stops by role name", "cards stops by role name",
                      "audiences stops by role name"});
  CHECK(effects[1].words == "conversion uploads");
}

TEST_CASE("effects: a raised role starts it again, and no permission at all stops all that is known") {
  const auto raised = table().effects(TokenKind::kDeveloper, only("AD_MANAGER"),
                                      Permissions::from_texts({"AD_MANAGER", "TWEET_COMPOSER"}));
  std::vector<Effect> started;
  for (const Effect& effect : raised) {
    if (effect.kind == Effect::Kind::kStarts) started.push_back(effect);
    CHECK(effect.kind != Effect::Kind::kStops);
  }
  CHECK(started == std::vector<Effect>{{"create_posts", "posts in the advertiser's name", Effect::Kind::kStarts,
                                        Certainty::kDocumented}});
  for (const Effect& effect : table().effects(TokenKind::kDeveloper, only("AD_MANAGER"), {}))
    CHECK(effect.kind == Effect::Kind::kStops);
  CHECK(table().effects(TokenKind::kDeveloper, only("ANALYST"), {}).size() == 3);
  CHECK(table().effects(TokenKind::kDeveloper, {}, {}).empty());
}

TEST_CASE("certainty: the words of the file") {
  CHECK(to_text(Certainty::kDocumented) == "documented");
  CHECK(to_text(Certainty::kByRoleName) == "by role name");
  CHECK(to_text(Certainty::kUnknown) == "unknown");
  CHECK(to_text(Effect::Kind::kStarts) == "starts");
}
