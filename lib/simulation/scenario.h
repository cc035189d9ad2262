#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "base/time.h"
#include "simulation/truth.h"

namespace simulation {

/// What can befall the world. With Event::lasts each of them ends: a revoked token is replaced by the operator, all
/// else is as it was.
enum class What : std::uint8_t {
  kTokenRevoked,
  kUserSuspended,
  kUserLocked,
  kReauthorizationRequired,
  kRoleChanged,
  kAccessRemoved,
  kAccountDeleted,
  kAppSuspended,
  kKeysRegenerated,
  kAdsAccessLost,
  kAppReadOnly,
  kMassRevocation,  ///< every token of an app, or of all
  kVersionRetired,
  kSunsetAnnounced,
  kClockOff,
  kThrottled,    ///< others use up X's rate limits
  kOutage,       ///< 503 with retry-after, of both hosts
  kMaintenance,  ///< 503 without
  kConnectionRefused,
  kNoAddress,
  kBrokenTls,
  kPortal,    ///< HTML with status 200
  kRedirect,  ///< HTML with status 302
};
constexpr std::size_t kWhats = 23;
std::string_view to_text(What what);  ///< "token_revoked"
std::optional<What> what_from_text(std::string_view text);
const std::vector<What>& all_whats();

/// What an event is about, and so which names it needs.
enum class Target { kToken, kPair, kAccount, kApp, kWorld };
Target target_of(What what);

struct Event {
  base::Duration at{0};  ///< since the start
  What what = What::kTokenRevoked;
  std::string token;                      ///< name; of Target::kToken and kPair
  std::string account;                    ///< of Target::kAccount; of kPair: empty for all of the token's
  std::string app;                        ///< of Target::kApp: empty for all apps
  std::uint8_t to = 0;                    ///< of kRoleChanged: the new permissions
  base::Duration by{0};                   ///< of kClockOff: how far our clock is ahead
  std::optional<base::Duration> lasts{};  ///< none: for ever
};

/// A token of the world, with what it may do.
struct Cast {
  struct Seat {
    std::string account;
    std::uint8_t role = 0;  ///< mask of permissions
  };
  std::string name;
  std::string app;
  audit::TokenKind kind = audit::TokenKind::kAdvertiser;
  std::vector<Seat> seats;
};

/// How far the network is to be trusted.
struct Lines {
  base::Duration least_delay{40};
  base::Duration most_delay{1500};  ///< answers overtake each other
  double faults = 0;                ///< part of the answers that a fault replaces
  bool operator==(const Lines&) const = default;
};

/// Days that did not happen.
struct Scenario {
  std::string name;
  std::string tells;  ///< in one sentence
  base::Duration length{24 * 3600'000};
  base::Duration interval{15 * 60'000};  ///< between the audits of a pair
  std::vector<Cast> cast;
  std::vector<Event> events;  ///< in any order
  Lines lines;
  bool counts_by_account = false;  ///< X's rate limits: by ad account, else by token
};

/// `pairs` pairs as an agency has them: of each ten, five advertisers with a token and an account of their own, one
/// developer token that also sees four of these accounts, and one that sees one alone.
std::vector<Cast> cast_of(int pairs, const std::vector<std::string>& apps);

struct Size {
  int pairs = 50;
  std::optional<int> days{};  ///< none: as long as the scenario needs
};
const std::vector<std::string_view>& scenario_names();
/// Nothing for a name that is none of those. `seed` decides what happens in "random", and which tokens are hit.
std::optional<Scenario> scenario_named(std::string_view name, const Size& size, std::uint64_t seed);
/// A life with everything in it.
Scenario random_scenario(const Size& size, std::uint64_t seed);

}  // namespace simulation
