#include "alert/match.h"

#include <doctest/doctest.h>

#include "alert/samples.h"

using namespace alert;
using verdict::Cause;
using verdict::Severity;

namespace {

bool fits_role_reduced(const Match& match) { return fits(match, samples::alert(Cause::kRoleReduced, State::kOpened)); }

Match parsed(std::string_view text) {
  const auto match = parse_match(text);
  REQUIRE_MESSAGE(match.ok(), text << ": " << (match.ok() ? "" : match.error()));
  return match.value();
}

std::string refusal(std::string_view text) {
  const auto match = parse_match(text);
  return match.ok() ? "none, it is " + to_text(match.value()) : match.error();
}

}  // namespace

TEST_CASE("match: without members it fits everything, the resolved message too") {
  for (const Cause cause : verdict::all_causes()) {
    CHECK(fits({}, samples::alert(cause, State::kOpened)));
    CHECK(fits({}, samples::alert(cause, State::kResolved)));
  }
}

TEST_CASE("match: every text may hold stars and question marks") {
  CHECK(fits_role_reduced({.causes = {"role.*"}}));
  CHECK(fits_role_reduced({.causes = {"token.*", "*.reduced"}}));
  CHECK_FALSE(fits_role_reduced({.causes = {"role"}}));
  CHECK(fits_role_reduced({.apps = {"agen??"}}));
  CHECK_FALSE(fits_role_reduced({.apps = {"agen?"}}));
  CHECK(fits_role_reduced({.tokens = {"brand-*"}}));
  CHECK_FALSE(fits_role_reduced({.tokens = {"Brand-*"}}));
  CHECK(fits_role_reduced({.accounts = {"18ce*"}}));
  CHECK_FALSE(fits_role_reduced({.accounts = {"18cf*"}}));
  CHECK(fits_role_reduced({.labels = {{"client", "Brand ?"}, {"owner", "*-ops"}}}));
  CHECK_FALSE(fits_role_reduced({.labels = {{"client", "Brand ?"}, {"owner", "*-sales"}}}));
}

TEST_CASE("match: all members must fit, one text of each is enough") {
  CHECK(fits_role_reduced({.severities = {Severity::kInfo, Severity::kWarning}, .apps = {"other", "agency"}}));
  CHECK_FALSE(fits_role_reduced({.severities = {Severity::kInfo, Severity::kCritical}, .apps = {"agency"}}));
  CHECK_FALSE(fits_role_reduced({.apps = {"agency"}, .tokens = {"brand-b"}}));
}

TEST_CASE("match: a star fits only what is there") {
  const Alert of_account = samples::alert(Cause::kAccountUnavailable, State::kOpened);
  CHECK(fits({.accounts = {"*"}}, of_account));
  CHECK_FALSE(fits({.apps = {"*"}}, of_account));
  CHECK_FALSE(fits({.tokens = {"*"}}, of_account));
  CHECK_FALSE(fits({.labels = {{"owner", "*"}}}, of_account));
  const Alert of_token = samples::alert(Cause::kTokenRevoked, State::kOpened);
  CHECK(fits({.tokens = {"*"}, .labels = {{"owner", "*"}}}, of_token));
  CHECK_FALSE(fits({.accounts = {"*"}}, of_token));
  CHECK_FALSE(fits({.labels = {{"team", "*"}}}, of_token));
}

TEST_CASE("match: an ad account that a token's incident lists is not what it is about") {
  Alert of_token = samples::alert(Cause::kTokenRevoked, State::kOpened);
  of_token.subject.accounts = {{"18ce54d4x5t"}, 1};
  CHECK_FALSE(fits({.accounts = {"18ce54d4x5t"}}, of_token));
}

TEST_CASE("match: the severity that an expectation gives decides, not that of its cause") {
  verdict::Incident incident = samples::alert(Cause::kPolicyViolated, State::kOpened).incident;
  CHECK(fits({.severities = {Severity::kCritical}}, incident, {}));
  incident.finding.severity = Severity::kInfo;
  CHECK_FALSE(fits({.severities = {Severity::kCritical}}, incident, {}));
}

TEST_CASE("match: a line of text gives every member") {
  const Match match = parsed(
      "account=18ce54d4x5t,cause=role.*,cause=composer.lost,severity=warning,severity=info,label.client=Brand A,"
      "app=agency,token=brand-?,label.owner=*-ops");
  CHECK(match == Match{.severities = {Severity::kWarning, Severity::kInfo},
                       .causes = {"role.*", "composer.lost"},
                       .apps = {"agency"},
                       .tokens = {"brand-?"},
                       .accounts = {"18ce54d4x5t"},
                       .labels = {{"client", "Brand A"}, {"owner", "*-ops"}}});
}

TEST_CASE("match: a star alone is everything, and blanks around the parts do not count") {
  CHECK(parsed("*") == Match{});
  CHECK(parsed("  * ") == Match{});
  CHECK(parsed(" app = agency , token = \"brand-a\" , label.client = Brand A ") ==
        Match{.apps = {"agency"}, .tokens = {"brand-a"}, .labels = {{"client", "Brand A"}}});
}

TEST_CASE("match: a value in double quotes keeps commas, blanks and doubled quotes") {
  CHECK(parsed(R"(label.client="Brand A, Inc",app=agency)") ==
        Match{.apps = {"agency"}, .labels = {{"client", "Brand A, Inc"}}});
  CHECK(parsed(R"(label.client="Brand ""A""")").labels.at("client") == R"(Brand "A")");
  CHECK(parsed(R"(label.client=" a=b ")").labels.at("client") == " a=b ");
  CHECK(parsed(R"(label.client="""")").labels.at("client") == "\"");
  CHECK(parsed("label.client=a=b").labels.at("client") == "a=b");
}

