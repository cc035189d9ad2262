#include "simulation/oracle.h"

#include <doctest/doctest.h>

namespace simulation {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kNoon = base::from_epoch_seconds(1'790'000'000);
constexpr std::uint8_t kManager = 2, kAnalyst = 8;

/// An oracle before whom an engine may lie.
class Court {
 public:
  Court() {
    oracle.know(token, 0);
    oracle.know(audit::TokenId::make(kNoon, random), 1);
  }
  void hear(base::Instant now, xads::Answer answer) {
    Sent sent{.token = 0, .pair = 0, .asked = now};
    sent.observation.answer = std::move(answer);
    oracle.told(sent, now);
  }
  void hear_all_well(base::Instant now) {
    hear(now, granted(kManager));
    Sent other{.token = 1, .pair = 1, .asked = now};
    other.observation.answer = granted(kManager);
    oracle.told(other, now);
  }
  static xads::Answer granted(std::uint8_t role) {
    return xads::Granted{"2417000000", xads::Permissions::from_mask(role)};
  }
  void befall(base::Instant now, Event event) {
    world.begin(event, now);
    oracle.changed(world.take_changed(), now);
  }
  verdict::Incident incident(verdict::Cause cause, std::string account = "") {
    verdict::Incident made{.id = verdict::IncidentId::make(kNoon, random)};
    made.finding.key = {cause, token, std::move(account)};
    return made;
  }
  void commit(base::Instant now, const verdict::Incident& incident, const std::string& state) {
    store::Batch batch;
    batch.incidents = {incident};
    const auto id = alert::AlertId::make(now, random);
    if (!state.empty()) {
      batch.bodies = {{id, alert::Channel::kWebhook,
                       R"({"data":{"state":")" + state + R"(","incident":{"id":")" + incident.id.text() + "\"}}}"}};
      batch.deliveries = {{.alert = id, .destination = "siem"}};
    }
    oracle.committed(batch, now);
  }
  std::uint64_t broken(Rule rule) const { return oracle.counts()[static_cast<std::size_t>(rule)]; }
  std::uint64_t broken() const {
    std::uint64_t sum = 0;
    for (const auto count : oracle.counts()) sum += count;
    return sum;
  }

  World world{{{.name = "brand-a", .app = "agency", .seats = {{"18ce1", kManager}}},
               {.name = "brand-b", .app = "agency", .seats = {{"18ce2", kManager}}}},
              kNoon};
  Trace trace{2, kNoon};
  Oracle oracle{world, trace, {.bound = 17min, .destinations = {"siem"}}, kNoon};
  base::SeededRandom random{1};
  audit::TokenId token = audit::TokenId::make(kNoon, random);
};

const xads::Answer kDead = xads::Denied{xads::Denial::kTokenInvalid};

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
  CHECK(court.broken() == 0);
  court.oracle.tick(kNoon + 1min + 17min + 91s);
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
