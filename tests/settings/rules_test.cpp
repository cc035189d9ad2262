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

/// One more element of the tokens.
std::string token_of(const std::string& name, const std::string& access_token) {
  return "  - {name: " + name + ", app: agency, kind: advertiser, access_token: \"" + access_token +
         "\", access_token_secret: \"${env:TOKEN_SECRET}\"}\n";
}

/// Errors of the same form; the file must not load.
std::vector<std::string> errors_of(const std::string& text) {
  std::vector<std::string> errors;
  for (const Complaint& complaint : load_text(text).complaints) {
    if (complaint.warning) continue;
    errors.push_back(std::to_string(complaint.line) + ":" + std::to_string(complaint.column) + " " + complaint.path +
                     ": " + complaint.message);
  }
  return errors;
}

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

TEST_CASE("rules: a status listener that others reach is allowed on purpose only, and asks for a token") {
  const auto errors = [](const std::string& status) { return errors_of(kLeast + "status: {" + status + "}\n"); };
  const std::string token = ", token: \"${env:STATUS_TOKEN}\"";
  CHECK(errors("listen: \"[::1]:9487\"").empty());
  CHECK(errors("listen: 127.0.0.1:9487" + token).empty());
  CHECK(errors("listen: off, allow_remote: true, hosts: [ads.example, \"ads.example:8443\"]").empty());
  REQUIRE(errors("listen: 0.0.0.0:9487" + token).size() == 1);
  CHECK(errors("listen: 0.0.0.0:9487" + token)[0].find("4:18 status.listen: 0.0.0.0:9487 can be reached from other "
                                                       "machines, which see all") == 0);
  REQUIRE(errors("listen: 0.0.0.0:9487, allow_remote: true").size() == 1);
  CHECK(errors("listen: 0.0.0.0:9487, allow_remote: true")[0].find("set status.token") != std::string::npos);
  CHECK(errors("listen: 0.0.0.0:9487, allow_remote: true" + token).empty());
  REQUIRE(errors("hosts: [Ads.example, \"a/b\"]").size() == 2);
  REQUIRE(errors("token: \"${env:SHORT}\"").size() == 1);
  CHECK(errors("token: \"${env:SHORT}\"")[0].find("has 5 characters, fewer than 16") != std::string::npos);
}

TEST_CASE("rules: what asks for nothing else than what happens anyway gives no warning") {
  CHECK(warnings_of(kLeast + "status: {listen: off}\nexpect: []\n").empty());
}

TEST_CASE("rules: more tokens than the app may hold give a warning, as many as it may hold give none") {
  std::string limited = kLeast;
  limited.insert(limited.find("}]"), ", token_limit: 1");
  CHECK(warnings_of(limited + kToken).empty());
  CHECK(warnings_of(limited + kToken + token_of("brand-b", "${env:OTHER_TOKEN}")) ==
        std::vector<std::string>{
            "2:116 apps[0].token_limit: the settings hold 2 tokens of this app, which may hold 1: do "
            "not count on all of them; remove some, or raise the number when X has lifted the limit"});
}

TEST_CASE("rules: two tokens of one user at one app are named, and so is a token that stands twice") {
  CHECK(
      warnings_of(kLeast + "tokens:\n" + token_of("one", "${env:USERS_TOKEN}") +
                  token_of("two", "${env:USERS_OTHER_TOKEN}")) ==
      std::vector<std::string>{"6:62 tokens[1].access_token: \"one\" and \"two\" are both of user 77: X gives one user "
                               "one token at one app, so one of them is out of date; remove it"});
  CHECK(
      warnings_of(kLeast + "tokens:\n" + token_of("one", "${env:TOKEN}") + token_of("two", "${env:TOKEN}")) ==
      std::vector<std::string>{"6:62 tokens[1].access_token: \"one\" and \"two\" are the very same token, and each of "
                               "them is asked; remove one"});
}

TEST_CASE("rules: one user at two apps holds two tokens, and tokens without a user id are not compared") {
  std::string text = kLeast;
  text.insert(text.find("}]"),
              "}, {name: other, consumer_key: \"${env:CONSUMER_KEY}\", consumer_secret: \"${env:CONSUMER_SECRET}\"");
  std::string second = token_of("two", "${env:USERS_OTHER_TOKEN}");
  second.replace(second.find("agency"), 6, "other");
  CHECK(warnings_of(text + "tokens:\n" + token_of("one", "${env:USERS_TOKEN}") + second).empty());
  CHECK(warnings_of(kLeast + kToken + token_of("two", "${env:OTHER_TOKEN}")).empty());
}

