#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/random.h"
#include "simulation/truth.h"

namespace simulation {

/// What may come in the place of a single answer. The order is that of the table in faults.cpp.
enum class Fault : std::uint8_t {
  kNoFault,
  // The way there and back.
  kDeadline,
  kNoAddress,
  kConnectionRefused,
  kBrokenTls,
  kBrokenWhileSending,
  kReset,
  kNoHttp,
  // X is ill.
  kInternalError,
  kCode131,
  kOverCapacity,
  kUnavailable,
  kCode130,
  kBadGateway,
  kGatewayTimeout,
  kCancelled,
  kLocked,
  kTooMany,
  kTooManySilent,
  kCode88,
  // Somebody else answers, or the answer is broken.
  kPortal,
  kRedirect,
  kEmpty,
  kTruncated,
  kPageNotFound,
  kOtherAccount,
  kNoPermissions,
  kSameKeyTwice,
  kTooLarge,
  kErrorsInSuccess,
  // Our clock, our app.
  kCode135,
  kCode215,
  kCode416,
  kUnauthorizedClient,
  kReadOnlyClient,
  // Lies: well-formed, conclusive, and not true.
  kLieRevoked,
  kLieVague,
  kLieKeys,
  kLieNotFound,
  kLieSuspended,
  kLieLocked,
  kLieReauthorize,
  kLieGranted,
};
constexpr std::size_t kFaults = 43;
std::string_view to_text(Fault fault);  ///< "gateway timeout"
constexpr bool is_lie(Fault fault) { return fault >= Fault::kLieRevoked; }
/// The app is blamed, without a word about the token. Told twice in a row, it is as good as true.
constexpr bool blames_app(Fault fault) { return fault >= Fault::kCode135 && fault < Fault::kLieRevoked; }

/// Draws faults, and counts those that were told.
class Faults {
 public:
  /// `rate`: part of the answers that a fault replaces.
  Faults(double rate, std::uint64_t seed) : rate_(rate), random_(seed) {}

  /// Most often none. `may_accuse`: lies and what blames the app are allowed here.
  Fault draw(bool may_accuse);
  void count(Fault fault) { ++counts_[static_cast<std::size_t>(fault)]; }
  const std::array<std::uint64_t, kFaults>& counts() const { return counts_; }

 private:
  double rate_;
  base::SeededRandom random_;
  std::array<std::uint64_t, kFaults> counts_{};
};

}  // namespace simulation
