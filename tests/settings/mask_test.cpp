#include "settings/mask.h"

#include <doctest/doctest.h>

#include <string>

namespace settings {
namespace {

std::string masked(std::string_view line) { return masked_line({line}, 1); }

}  // namespace

TEST_CASE("mask: harmless values and references are shown") {
  CHECK(masked("  interval: 15m  # often") == "  interval: 15m  # often");
  CHECK(masked("    consumer_secret: ${cred:agency.secret}") == "    consumer_secret: ${cred:agency.secret}");
  CHECK(masked("store: {key: \"${env:KEY}\", path: x}") == "store: {key: \"${env:KEY}\", path: x}");
  CHECK(masked("store: {key: '${file:/k}', path: x}") == "store: {key: '${file:/k}', path: x}");
}

TEST_CASE("mask: what may be a secret is hidden to the end of the line") {
  CHECK(masked("consumer_secret: hunter2") == "consumer_secret: ***");
  CHECK(masked("consumer_secert: hunter2") == "consumer_secert: ***");
  CHECK(masked("\"secret\": \"hun, ter: 2\"") == "\"secret\": ***");
  CHECK(masked("- {name: siem, secret: whsec_x, type: webhook}") == "- {name: siem, secret: ***");
  CHECK(masked("key: ${env:KEY}hunter2") == "key: ***");
  CHECK(masked("key: hunter2${env:KEY}") == "key: ***");
  CHECK(masked("key: \"${env:KEY}") == "key: ***");
  CHECK(masked("key: ${hunter:2}") == "key: ***");
}

TEST_CASE("mask: a key that lost its colon or its blank hides the line") {
  CHECK(masked("    consumer_secret:hunter2") == "    ***");
  CHECK(masked("    consumer_secret hunter2") == "    ***");
  CHECK(masked("access_token:\x01hunter2") == "access_token:\x01***");
  CHECK(masked("- {name: siem, secret whsec_x, type: webhook}") == "- {name: ***");
  CHECK(masked("- {name: siem, secret:whsec_x}") == "- {name: ***");
  CHECK(masked("- {name: ops, u https://hooks.slack.com/x}") == "- {name: ***");
  CHECK(masked("secret hunter2 kind: advertiser") == "***");
  CHECK(masked("consumer_secret: hunter2: x") == "consumer_secret: ***");
  CHECK(masked("consumer_secret: \"hunter2: x") == "consumer_secret: ***");
  CHECK(masked("labels: {price: 5}") == "labels: {price: ***");
}

TEST_CASE("mask: lists and comments behind a harmless value are shown") {
  CHECK(masked("accounts: [18ce54d4x5t, abc1]  # both, for now") == "accounts: [18ce54d4x5t, abc1]  # both, for now");
  CHECK(masked("- {match: {severity: info}, to: [a, b], repeat: 4h}") ==
        "- {match: {severity: info}, to: [a, b], repeat: 4h}");
}

TEST_CASE("mask: a harmless URL with a password is hidden") {
  CHECK(masked("base_url: https://ads-api.x.com") == "base_url: https://ads-api.x.com");
  CHECK(masked("base_url: https://me:hunter2@ads-api.x.com") == "base_url: ***");
}

TEST_CASE("mask: a line that continues a secret is hidden, one that continues a list is not") {
  CHECK(masked_line({"secret:", "  hunter2"}, 2) == "  ***");
  CHECK(masked_line({"secret: |", "  hunter", "  2"}, 3) == "  ***");
  CHECK(masked_line({"secret:", "", "  hunter: 2"}, 3) == "  ***");
  CHECK(masked_line({"accounts:", "  - 18ce54d4x5t"}, 2) == "  - 18ce54d4x5t");
  CHECK(masked_line({"name: x", "secret hunter2"}, 2) == "***");
}

TEST_CASE("mask: comments and lines that do not exist are harmless") {
  CHECK(masked("# a comment, with words") == "# a comment, with words");
  CHECK(masked("").empty());
  CHECK(masked_line({"a"}, 7).empty());
}

}  // namespace settings
