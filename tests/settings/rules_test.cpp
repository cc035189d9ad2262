#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

/// Warnings as "line:column path: message"; the file must load.
std::vector<std::string> warnings_of(const std::string& text) {
  const Loaded loaded = load_text(text);
  CHECK_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  std::vector<std::string> warnings;
  for (const Complaint& complaint : loaded.complaints) {
    CHECK(complaint.warning);
    warnings.push_back(std::to_string(complaint.line) + ":" + std::to_string(complaint.column) + " " + complaint.path +
                       ": " + complaint.message);
  }
  return warnings;
}

const std::string kToken =
    "tokens:\n  - {name: brand-a, app: agency, kind: advertiser, access_token: \"${env:TOKEN}\",\n"
    "     access_token_secret: \"${env:TOKEN_SECRET}\", accounts: [18ce54d4x5t]}\n";

}  // namespace

TEST_CASE("rules: the least file has nothing to warn about") { CHECK(warnings_of(kLeast).empty()); }

TEST_CASE("rules: settings without a destination tell nobody") {
  const std::string text = kLeast.substr(0, kLeast.find("destinations"));
  CHECK(warnings_of(text) ==
        std::vector<std::string>{"1:1 destinations: there is none: nobody is told when a token dies"});
}

TEST_CASE("rules: a decimal account id is legal and hardly meant") {
  std::string text = kLeast + kToken;
  text.replace(text.find("18ce54d4x5t"), 11, "1234567890");
  CHECK(warnings_of(text) ==
        std::vector<std::string>{"6:61 tokens[0].accounts: \"1234567890\" looks like a decimal id from a URL; the API "
                                 "wants the base-36 id, like 18ce54d4x5t"});
}

TEST_CASE("rules: a control token may live in the database") {
  CHECK(warnings_of(kLeast + kToken + "audit: {control_token: brand-a}\n").empty());
  CHECK(warnings_of(kLeast + kToken + "audit: {control_token: brand-b}\n") ==
        std::vector<std::string>{"7:24 audit.control_token: \"brand-b\" is not among the tokens of the settings; it "
                                 "must be in the database"});
}

TEST_CASE("rules: a last route with a match leaves alerts without a destination") {
  const auto warnings = warnings_of(kLeast + "routes:\n  - {match: {severity: critical}, to: [ops]}\n");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].starts_with("5:5 routes[0]: this is the last route and it has a match"));
}

TEST_CASE("rules: routes after one that matches everything are never used") {
  const auto warnings = warnings_of(kLeast + "routes:\n  - {match: {}, to: [ops]}\n  - {to: [ops]}\n");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].starts_with("5:5 routes[0]: matches every alert"));
}

TEST_CASE("rules: a destination that no route names is mentioned") {
  const std::string more = "  - {name: spare, type: slack, url: \"${env:SLACK_URL}\"}\n";
  std::string text = kLeast;
  text.replace(text.find("[{name: ops"), std::string::npos,
               "\n  - {name: ops, type: slack, url: \"${env:SLACK_URL}\"}\n" + more + "routes: [{to: ops}]\n");
  CHECK(warnings_of(text) == std::vector<std::string>{"5:12 destinations[1].name: no route leads to this destination"});
}

TEST_CASE("rules: what this version does not act on is said once for each key") {
  const std::string expect = "expect: [{min_admins: 2}, {user_id: 12}]\n";
  CHECK(warnings_of(kLeast + expect) ==
        std::vector<std::string>{"4:1 expect: this version does not act on expect yet; it has no effect"});
  CHECK(warnings_of(kLeast + "status: {listen: \"[::1]:9487\"}\n") ==
        std::vector<std::string>{"4:10 status.listen: this version does not act on status.listen yet; it has no "
                                 "effect"});
  CHECK(warnings_of(kLeast + "routes: [{match: {app: agency}, to: ops, repeat: 1s}, {to: ops, repeat: 4h}]\n") ==
        std::vector<std::string>{"4:42 routes[0].repeat: this version does not act on repeat yet; it has no effect"});
}

TEST_CASE("rules: what asks for nothing else than what happens anyway gives no warning") {
  CHECK(warnings_of(kLeast + "status: {listen: off}\nexpect: []\n").empty());
}

TEST_CASE("rules: intervals under a minute load with a warning") {
  CHECK(warnings_of(kLeast + "audit: {interval: 59s, discovery_interval: 60s}\n") ==
        std::vector<std::string>{"4:19 audit.interval: is 59s; under 1m it spends a lot of the rate limit"});
}

TEST_CASE("rules: Slack takes no signing secret") {
  std::string text = kLeast;
  text.replace(text.rfind("}\"}]"), 4, "}\", secret: \"${env:HOOK_SECRET}\"}]");
  CHECK(warnings_of(text) ==
        std::vector<std::string>{"3:74 destinations[0].secret: Slack takes no signing secret; it has no effect"});
}

}  // namespace settings
