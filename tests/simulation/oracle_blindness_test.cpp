#include <doctest/doctest.h>

#include "simulation/court.h"

namespace simulation {
namespace {

using namespace std::chrono_literals;
using verdict::Cause;

/// Both pairs are granted each minute from `from` to `to`.
void see_all(Court& court, base::Instant from, base::Instant to) {
  for (base::Instant now = from; now <= to; now += 1min) {
    court.hear_all_well(now);
    court.oracle.tick(now);
  }
}
/// Only the pair of brand-b is.
void see_the_other(Court& court, base::Instant from, base::Instant to) {
  for (base::Instant now = from; now <= to; now += 1min) {
    court.hear_other_well(now);
    court.oracle.tick(now);
  }
}

TEST_CASE("oracle: nobody is undecided who is granted again and again") {
  Court court;
  see_all(court, kNoon + 1min, kNoon + 40min);
  court.commit(kNoon + 40min, court.blind("undecided", {"brand-a on 18ce1"}), "opened");
  CHECK(court.broken(Rule::kFalseFinding) == 1);
}

TEST_CASE("oracle: nobody is blind but for an answer that is new") {
  Court court;
  see_all(court, kNoon + 1min, kNoon + 40min);
  court.hear(kNoon + 41min, kDead);
  court.commit(kNoon + 42min, court.blind("server", {"brand-a on 18ce1"}), "opened");
  CHECK(court.broken(Rule::kFalseFinding) == 1);
}

TEST_CASE("oracle: what contradicts for longer than the bound makes undecided, and may be told") {
  Court court;
  see_all(court, kNoon + 1min, kNoon + 20min);
  for (base::Instant now = kNoon + 21min; now < kNoon + 38min; now += 1min) {
    court.hear(now, kDead);
    court.hear_other_well(now);
    court.oracle.tick(now);
  }
  court.commit(kNoon + 38min, court.blind("undecided", {"brand-a on 18ce1"}), "opened");
  CHECK(court.broken() == 0);
}

TEST_CASE("oracle: what contradicts for longer than the bound and its grace is told") {
  Court court;
  see_all(court, kNoon + 1min, kNoon + 20min);
  for (base::Instant now = kNoon + 21min; now <= kNoon + 41min; now += 1min) {
    court.hear(now, kDead);
    court.hear_other_well(now);
    court.oracle.tick(now);
  }
  CHECK(court.broken(Rule::kBlind) == 1);
}

TEST_CASE("oracle: an audit.blind names nobody who sees, nor more than there are") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  see_the_other(court, kNoon + 2min, kNoon + 19min);
  auto blind = court.blind("server", {"brand-a on 18ce1"});
  court.commit(kNoon + 19min, blind, "opened");
  CHECK(court.broken() == 0);
  blind.finding.examples.push_back("brand-b on 18ce2");
  court.commit(kNoon + 19min, blind, "");
  CHECK(court.broken(Rule::kFalseFinding) == 1);
  blind.finding.examples = {"brand-a on 18ce1"};
  blind.finding.affected = 2;
  court.commit(kNoon + 19min, blind, "");
  CHECK(court.broken(Rule::kFalseFinding) == 2);
}

/// Brand-a is silent and told blind, after this token was revoked.
void one_told_blind(Court& court, const char* revoked) {
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kTokenRevoked, .token = revoked});
  see_the_other(court, kNoon + 2min, kNoon + 19min);
  court.commit(kNoon + 19min, court.blind("server", {"brand-a on 18ce1"}), "opened");
}

TEST_CASE("oracle: that one is told blind excuses nothing that is missed of another") {
  Court court;
  one_told_blind(court, "brand-b");
  see_the_other(court, kNoon + 20min, kNoon + 21min);
  CHECK(court.broken(Rule::kMissed) == 1);
  CHECK(court.broken() == 1);
}

TEST_CASE("oracle: the one that is told blind is excused") {
  Court court;
  one_told_blind(court, "brand-a");
  see_the_other(court, kNoon + 20min, kNoon + 40min);
  CHECK(court.broken() == 0);
}

TEST_CASE("oracle: an audit.blind of one does not speak for two, but one of many does") {
  for (const std::uint64_t affected : {1, 30}) {
    Court court;
    court.hear_all_well(kNoon + 1min);
    court.commit(kNoon + 19min, court.blind("server", {"brand-a on 18ce1"}, 1), "opened");
    auto blind = court.blind("network", {"brand-a on 18ce1"}, affected);
    if (affected > 1) court.commit(kNoon + 19min, blind, "opened");
    court.oracle.tick(kNoon + 20min);
    court.oracle.tick(kNoon + 21min);
    CHECK(court.broken(Rule::kBlind) == (affected > 1 ? 0 : 1));
  }
}

TEST_CASE("oracle: an audit.blind that ends while one that it names is blind is found") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  see_the_other(court, kNoon + 2min, kNoon + 19min);
  auto server = court.blind("server", {"brand-a on 18ce1"});
  court.commit(kNoon + 19min, server, "opened");
  see_the_other(court, kNoon + 20min, kNoon + 21min);
  SUBCASE("and nobody says so any more") {
    server.resolved_at = kNoon + 21min;
    court.commit(kNoon + 21min, server, "resolved");
    CHECK(court.broken(Rule::kFalseResolution) == 1);
  }
  SUBCASE("but for another reason now, that is told") {
    court.commit(kNoon + 21min, court.blind("network", {"brand-a on 18ce1"}), "opened");
    server.resolved_at = kNoon + 21min;
    court.commit(kNoon + 21min, server, "resolved");
    CHECK(court.broken() == 0);
  }
  SUBCASE("and it sees again") {
    court.hear_all_well(kNoon + 21min);
    server.resolved_at = kNoon + 21min;
    court.commit(kNoon + 21min, server, "resolved");
    CHECK(court.broken() == 0);
  }
}

}  // namespace
}  // namespace simulation
