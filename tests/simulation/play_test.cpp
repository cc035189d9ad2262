#include "simulation/play.h"

#include <doctest/doctest.h>

namespace simulation {
namespace {

Outcome played(std::string_view name, std::uint64_t seed = 1, int pairs = 10) {
  return play(scenario_named(name, {.pairs = pairs, .days = 1}, seed).value(), {.seed = seed, .keep_story = true});
}

TEST_CASE("play: on a calm day nobody is told anything") {
  const Outcome outcome = played("calm");
  CHECK(outcome.fine());
  CHECK(outcome.story.empty());
  CHECK(outcome.audits > 900);
}

TEST_CASE("play: a revocation is told once, with what it was") {
  const Outcome outcome = played("revocation");
  REQUIRE_FALSE(outcome.story.empty());
  CHECK(outcome.story.front().alert.incident.finding.key.cause == verdict::Cause::kTokenRevoked);
  CHECK(outcome.story.front().alert.state == alert::State::kOpened);
  CHECK(outcome.story.front().at > std::chrono::hours(3));
  CHECK(outcome.story.front().at < std::chrono::hours(3) + outcome.bound);
}

TEST_CASE("play: the same seed gives the same run, another seed another") {
  const Outcome first = played("random", 5), again = played("random", 5), other = played("random", 6);
  CHECK(first.hash == again.hash);
  CHECK(first.hash != other.hash);
}

TEST_CASE("play: every built-in scenario has a name, a sentence and a world") {
  for (const auto name : scenario_names()) {
    CAPTURE(name);
    const auto scenario = scenario_named(name, {.pairs = 20, .days = {}}, 3);
    REQUIRE(scenario);
    CHECK_FALSE(scenario->tells.empty());
    CHECK(scenario->cast.size() >= 10);
  }
  CHECK_FALSE(scenario_named("no-such-thing", {}, 1));
}

}  // namespace
}  // namespace simulation
