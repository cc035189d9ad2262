#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

const std::string kTokens =
    "tokens:\n"
    "  - {name: brand-a, app: agency, kind: advertiser, access_token: \"${env:TOKEN}\",\n"
    "     access_token_secret: \"${env:TOKEN_SECRET}\", accounts: [18ce54d4x5t], labels: {client: Brand A}}\n";
const std::string kDiscovered =
    "  - {name: brand-b, app: agency, kind: advertiser, access_token: \"${env:OTHER_TOKEN}\",\n"
    "     access_token_secret: \"${env:TOKEN_SECRET}\"}\n";
const std::string kNobody =
    "fits no token of the settings and no ad account that they give it; it can only be about those that the database "
    "knows";

/// What is said about this match of a route.
std::string said_about(const std::string& match, const std::string& tokens) {
  const Loaded route = load_text(kLeast + tokens + "routes: [{match: {" + match + "}, to: ops}, {to: ops}]\n");
  if (route.complaints.empty()) return "";
  return (route.complaints[0].warning ? "warning: " : "") + route.complaints[0].message;
}

}  // namespace

TEST_CASE("match: a name that exists nowhere is hardly meant") {
  CHECK(said_about("token: brand-a", kTokens).empty());
  CHECK(said_about("token: \"brand-*\", account: \"18ce*\", labels: {client: \"Brand ?\"}", kTokens).empty());
  CHECK(said_about("token: brand-x", kTokens) == "warning: " + kNobody);
  CHECK(said_about("account: abc1", kTokens) == "warning: " + kNobody);
  CHECK(said_about("labels: {client: Brand B}", kTokens) == "warning: " + kNobody);
  CHECK(said_about("token: brand-a, account: abc1", kTokens) == "warning: " + kNobody);
}

TEST_CASE("match: a token whose accounts are discovered may be about any of them") {
  CHECK(said_about("account: abc1", kTokens + kDiscovered).empty());
  CHECK(said_about("account: abc1, token: brand-b", kTokens + kDiscovered).empty());
  CHECK(said_about("account: abc1, token: brand-a", kTokens + kDiscovered) == "warning: " + kNobody);
}

TEST_CASE("match: without tokens in the settings every name may be in the database") {
  CHECK(said_about("token: brand-x, account: abc1, labels: {client: Brand B}", "").empty());
}

TEST_CASE("match: cause and severity do not make a name unknown") {
  CHECK(said_about("token: brand-a, cause: app.rejected, severity: info", kTokens).empty());
}

TEST_CASE("match: the apps all stand in the settings: a name must, a pattern should") {
  CHECK(said_about("app: agency", "").empty());
  CHECK(said_about("app: [\"agen*\", agency]", "").empty());
  CHECK(said_about("app: agnecy", "") == "there is no app \"agnecy\", did you mean \"agency\"?");
  CHECK(said_about("app: \"agn*\"", "") == "warning: \"agn*\" fits none of the apps");
}

}  // namespace settings
