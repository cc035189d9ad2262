#include <algorithm>
#include <array>

#include "base/random.h"
#include "simulation/scenario.h"

namespace simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::uint8_t, 8> kRoles{static_cast<std::uint8_t>(xads::Permission::kAdManager),
                                             static_cast<std::uint8_t>(xads::Permission::kAccountAdmin),
                                             static_cast<std::uint8_t>(xads::Permission::kCampaignAnalyst),
                                             static_cast<std::uint8_t>(xads::Permission::kCreativeManager),
                                             static_cast<std::uint8_t>(xads::Permission::kAnalyst),
                                             static_cast<std::uint8_t>(xads::Permission::kPartnerAudienceManager),
                                             static_cast<std::uint8_t>(xads::Permission::kAdManager) |
                                                 static_cast<std::uint8_t>(xads::Permission::kTweetComposer),
                                             static_cast<std::uint8_t>(xads::Permission::kAccountAdmin) |
                                                 static_cast<std::uint8_t>(xads::Permission::kTweetComposer)};

constexpr std::array kPersonal{What::kTokenRevoked,
                               What::kTokenRevoked,
                               What::kUserSuspended,
                               What::kUserLocked,
                               What::kRoleChanged,
                               What::kRoleChanged,
                               What::kRoleChanged,
                               What::kAccessRemoved,
                               What::kAccountDeleted,
                               What::kAccessRemoved,
                               What::kReauthorizationRequired};
constexpr std::array kGeneral{
    What::kAppSuspended,      What::kKeysRegenerated, What::kAdsAccessLost, What::kAppReadOnly, What::kMassRevocation,
    What::kVersionRetired,    What::kClockOff,        What::kThrottled,     What::kOutage,      What::kMaintenance,
    What::kConnectionRefused, What::kNoAddress,       What::kBrokenTls,     What::kPortal,      What::kRedirect};

class Fate {
 public:
  explicit Fate(std::uint64_t seed) : random_(seed) {}

  bool happens(double chance) { return random_.next_unit() < chance; }
  std::size_t below(std::size_t most) { return static_cast<std::size_t>(random_.next_u64() % most); }
  base::Duration between(base::Duration least, base::Duration most) {
    return least + base::Duration(static_cast<std::int64_t>(random_.next_unit() * double((most - least).count())));
  }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }
  /// Over before anybody can know, for hours, or for ever.
  std::optional<base::Duration> a_while() {
    const double kind = random_.next_unit();
    if (kind < 0.2) return between(10s, 20min);
    if (kind < 0.8) return between(20min, 12h);
    return std::nullopt;
  }

 private:
  base::SeededRandom random_;
};

Event personal(Fate& fate, const Scenario& scenario) {
  const Cast& cast = fate.one_of(scenario.cast);
  Event event{.at = fate.between(1h, scenario.length), .what = fate.one_of(kPersonal), .token = cast.name};
  event.account = fate.one_of(cast.seats).account;
  event.to = fate.one_of(kRoles);
  event.lasts = fate.a_while();
  return event;
}

Event general(Fate& fate, const Scenario& scenario, base::Duration at) {
  Event event{.at = at, .what = fate.one_of(kGeneral), .app = fate.one_of(scenario.cast).app};
  event.lasts = fate.happens(0.3) ? fate.between(10s, 15min) : fate.between(15min, 4h);
  event.by = (fate.happens(0.5) ? 1 : -1) * fate.between(90s, 1h);
  return event;
}

}  // namespace

Scenario random_scenario(const Size& size, std::uint64_t seed) {
  Fate fate(seed ^ 0x7261'6e64'6f6d'0000);
  Scenario scenario{.name = "random", .tells = "whatever can happen, as the seed decides"};
  scenario.length = size.days.value_or(3) * 24h;
  scenario.cast = cast_of(size.pairs, {"agency", "studio"});
  scenario.counts_by_account = fate.happens(0.5);
  scenario.lines.faults = std::array{0.0, 0.002, 0.01, 0.03}[fate.below(4)];
  scenario.lines.most_delay = fate.between(200ms, 10'100ms);
  const auto days = std::max<std::int64_t>(1, scenario.length / 24h);
  const auto personal_events = static_cast<std::size_t>(days) * static_cast<std::size_t>(size.pairs) / 10;
  for (std::size_t count = 0; count < personal_events; ++count) scenario.events.push_back(personal(fate, scenario));
  // One after another: two general troubles at once would hide each other.
  for (base::Duration at = fate.between(2h, 20h); at + 5h < scenario.length; at += fate.between(6h, 30h))
    scenario.events.push_back(general(fate, scenario, at));
  return scenario;
}

}  // namespace simulation
