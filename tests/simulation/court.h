#pragma once

#include <string>
#include <vector>

#include "simulation/oracle.h"

namespace simulation {

inline constexpr base::Instant kNoon = base::from_epoch_seconds(1'790'000'000);
inline constexpr std::uint8_t kManager = 2, kAnalyst = 8;

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
    hear_other_well(now);
  }
  void hear_other_well(base::Instant now) {
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
  /// `affected`: 0: as many as it names.
  verdict::Incident blind(std::string why, std::vector<std::string> examples, std::uint64_t affected = 0) {
    auto made = incident(verdict::Cause::kAuditBlind);
    made.finding.key = {verdict::Cause::kAuditBlind, {}, "", std::move(why)};
    made.finding.affected = affected > 0 ? affected : examples.size();
    made.finding.examples = std::move(examples);
    return made;
  }
  void commit(base::Instant now, const verdict::Incident& incident, const std::string& state) {
    store::Batch batch;
    batch.incidents = {incident};
    const auto id = alert::AlertId::make(now, random);
    if (!state.empty()) {
      batch.bodies = {{id, alert::Channel::kWebhook, "",
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
  Oracle oracle{world, trace, {.bound = std::chrono::minutes(17), .destinations = {"siem"}}, kNoon};
  base::SeededRandom random{1};
  audit::TokenId token = audit::TokenId::make(kNoon, random);
};

inline const xads::Answer kDead = xads::Denied{xads::Denial::kTokenInvalid};

}  // namespace simulation