TEST_CASE("rules: a route that an earlier one forestalls is never used") {
  const auto routes = [](const std::string& first, const std::string& second) {
    return warnings_of(kLeast + "routes:\n  - {" + first + ", to: [ops]}\n  - {" + second +
                       ", to: [ops]}\n  - {to: ops}\n");
  };
  const auto forestalled = routes("match: {cause: \"role.*\"}", "match: {cause: role.reduced, severity: warning}");
  REQUIRE(forestalled.size() == 1);
  CHECK(forestalled[0].starts_with("6:5 routes[1]: is never used, because the route at adsauditd.yaml:5:5 takes all"));
  CHECK(routes("match: {severity: [critical, warning]}", "match: {severity: warning, app: agency}").size() == 1);
  CHECK(routes("match: {labels: {client: \"*\"}}", "match: {labels: {client: a, owner: b}}").size() == 1);
  CHECK(routes("match: {cause: \"role.*\"}, continue: true", "match: {cause: role.reduced}").empty());
  CHECK(routes("match: {cause: role.reduced}", "match: {cause: \"role.*\"}").empty());
  CHECK(routes("match: {cause: role.reduced}", "match: {severity: critical}").empty());
  CHECK(routes("match: {cause: \"role.?educed\"}", "match: {cause: \"role.*\"}").empty());
}

TEST_CASE("rules: a class after one that matches everything is never used") {
  CHECK(warnings_of(kLeast + "audit:\n  classes:\n    - {class: archive, match: {}}\n" +
                    "    - {class: critical, match: {token: in-the-database}}\n") ==
        std::vector<std::string>{"6:7 audit.classes[0]: matches every pair, so the classes after it are never used; "
                                 "move it to the end"});
}

TEST_CASE("rules: a class that is asked the wrong way round is hardly meant") {
  CHECK(warnings_of(kLeast + "audit:\n  interval: 2m\n  classes: [{class: critical, match: {account: abc1}}]\n") ==
        std::vector<std::string>{"6:21 audit.classes[0].class: pairs of this class are asked each 5m, all others each "
                                 "2m; set audit.intervals.critical"});
}

TEST_CASE("rules: audits that do not fit the budget are told for either way of counting, with what would fit") {
  // 15 calls a window; of a share of 10 calls, one serves as burst.
  CHECK(warnings_of(kLeast + kToken + "budget: {share: 0.8%}\naudit: {interval: 60s, jitter: 0%}\n").empty());
  const std::string text = kLeast + kToken + "budget: {share: 0.5%}\naudit: {interval: 60s, jitter: 0%}\n";
  CHECK(warnings_of(text) ==
        std::vector<std::string>{
            "7:1 budget: the audits do not fit when X counts by ad account: ad account 18ce54d4x5t is to be asked 15 "
            "times in 15m and may be asked 9 times (of X's 2000), so audits will come late; what would fit: a share "
            "of 0.8%, or intervals 1.67 times as long",
            "7:1 budget: the audits do not fit when X counts by token: token brand-a is to be asked 15 times in 15m "
            "and may be asked 9 times (of X's 2000), so audits will come late; what would fit: a share of 0.8%, or "
            "intervals 1.67 times as long, or its ad accounts spread over 2 tokens"});
}

TEST_CASE("rules: intervals under a minute load with a warning") {
  CHECK(warnings_of(kLeast + "audit: {interval: 59s, discovery_interval: 60s}\n") ==
        std::vector<std::string>{"4:19 audit.interval: is 59s; under 1m it spends a lot of the rate limit"});
}

TEST_CASE("rules: an escalation to whom the route tells anyway adds nothing") {
  CHECK(warnings_of(kLeast + "routes: [{to: ops, escalate: [{after: 30m, to: ops}]}]\n") ==
        std::vector<std::string>{"4:48 routes[0].escalate[0].to: \"ops\" is told by this route at once; the escalation "
                                 "adds nothing"});
}

TEST_CASE("rules: a route that continues may match everything before others do") {
  CHECK(warnings_of(kLeast + "routes: [{to: ops, continue: true}, {to: ops}]\n").empty());
}

}  // namespace settings
