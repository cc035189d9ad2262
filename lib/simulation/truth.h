#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "xads/permissions.h"

namespace simulation {

// Places in the lists of a World.
using TokenNumber = std::size_t;
using AccountNumber = std::size_t;
using PairNumber = std::size_t;
constexpr std::size_t kNone = ~std::size_t{0};

/// What X knows about one pair of token and ad account, as far as X lets anybody see it: a fault of the app hides what
/// has become of its tokens.
enum class Standing : std::uint8_t {
  kGranted,
  kNotFound,     ///< the account is gone, or the user was taken off it
  kRevoked,      ///< the token
  kSuspended,    ///< the token's user
  kLocked,       ///< the token's user
  kReauthorize,  ///< the token is older than the app's approval
  kAppSuspended,
  kKeysRegenerated,
  kAdsAccessLost,
  kReadOnly,
  kVersionRetired,
  kClockOff,  ///< ours, by more than X bears
};
constexpr std::size_t kStandings = 12;
std::string_view to_text(Standing standing);  ///< "app suspended"
/// Whether it is the app's, the version's or our own fault, which hits all tokens alike.
constexpr bool hits_all(Standing standing) { return standing >= Standing::kAppSuspended; }

struct Truth {
  Standing standing = Standing::kGranted;
  std::uint8_t role = 0;  ///< of a grant: the mask of its permissions; else 0
  bool operator==(const Truth&) const = default;
};
std::string to_text(const Truth& truth);  ///< "granted AD_MANAGER"

}  // namespace simulation
