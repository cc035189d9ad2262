#include "settings/scenario.h"

#include <doctest/doctest.h>

namespace settings {
namespace {

using namespace std::chrono_literals;

LoadedScenario read(const std::string& text) { return read_scenario({"story.yaml", text}); }
std::string complaint(const std::string& text) {
  const auto loaded = read(text);
  CHECK_FALSE(loaded.scenario);
  return loaded.complaints.empty() ? "" : to_text(loaded.complaints.front());
}
const std::string kTokens = "tokens: [{name: brand-a, app: agency, accounts: {18ce1: [AD_MANAGER]}}]\n";

TEST_CASE("scenario: a file names its world and what happens to it") {
  const auto loaded = read("days: 2\ninterval: 5m\nfaults: 1%\n" + kTokens +
                           "events: [{at: 3h, what: role_changed, token: brand-a, to: [ANALYST], lasts: 2h}]\n");
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->length == 48h);
  CHECK(loaded.scenario->interval == 5min);
  CHECK(loaded.scenario->lines.faults == 0.01);
  REQUIRE(loaded.scenario->cast.size() == 1);
  CHECK(loaded.scenario->cast[0].seats[0].account == "18ce1");
  CHECK(loaded.scenario->cast[0].seats[0].role == 2);
  REQUIRE(loaded.scenario->events.size() == 1);
  CHECK(loaded.scenario->events[0].at == 3h);
  CHECK(loaded.scenario->events[0].to == 16);
  CHECK(loaded.scenario->events[0].lasts == 2h);
}

TEST_CASE("scenario: a clock may be ahead or behind") {
  const auto loaded = read("pairs: 10\nevents: [{at: 1h, what: clock_off, by: -5m}]\n");
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->events[0].by == -5min);
}

TEST_CASE("scenario: what is wrong is told with its place") {
  CHECK(complaint("pairs: 10\nevents: [{at: 2h, what: token_revokd, token: brand-0}]\n")
            .starts_with(
                "story.yaml:2:25: events[0].what: unknown event \"token_revokd\", did you mean \"token_revoked\"?"));
  CHECK(complaint(kTokens + "events: [{at: 2h, what: token_revoked, token: brand-b}]\n")
            .find("there is no token \"brand-b\", did you mean \"brand-a\"?") != std::string::npos);
  CHECK(
      complaint(kTokens + "events: [{at: 2h, what: token_revoked}]\n").find("token_revoked needs the key \"token\"") !=
      std::string::npos);
  CHECK(complaint("days: 1\n").find("needs either pairs or tokens") != std::string::npos);
  CHECK(complaint("pairs: 10\n" + kTokens).find("needs either pairs or tokens") != std::string::npos);
}

}  // namespace
}  // namespace settings
