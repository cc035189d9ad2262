#include "simulation/oracle.h"

#include <doctest/doctest.h>

#include "simulation/court.h"

namespace simulation {
namespace {

using namespace std::chrono_literals;

TEST_CASE("oracle: a revoked token that is told as revoked breaks no rule") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kTokenRevoked, .token = "brand-a"});
  court.hear(kNoon + 10min, kDead);
  court.commit(kNoon + 10min, court.incident(verdict::Cause::kTokenRevoked), "opened");
  court.oracle.tick(kNoon + 11min);
  CHECK(court.broken() == 0);
}

TEST_CASE("oracle: a finding without a cause is found") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.hear(kNoon + 10min, kDead);
  court.commit(kNoon + 10min, court.incident(verdict::Cause::kTokenRevoked), "opened");
  CHECK(court.broken(Rule::kFalseFinding) == 1);
}

TEST_CASE("oracle: a role finding that names another role than the true one is found") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kRoleChanged, .token = "brand-a", .to = kAnalyst});
  court.hear(kNoon + 10min, Court::granted(kAnalyst));
  auto wrong = court.incident(verdict::Cause::kRoleReduced, "18ce1");
  wrong.finding.before = {"AD_MANAGER"};
  wrong.finding.after = {"ANALYST"};
  court.commit(kNoon + 10min, wrong, "opened");
  CHECK(court.broken(Rule::kFalseFinding) == 1);
}

TEST_CASE("oracle: an app that is well may not be called rejected, nor anybody blind who sees") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  auto app = court.incident(verdict::Cause::kAppRejected);
  app.finding.key = {verdict::Cause::kAppRejected, {}, "", "agency"};
  court.commit(kNoon + 2min, app, "opened");
  CHECK(court.broken(Rule::kFalseFinding) == 1);
  auto blind = court.incident(verdict::Cause::kAuditBlind);
  blind.finding.key = {verdict::Cause::kAuditBlind, {}, "", "server"};
  court.commit(kNoon + 3min, blind, "opened");
  CHECK(court.broken(Rule::kFalseFinding) == 2);
}

TEST_CASE("oracle: an incident that ends while its cause lasts is found") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kTokenRevoked, .token = "brand-a"});
  court.hear(kNoon + 10min, kDead);
  auto revoked = court.incident(verdict::Cause::kTokenRevoked);
  court.commit(kNoon + 10min, revoked, "opened");
  court.hear(kNoon + 20min, xads::Unavailable{"http 503", {}});
  revoked.resolved_at = kNoon + 20min;
  court.commit(kNoon + 20min, revoked, "resolved");
  CHECK(court.broken(Rule::kFalseResolution) == 1);
}

TEST_CASE("oracle: what lasts and is not told is missed after the bound and its grace") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kTokenRevoked, .token = "brand-a"});
  court.hear_all_well(kNoon + 10min);  // that answer was signed before
  court.oracle.tick(kNoon + 2min + 17min + 90s);
  CHECK(court.broken(Rule::kMissed) == 0);
  court.oracle.tick(kNoon + 2min + 17min + 91s);
  CHECK(court.broken(Rule::kMissed) == 1);
}

TEST_CASE("oracle: nobody knows for too long, and nobody says so") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.oracle.tick(kNoon + 1min + 17min + 90s);
  court.oracle.tick(kNoon + 1min + 17min + 91s);
  court.oracle.tick(kNoon + 1min + 17min + 150s);
  CHECK(court.broken() == 0);
  court.oracle.tick(kNoon + 1min + 17min + 151s);  // the engine looks at other moments
  CHECK(court.broken(Rule::kBlind) == 2);
}

TEST_CASE("oracle: a baseline that moves to what was never true is found") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  store::Batch batch;
  batch.changes = {{.kind = "changed", .token = "brand-a", .account = "18ce1", .after = "denied token_invalid"}};
  court.oracle.committed(batch, kNoon + 2min);
  CHECK(court.broken(Rule::kFalseChange) == 1);
}

TEST_CASE("oracle: an incident that nobody is told of, and a message that goes to nobody, are found") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kTokenRevoked, .token = "brand-a"});
  court.hear(kNoon + 10min, kDead);
  court.commit(kNoon + 10min, court.incident(verdict::Cause::kTokenRevoked), "");
  CHECK(court.broken(Rule::kDelivery) == 1);
  store::Batch batch;
  batch.bodies = {{alert::AlertId::make(kNoon, court.random), alert::Channel::kWebhook, "{}"}};
  court.oracle.committed(batch, kNoon + 11min);
  CHECK(court.broken(Rule::kDelivery) > 1);
}

