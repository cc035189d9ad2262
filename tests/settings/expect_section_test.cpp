#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

using verdict::Expectation;
using xads::Permissions;

const std::string kToken =
    "tokens:\n  - {name: brand-a, app: agency, kind: developer, access_token: \"${env:TOKEN}\",\n"
    "     access_token_secret: \"${env:TOKEN_SECRET}\", accounts: [18ce54d4x5t], labels: {client: Brand A}}\n";

/// Expectations begin on line 5; their complaints are given as "line:column path: message".
std::vector<std::string> complaints_of(const std::string& elements, const std::string& before = kLeast) {
  const Loaded loaded = load_text(before + "expect:\n" + elements);
  std::vector<std::string> texts;
  for (const Complaint& complaint : loaded.complaints)
    texts.push_back(std::to_string(complaint.line) + ":" + std::to_string(complaint.column) + " " + complaint.path +
                    ": " + complaint.message);
  CHECK(loaded.settings.has_value() ==
        std::all_of(loaded.complaints.begin(), loaded.complaints.end(), [](const Complaint& c) { return c.warning; }));
  return texts;
}
std::vector<Expectation> read(const std::string& elements) {
  const Loaded loaded = load_text(kLeast + "expect:\n" + elements);
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  CHECK(loaded.complaints.empty());
  return loaded.settings->audit.policy.expectations;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("expect: every key is read") {
  const auto read_back = read(
      "  - match: {account: [18ce*, abc1], token: \"brand-?\", app: ag*, kind: developer, labels: {client: Brand *}}\n"
      "    exactly: [AD_MANAGER, TWEET_COMPOSER]\n"
      "    forbid: [ACCOUNT_ADMIN]\n"
      "    needs: [conversions, create_posts]\n"
      "    user_id: 2417045708\n"
      "    min_live_tokens: 2\n"
      "    min_admins: 1\n"
      "    severity: critical\n");
  REQUIRE(read_back.size() == 1);
  CHECK(read_back[0] == Expectation{.name = "expect[0]",
                                    .match = {.accounts = {"18ce*", "abc1"},
                                              .tokens = {"brand-?"},
                                              .apps = {"ag*"},
                                              .kind = audit::TokenKind::kDeveloper,
                                              .labels = {{"client", "Brand *"}}},
                                    .exactly = Permissions::from_texts({"AD_MANAGER", "TWEET_COMPOSER"}),
                                    .forbid = Permissions::from_texts({"ACCOUNT_ADMIN"}),
                                    .needs = {"conversions", "create_posts"},
                                    .user_id = "2417045708",
                                    .min_live_tokens = 2,
                                    .min_admins = 1,
                                    .severity = verdict::Severity::kCritical});
}

TEST_CASE("expect: without a match an expectation is about everything, and its severity is that of its cause") {
  const auto read_back = read("  - at_least: [ANALYST]\n  - min_admins: 1\n");
  REQUIRE(read_back.size() == 2);
  CHECK(read_back[0].match == verdict::Pattern{});
  CHECK(read_back[0].severity == verdict::Severity::kWarning);
  CHECK(read_back[1].name == "expect[1]");
  CHECK(read_back[1].about_accounts());
  CHECK_FALSE(read_back[1].about_pairs());
}

TEST_CASE("expect: an element of another file names its file") {
  const Loaded loaded = load({{"/etc/adsauditd/adsauditd.yaml", kLeast + "expect: [{min_admins: 1}]\n"},
                              {"/etc/adsauditd/conf.d/20-brand.yaml", "expect: [{min_live_tokens: 1}]\n"}},
                             test_references());
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  const auto& expectations = loaded.settings->audit.policy.expectations;
  REQUIRE(expectations.size() == 2);
  CHECK(expectations[0].name == "expect[0]");
  CHECK(expectations[1].name == "expect[0] of 20-brand.yaml");
}

TEST_CASE("expect: unknown words are refused with advice") {
  CHECK(complaints_of("  - at_least: [AD_MANGER]\n") ==
        Texts{"5:16 expect[0].at_least: unknown permission \"AD_MANGER\", did you mean \"AD_MANAGER\"?"});
  CHECK(complaints_of("  - needs: [conversion]\n") ==
        Texts{"5:13 expect[0].needs: unknown capability \"conversion\", did you mean \"conversions\"?"});
  CHECK(complaints_of("  - {needs: [cards], severity: warn}\n")
            .front()
            .starts_with("5:32 expect[0].severity: unknown severity \"warn\""));
  CHECK(complaints_of("  - {needs: [cards], match: {kind: devloper}}\n") ==
        Texts{"5:36 expect[0].match.kind: unknown kind \"devloper\", did you mean \"developer\"?"});
  CHECK(complaints_of("  - {needs: [cards], atleast: [ANALYST]}\n") ==
        Texts{"5:22 expect[0].atleast: unknown key \"atleast\", did you mean \"at_least\"?"});
}

TEST_CASE("expect: patterns are letters, stars and question marks") {
  CHECK(complaints_of("  - {needs: [cards], match: {token: \"brand a\"}}\n")
            .front()
            .find("is neither a name nor a pattern") != std::string::npos);
  CHECK(complaints_of("  - {needs: [cards], match: {account: \"18CE*\"}}\n")
            .front()
            .find("is no pattern of ad accounts") != std::string::npos);
  CHECK(
      complaints_of("  - {needs: [cards], match: {account: 18CE}}\n").front().find("is not the id of an ad account") !=
      std::string::npos);
}

TEST_CASE("expect: what only matches, or is only severe, expects nothing") {
  const std::string complaint =
      "5:5 expect[0]: expects nothing; add at_least, exactly, forbid, needs, user_id, min_live_tokens or min_admins";
  CHECK(complaints_of("  - match: {token: brand-a}\n") == Texts{complaint});
  CHECK(complaints_of("  - severity: critical\n") == Texts{complaint});
}

TEST_CASE("expect: what is forbidden cannot be expected") {
  CHECK(complaints_of("  - {exactly: [AD_MANAGER, TWEET_COMPOSER], forbid: [TWEET_COMPOSER, ANALYST]}\n") ==
        Texts{"5:53 expect[0].forbid: contradicts exactly: TWEET_COMPOSER stands in both; remove it from one of them"});
  CHECK(complaints_of("  - {at_least: [AD_MANAGER, ANALYST], forbid: [AD_MANAGER, ANALYST]}\n") ==
        Texts{"5:47 expect[0].forbid: contradicts at_least: AD_MANAGER, ANALYST stand in both; remove it from one of "
              "them"});
}

TEST_CASE("expect: what is exactly given must hold what is given at least") {
  CHECK(complaints_of("  - {exactly: [ANALYST], at_least: [AD_MANAGER]}\n") ==
        Texts{"5:36 expect[0].at_least: contradicts exactly, which lacks AD_MANAGER; remove one of them"});
  CHECK(complaints_of("  - {exactly: [ACCOUNT_ADMIN], at_least: [AD_MANAGER]}\n").empty());
}

TEST_CASE("expect: a need that can never be met is refused") {
  CHECK(complaints_of("  - {exactly: [ANALYST], needs: [conversions]}\n") ==
        Texts{"5:33 expect[0].needs: conversions can never be met: what exactly names does not give it"});
  CHECK(complaints_of("  - {forbid: [ACCOUNT_ADMIN, AD_MANAGER], needs: [conversions]}\n") ==
        Texts{"5:50 expect[0].needs: conversions can never be met: all that gives it is forbidden"});
  CHECK(complaints_of("  - {match: {kind: advertiser}, needs: [ads_ui]}\n") ==
        Texts{"5:40 expect[0].needs: ads_ui can never be met: no token of this kind has it"});
  CHECK(complaints_of("  - {forbid: [ACCOUNT_ADMIN], needs: [conversions]}\n").empty());
  CHECK(complaints_of("  - {exactly: [CREATIVE_MANAGER], needs: [analytics]}\n").empty());  // nobody knows
  CHECK(complaints_of("  - {forbid: [TWEET_COMPOSER], needs: [create_posts]}\n").empty());  // advertisers still can
}

TEST_CASE("expect: what can match nothing known is hardly meant") {
  CHECK(complaints_of("  - {match: {app: agncy}, min_admins: 1}\n") ==
        Texts{"5:19 expect[0].match.app: fits none of the apps, so this expectation is never used"});
  const std::string unknown =
      "fits no token of the settings on an ad account that they give it; it can only be about tokens and ad accounts "
      "that the database knows";
  const auto with_token = [](const std::string& element) { return complaints_of(element, kLeast + kToken); };
  CHECK(with_token("  - {match: {token: brand-b}, needs: [cards]}\n") == Texts{"8:13 expect[0].match: " + unknown});
  CHECK(with_token("  - {match: {account: abc1}, needs: [cards]}\n") == Texts{"8:13 expect[0].match: " + unknown});
  CHECK(with_token("  - {match: {token: brand-*, account: 18*, labels: {client: Brand *}}, needs: [cards]}\n").empty());
  CHECK(complaints_of("  - {match: {token: in-the-database}, needs: [cards]}\n").empty());
}

TEST_CASE("expect: a need that the app's access never gives is hardly meant") {
  std::string limited = kLeast + kToken;
  limited.insert(limited.find("}]"), ", access: conversion_only");
  CHECK(complaints_of("  - needs: [conversions, cards]\n", limited) ==
        Texts{"8:12 expect[0].needs: cards is not for the tokens of \"agency\", an app with conversion_only access"});
  CHECK(load_text(limited).settings->apps[0].access == "conversion_only");
  CHECK(complaints_of("  - needs: [conversions, cards]\n", kLeast + kToken).empty());
}

}  // namespace settings
