#include "simulation/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace simulation {
namespace {

using namespace std::chrono_literals;

struct Row {
  What what;
  std::string_view text;
  Target target;
};
// In the order of the enumerators, so that an event is its own index.
constexpr std::array<Row, kWhats> kRows{{
    {What::kTokenRevoked, "token_revoked", Target::kToken},
    {What::kUserSuspended, "user_suspended", Target::kToken},
    {What::kUserLocked, "user_locked", Target::kToken},
    {What::kReauthorizationRequired, "reauthorization_required", Target::kToken},
    {What::kRoleChanged, "role_changed", Target::kPair},
    {What::kAccessRemoved, "access_removed", Target::kPair},
    {What::kAccountDeleted, "account_deleted", Target::kAccount},
    {What::kAppSuspended, "app_suspended", Target::kApp},
    {What::kKeysRegenerated, "keys_regenerated", Target::kApp},
    {What::kAdsAccessLost, "ads_access_lost", Target::kApp},
    {What::kAppReadOnly, "app_read_only", Target::kApp},
    {What::kMassRevocation, "mass_revocation", Target::kApp},
    {What::kVersionRetired, "version_retired", Target::kWorld},
    {What::kSunsetAnnounced, "sunset_announced", Target::kWorld},
    {What::kClockOff, "clock_off", Target::kWorld},
    {What::kThrottled, "throttled", Target::kWorld},
    {What::kOutage, "outage", Target::kWorld},
    {What::kMaintenance, "maintenance", Target::kWorld},
    {What::kConnectionRefused, "connection_refused", Target::kWorld},
    {What::kNoAddress, "no_address", Target::kWorld},
    {What::kBrokenTls, "broken_tls", Target::kWorld},
    {What::kPortal, "portal", Target::kWorld},
    {What::kRedirect, "redirect", Target::kWorld},
}};
constexpr bool rows_follow_the_enumerators() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].what) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enumerators());

constexpr auto kManager = static_cast<std::uint8_t>(xads::Permission::kAdManager);
constexpr auto kAnalyst = static_cast<std::uint8_t>(xads::Permission::kCampaignAnalyst);
constexpr auto kComposer = static_cast<std::uint8_t>(xads::Permission::kTweetComposer);
constexpr auto kAdmin = static_cast<std::uint8_t>(xads::Permission::kAccountAdmin);

/// The seat that stories are told about.
struct Hero {
  std::string token, account, app;
};
Hero hero_of(const Scenario& scenario, std::uint64_t seed) {
  const Cast& cast = scenario.cast[seed % scenario.cast.size()];
  return {cast.name, cast.seats.front().account, cast.app};
}

using Story = void (*)(Scenario&, const Hero&);

void calm(Scenario&, const Hero&) {}

void revocation(Scenario& scenario, const Hero& hero) {
  scenario.events = {{.at = 3h, .what = What::kTokenRevoked, .token = hero.token, .lasts = 5h}};
}

void role_change(Scenario& scenario, const Hero& hero) {
  const auto change = [&](base::Duration at, std::uint8_t to) {
    scenario.events.push_back(
        {.at = at, .what = What::kRoleChanged, .token = hero.token, .account = hero.account, .to = to});
  };
  change(3h, kAnalyst);
  change(9h, kAdmin | kComposer);
  change(15h, kManager);
}

void app_trouble(Scenario& scenario, const Hero& hero, What what) {
  scenario.events = {{.at = 3h, .what = what, .app = hero.app, .lasts = 6h}};
}
void app_suspended(Scenario& scenario, const Hero& hero) { app_trouble(scenario, hero, What::kAppSuspended); }
void keys_regenerated(Scenario& scenario, const Hero& hero) { app_trouble(scenario, hero, What::kKeysRegenerated); }
void ads_access_lost(Scenario& scenario, const Hero& hero) { app_trouble(scenario, hero, What::kAdsAccessLost); }
void mass_revocation(Scenario& scenario, const Hero& hero) {
  scenario.events = {{.at = 3h, .what = What::kMassRevocation, .app = hero.app}};
}

void outage(Scenario& scenario, const Hero&) {
  scenario.events = {{.at = 3h, .what = What::kOutage, .lasts = 10min},
                     {.at = 6h, .what = What::kMaintenance, .lasts = 2h},
                     {.at = 12h, .what = What::kConnectionRefused, .lasts = 1h},
                     {.at = 16h, .what = What::kNoAddress, .lasts = 1h},
                     {.at = 20h, .what = What::kBrokenTls, .lasts = 1h}};
}
void portal(Scenario& scenario, const Hero&) {
  scenario.events = {{.at = 3h, .what = What::kPortal, .lasts = 2h}, {.at = 9h, .what = What::kRedirect, .lasts = 1h}};
}
void clock_drift(Scenario& scenario, const Hero&) {
  scenario.events = {{.at = 3h, .what = What::kClockOff, .by = 2min, .lasts = 2h},
                     {.at = 9h, .what = What::kClockOff, .by = 20min, .lasts = 2h},
                     {.at = 15h, .what = What::kClockOff, .by = -20min, .lasts = 2h}};
}
void throttled(Scenario& scenario, const Hero&) {
  scenario.events = {{.at = 3h, .what = What::kThrottled, .lasts = 2h}};
}