TEST_CASE("match: what is wrong is named, with the likely word") {
  CHECK(refusal("") == "there is nothing to match; write key=value, or * for everything");
  CHECK(refusal("  ") == refusal(""));
  CHECK(refusal("brand-a") == "\"brand-a\" is not of the form key=value");
  CHECK(refusal("app=agency,*") == "\"*\" is not of the form key=value");
  CHECK(refusal("*,app=agency") == "\"*\" is not of the form key=value");
  CHECK(refusal("app=agency,") == "\"\" is not of the form key=value");
  CHECK(refusal("app=agency,,token=a") == "\"\" is not of the form key=value");
  CHECK(refusal("app") == "\"app\" is not of the form key=value");
  CHECK(refusal("app,token=a") == "\"app\" is not of the form key=value");
  CHECK(refusal("=agency").starts_with("unknown key \"\""));
  CHECK(refusal("acount=18ce54d4x5t") == "unknown key \"acount\", did you mean \"account\"?");
  CHECK(refusal("Token=a") == "unknown key \"Token\", did you mean \"token\"?");
  CHECK(refusal("labels=x") == "unknown key \"labels\"; it may be severity, cause, app, token, account, label.NAME");
  CHECK(refusal("severity=crit") == "unknown severity \"crit\"; it may be info, warning, critical");
  CHECK(refusal("severity=criticl") == "unknown severity \"criticl\", did you mean \"critical\"?");
  CHECK(refusal("severity=*") == "unknown severity \"*\"; it may be info, warning, critical");
  CHECK(refusal("cause=token.revokd") == "unknown cause \"token.revokd\", did you mean \"token.revoked\"?");
  CHECK(refusal("cause=rolle.*").starts_with("unknown cause \"rolle.*\""));
  CHECK(refusal("token=") == "\"token\" has no value");
  CHECK(refusal("token= ,app=agency") == "\"token\" has no value");
  CHECK(refusal("token=\"\"") == "\"token\" has no value");
  CHECK(refusal("label.=x") == "label. needs the name of a label: label.NAME=VALUE");
  CHECK(refusal("label.a=x,label.b=y,label.a=z") ==
        "the label \"a\" is given twice; give it once, * and ? stand for several values");
  CHECK(refusal("token=\"brand-a") == "the closing \" of \"brand-a\" is missing");
  CHECK(refusal("token=\"brand-a\" x") == "after the closing \" a comma must follow, not \"x\"");
  CHECK(refusal("token=brand\"a") == "\"brand\"a\" holds a double quote; put the value in double quotes and double it");
}

TEST_CASE("match: control characters and broken bytes are refused, and not shown") {
  CHECK(refusal("token=a\x1b[31mb") == "\"a [31mb\" holds control characters or broken UTF-8");
  CHECK(refusal("token=\"a\nb\"") == "\"a b\" holds control characters or broken UTF-8");
  CHECK(refusal("label.a\xff=b") == "\"label.a\xEF\xBF\xBD\" holds control characters or broken UTF-8");
  CHECK(refusal("app\x07=b") == "\"app \" holds control characters or broken UTF-8");
}

TEST_CASE("match: a pattern of causes must fit one that exists") {
  for (const Cause cause : verdict::all_causes()) CHECK_FALSE(complaint_about_cause(verdict::to_text(cause)));
  CHECK_FALSE(complaint_about_cause("*"));
  CHECK_FALSE(complaint_about_cause("*.lost"));
  CHECK_FALSE(complaint_about_cause("api.??????"));
  CHECK(complaint_about_cause("api.?????").value().starts_with("unknown cause \"api.?????\""));
  CHECK(complaint_about_cause(""));
  CHECK(complaint_about_cause("Token.revoked") == "unknown cause \"Token.revoked\", did you mean \"token.revoked\"?");
}

TEST_CASE("match: the text form is one line in a fixed order, quoted only where needed") {
  CHECK(to_text(Match{}) == "*");
  CHECK(to_text(Match{.accounts = {"*"}}) == "account=*");
  CHECK(to_text(Match{.severities = {Severity::kCritical},
                      .causes = {"role.*", "token.revoked"},
                      .apps = {"agency"},
                      .tokens = {"brand-?"},
                      .accounts = {"18ce54d4x5t"},
                      .labels = {{"client", "Brand A"}, {"legal", "A, \"B\""}}}) ==
        "severity=critical,cause=role.*,cause=token.revoked,app=agency,token=brand-?,account=18ce54d4x5t,"
        "label.client=Brand A,label.legal=\"A, \"\"B\"\"\"");
}

TEST_CASE("match: what is written is read back as the same match, whatever its texts hold") {
  const std::vector<std::string> texts{"a",
                                       "*",
                                       "?",
                                       ",",
                                       "\"",
                                       "\"\"",
                                       " ",
                                       " a",
                                       "a ",
                                       "\"a\"",
                                       ",\"",
                                       "\",",
                                       "a=b",
                                       "=",
                                       "a,b",
                                       "Gr\u00fc\u00dfe, \U0001F600",
                                       "label.x=y,app=z",
                                       "\\",
                                       "\\\"",
                                       "'"};
  for (const std::string& first : texts) {
    for (const std::string& second : texts) {
      const Match match{.severities = {Severity::kInfo, Severity::kCritical},
                        .causes = {"*", "role.*"},
                        .apps = {first},
                        .tokens = {second, first, second},
                        .accounts = {second},
                        .labels = {{"a b", first}, {"\"", second}, {"label.", first}}};
      CAPTURE(to_text(match));
      CHECK(parsed(to_text(match)) == match);
    }
  }
}
