#include "simulation/host.h"

#include <doctest/doctest.h>

#include "verdict/baseline.h"
#include "xads/classify.h"

namespace simulation {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kNoon = base::from_epoch_seconds(1'790'000'000);
constexpr std::uint8_t kManager = 2;

World small_world() {
  return World({{.name = "brand-a", .app = "agency", .seats = {{"18ce1", kManager}}},
                {.name = "brand-b", .app = "agency", .seats = {{"18ce2", kManager}}}},
               kNoon);
}
xads::Observation told(Host& host, Fault fault = Fault::kNoFault) {
  return xads::classify(host.access(0, {kNoon, fault}), "18ce1");
}
xads::Answer after(What what) {
  World world = small_world();
  Host host(world, false);
  world.begin({.what = what, .token = "brand-a", .account = "18ce1", .to = 8, .by = 20min}, kNoon);
  return told(host).answer;
}
xads::IdentityAnswer identity_after(What what) {
  World world = small_world();
  Host host(world, false);
  world.begin({.what = what, .token = "brand-a", .by = 20min}, kNoon);
  return xads::classify_identity(host.identity(0, {kNoon}));
}
xads::Answer denied(xads::Denial denial) { return xads::Denied{denial}; }

TEST_CASE("host: a grant comes with its user, its headers and the date of X") {
  World world = small_world();
  Host host(world, false);
  const auto seen = told(host);
  CHECK(seen.answer == xads::Answer{xads::Granted{"2417000000", xads::Permissions::from_mask(kManager)}});
  CHECK(seen.server_date == kNoon);
  CHECK(seen.limits.user == xads::RateLimit{2000, 1999, kNoon + 15min});
  CHECK_FALSE(seen.limits.account);
  CHECK(seen.current_version == "12");
}

TEST_CASE("host: what becomes of a token is told as X tells it") {
  CHECK(after(What::kTokenRevoked) == denied(xads::Denial::kTokenInvalid));
  CHECK(after(What::kUserSuspended) == denied(xads::Denial::kUserSuspended));
  CHECK(after(What::kUserLocked) == denied(xads::Denial::kUserLocked));
  CHECK(after(What::kReauthorizationRequired) == denied(xads::Denial::kReauthorizationRequired));
  CHECK(after(What::kAccessRemoved) == denied(xads::Denial::kAccountNotFound));
  CHECK(after(What::kAccountDeleted) == denied(xads::Denial::kAccountNotFound));
  CHECK(after(What::kRoleChanged) == xads::Answer{xads::Granted{"2417000000", xads::Permissions::from_mask(8)}});
}

TEST_CASE("host: what becomes of the app, the version and our clock hits every token") {
  CHECK(after(What::kAppSuspended) == denied(xads::Denial::kUnauthenticated));
  CHECK(after(What::kKeysRegenerated) == denied(xads::Denial::kUnauthenticated));
  CHECK(after(What::kAdsAccessLost) == denied(xads::Denial::kAppRejected));
  CHECK(after(What::kAppReadOnly) == denied(xads::Denial::kAppRejected));
  CHECK(after(What::kVersionRetired) == denied(xads::Denial::kVersionRetired));
  CHECK(after(What::kClockOff) == denied(xads::Denial::kClockSkewed));
}

TEST_CASE("host: the identity host tells a dead token from a refused app") {
  using xads::IdentityAnswer;
  CHECK(identity_after(What::kTokenRevoked) == IdentityAnswer::kTokenInvalid);
  CHECK(identity_after(What::kUserSuspended) == IdentityAnswer::kAlive);
  CHECK(identity_after(What::kAppSuspended) == IdentityAnswer::kAppRejected);
  CHECK(identity_after(What::kKeysRegenerated) == IdentityAnswer::kUnauthenticated);
  CHECK(identity_after(What::kAdsAccessLost) == IdentityAnswer::kAlive);
  CHECK(identity_after(What::kClockOff) == IdentityAnswer::kClockSkewed);
}

TEST_CASE("host: foul weather says nothing about anybody") {
  for (const What what : {What::kOutage, What::kMaintenance, What::kConnectionRefused, What::kNoAddress,
                          What::kBrokenTls, What::kPortal, What::kRedirect}) {
    CAPTURE(to_text(what));
    CHECK(std::holds_alternative<xads::Unavailable>(after(what)));
    CHECK(identity_after(what) == xads::IdentityAnswer::kNoStatement);
  }
}

TEST_CASE("host: no fault but a lie is conclusive") {
  World world = small_world();
  Host host(world, false);
  for (std::size_t number = 1; number < kFaults; ++number) {
    const auto fault = static_cast<Fault>(number);
    CAPTURE(to_text(fault));
    CHECK(verdict::conclusive_part(told(host, fault).answer).has_value() == is_lie(fault));
  }
}

TEST_CASE("host: when others use the window up X answers 429 with the time of its end") {
  World world = small_world();
  Host host(world, true);
  world.begin({.what = What::kThrottled}, kNoon);
  for (int call = 0; call < 3; ++call) CHECK(std::holds_alternative<xads::Granted>(told(host).answer));
  CHECK(told(host).answer == xads::Answer{xads::Throttled{kNoon + 15min}});
  CHECK(told(host).limits.account == xads::RateLimit{2000, 0, kNoon + 15min});
}

}  // namespace
}  // namespace simulation