void flapping(Scenario& scenario, const Hero& hero) {
  for (base::Duration at = 3h; at < 9h; at += 25min) {
    scenario.events.push_back({.at = at,
                               .what = What::kRoleChanged,
                               .token = hero.token,
                               .account = hero.account,
                               .to = kAnalyst,
                               .lasts = 10min});
  }
}

void account_deleted(Scenario& scenario, const Hero& hero) {
  scenario.events = {{.at = 3h, .what = What::kAccountDeleted, .account = hero.account, .lasts = 8h}};
}

struct BuiltIn {
  std::string_view name;
  std::string_view tells;
  Story story;
};
constexpr std::array kBuiltIns{
    BuiltIn{"calm", "nothing happens", calm},
    BuiltIn{"revocation", "a user revokes the app; five hours later the token is replaced", revocation},
    BuiltIn{"role-change", "a role is reduced, then raised, then as it was", role_change},
    BuiltIn{"app-suspended", "X suspends the app for six hours", app_suspended},
    BuiltIn{"keys-regenerated", "somebody regenerates the app's keys; they are set right six hours later",
            keys_regenerated},
    BuiltIn{"ads-access-lost", "the app loses its access to the Ads API for six hours", ads_access_lost},
    BuiltIn{"mass-revocation", "every user revokes the app within the same minute", mass_revocation},
    BuiltIn{"outage", "X is ill, cannot be reached, has no address, shows a wrong certificate", outage},
    BuiltIn{"portal", "a proxy answers in X's place, with HTML", portal},
    BuiltIn{"clock-drift", "our own clock is 2 minutes fast, then 20, then 20 slow", clock_drift},
    BuiltIn{"throttled", "others use up the rate limits for two hours", throttled},
    BuiltIn{"flapping", "a role comes and goes every 25 minutes", flapping},
    BuiltIn{"account-deleted", "an ad account is deleted, and restored eight hours later", account_deleted},
};
constexpr std::string_view kRandom = "random";

}  // namespace

std::string_view to_text(What what) { return kRows.at(static_cast<std::size_t>(what)).text; }

std::optional<What> what_from_text(std::string_view text) {
  for (const Row& row : kRows) {
    if (row.text == text) return row.what;
  }
  return std::nullopt;
}

const std::vector<What>& all_whats() {
  static const std::vector<What> whats = [] {
    std::vector<What> all;
    for (const Row& row : kRows) all.push_back(row.what);
    return all;
  }();
  return whats;
}

Target target_of(What what) { return kRows.at(static_cast<std::size_t>(what)).target; }

std::vector<Cast> cast_of(int pairs, const std::vector<std::string>& apps) {
  std::vector<Cast> cast;
  const auto account = [](int number) { return fmt::format("18ce{:07}", number); };
  const auto add = [&](std::string name, audit::TokenKind kind) -> Cast& {
    const std::size_t app = cast.size() % 7 == 6 ? apps.size() - 1 : 0;  // few tokens have the last app
    return cast.emplace_back(Cast{.name = std::move(name), .app = apps[app], .kind = kind});
  };
  int left = pairs;
  for (int group = 0; left > 0; ++group) {
    const int first = group * 6;
    for (int brand = 0; brand < 5 && left > 0; ++brand, --left) {
      const std::uint8_t role = brand % 2 == 0 ? kManager : std::uint8_t(kAdmin | kComposer);
      add(fmt::format("brand-{}", group * 5 + brand), audit::TokenKind::kAdvertiser).seats = {
          {account(first + brand), role}};
    }
    if (left <= 0) break;
    Cast& shared = add(fmt::format("agency-{}", group), audit::TokenKind::kDeveloper);
    for (int brand = 0; brand < 4 && left > 0; ++brand, --left)
      shared.seats.push_back({account(first + brand), kManager});
    if (left-- <= 0) break;
    add(fmt::format("solo-{}", group), audit::TokenKind::kDeveloper).seats = {{account(first + 5), kAnalyst}};
  }
  return cast;
}

const std::vector<std::string_view>& scenario_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const BuiltIn& one : kBuiltIns) all.push_back(one.name);
    all.push_back(kRandom);
    return all;
  }();
  return names;
}

std::optional<Scenario> scenario_named(std::string_view name, const Size& size, std::uint64_t seed) {
  if (name == kRandom) return random_scenario(size, seed);
  const auto known =
      std::find_if(kBuiltIns.begin(), kBuiltIns.end(), [&](const BuiltIn& one) { return one.name == name; });
  if (known == kBuiltIns.end()) return std::nullopt;
  Scenario scenario{.name = std::string(name), .tells = std::string(known->tells)};
  scenario.length = size.days.value_or(1) * 24h;
  scenario.cast = cast_of(size.pairs, {"agency"});
  known->story(scenario, hero_of(scenario, seed));
  return scenario;
}

}  // namespace simulation