TEST_CASE("oracle: a role that is another one by now, and nobody is told, is found and missed") {
  constexpr std::uint8_t kCreative = 4;
  Court court;
  court.hear_all_well(kNoon + 1min);
  court.befall(kNoon + 2min, {.what = What::kRoleChanged, .token = "brand-a", .to = kAnalyst});
  court.hear(kNoon + 3min, Court::granted(kAnalyst));
  const auto texts = [](std::uint8_t role) { return xads::Permissions::from_mask(role).texts(); };
  auto reduced = court.incident(verdict::Cause::kRoleReduced, "18ce1");
  reduced.finding.before = texts(kManager);
  reduced.finding.after = texts(kAnalyst);
  court.commit(kNoon + 3min, reduced, "opened");
  court.befall(kNoon + 4min, {.what = What::kRoleChanged, .token = "brand-a", .to = kCreative});
  court.hear(kNoon + 5min, Court::granted(kCreative));
  reduced.finding.after = texts(kCreative);
  SUBCASE("but for what flaps: that is for the record") {
    reduced.flips = {kNoon + 4min, kNoon + 4min};
    court.commit(kNoon + 5min, reduced, "");
    court.oracle.tick(kNoon + 4min + 17min + 91s);
    CHECK(court.broken(Rule::kDelivery) + court.broken(Rule::kMissed) == 0);
  }
  SUBCASE("and it is told") {
    court.commit(kNoon + 5min, reduced, "updated");
    court.oracle.tick(kNoon + 4min + 17min + 91s);
    CHECK(court.broken(Rule::kDelivery) + court.broken(Rule::kMissed) == 0);
  }
  SUBCASE("and it is not") {
    court.commit(kNoon + 5min, reduced, "");
    CHECK(court.broken(Rule::kDelivery) == 1);
    CHECK(court.broken() == 1);
    court.oracle.tick(kNoon + 4min + 17min + 91s);
    CHECK(court.broken(Rule::kMissed) == 1);
  }
}

TEST_CASE("oracle: an app that was well for a moment, long ago, may not be called well again") {
  for (const auto later : {10min, 60min}) {
    Court court;
    court.hear_all_well(kNoon + 1min);
    const Event suspended{.what = What::kAppSuspended, .app = "agency"};
    court.befall(kNoon + 2min, suspended);
    auto app = court.incident(verdict::Cause::kAppRejected);
    app.finding.key = {verdict::Cause::kAppRejected, {}, "", "agency"};
    court.commit(kNoon + 3min, app, "opened");
    court.world.end(suspended, {}, kNoon + 10min);
    court.befall(kNoon + 11min, suspended);
    app.resolved_at = kNoon + 11min + later;
    court.commit(kNoon + 11min + later, app, "resolved");
    CHECK(court.broken(Rule::kFalseResolution) == (later > 45min ? 1 : 0));
  }
}

TEST_CASE("oracle: a sunset that is still announced may not be called off") {
  Court court;
  court.hear_all_well(kNoon + 1min);
  const Event announced{.what = What::kSunsetAnnounced};
  court.befall(kNoon + 2min, announced);
  auto sunset = court.incident(verdict::Cause::kSunset);
  sunset.finding.key = {verdict::Cause::kSunset, {}, "", "12"};
  court.commit(kNoon + 3min, sunset, "opened");
  CHECK(court.broken() == 0);
  sunset.resolved_at = kNoon + 4min;
  court.commit(kNoon + 4min, sunset, "resolved");
  CHECK(court.broken(Rule::kFalseResolution) == 1);
}

TEST_CASE("oracle: no lie is told before the truth, nor twice in a row, whatever says nothing in between") {
  Court court;
  CHECK_FALSE(court.oracle.may_accuse(0, 0));
  court.hear_all_well(kNoon + 1min);
  REQUIRE(court.oracle.may_accuse(0, 0));
  court.oracle.lied(0, 0);
  CHECK_FALSE(court.oracle.may_accuse(0, 0));
  Sent lie{.token = 0, .pair = 0, .asked = kNoon + 2min, .fault = Fault::kLieRevoked};
  lie.observation.answer = kDead;
  court.oracle.told(lie, kNoon + 2min);
  CHECK_FALSE(court.oracle.may_accuse(0, 0));
  court.hear(kNoon + 3min, xads::Unavailable{"http 503", {}});
  CHECK_FALSE(court.oracle.may_accuse(0, 0));
  CHECK_FALSE(court.oracle.may_accuse(0, kNone));
  court.hear(kNoon + 4min, Court::granted(kManager));
  CHECK(court.oracle.may_accuse(0, 0));
}

}  // namespace
}  // namespace simulation
