#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "audit/interval.h"
#include "audit/probe.h"
#include "verdict/baseline.h"

namespace service {

constexpr std::uint32_t kNoPair = 0xFFFF'FFFF;
/// A pair that was asked so often in vain is not waited for.
constexpr unsigned kVainAttempts = 3;

/// Why nothing conclusive is known of a pair: what came instead of an answer, or that nothing was asked.
enum class Blindness : std::uint8_t {
  kBudget,  ///< it was not asked in time
  kNetwork,
  kNameResolution,
  kTls,
  kServer,
  kMiddlebox,
  kThrottled,
  kClock,
  kApp,
  kVersion,
  kUnknownCode,
  kUndecided,  ///< there are answers, but they contradict each other
};
constexpr std::size_t kBlindnesses = 12;
std::string_view to_text(Blindness why);   ///< "name_resolution": the topic of audit.blind
std::string_view words_of(Blindness why);  ///< "host names cannot be resolved"
/// What an answer without a conclusive part is an instance of.
Blindness blindness_of(const xads::Answer& answer);

/// One pair of token and ad account, in one cache line. Its place in the roster is its name.
struct Pair {
  /// What is held to be true of it, as far as that fits here.
  enum class Form : std::uint8_t {
    kUnasked,  ///< no conclusive answer yet
    kPlain,    ///< granted to the token's pinned user, as at first, with known permissions only, nothing accepted
    kUnusual,  ///< everything else: the baseline lies beside
  };

  audit::ProbeId id;               ///< null: a free place
  base::Instant since, last_seen;  ///< UTC, of a plain run
  base::Instant answered{};        ///< steady, of the latest conclusive answer; the epoch: none in this process
  std::uint32_t token = 0, account = 0;
  std::uint32_t next_of_token = kNoPair, next_of_account = kNoPair;
  std::uint32_t count = 0;  ///< of a plain run
  std::uint8_t permissions = 0;
  Form form : 2 = Form::kUnasked;
  audit::IntervalClass interval_class : 2 = audit::IntervalClass::kNormal;
  std::uint8_t vain_attempts : 4 = 0;      ///< answers without a statement since the last conclusive one; stays at 15
  bool urgent : 1 = false;                 ///< asked out of turn: may use the reserve
  bool spare : 1 = false;                  ///< its next audit is an extra one
  bool unsaved : 1 = false;                ///< its open run is longer than the database knows
  bool listed : 1 = false;                 ///< the token's settings name it
  bool vanished : 1 = false;               ///< the token's list of accounts has ceased to name it
  Blindness why : 4 = Blindness::kBudget;  ///< of the latest answers; kBudget after a conclusive one
};
static_assert(sizeof(Pair) == 64);

/// What lies beside an unusual pair.
struct Memory {
  verdict::Baseline baseline;
  // Steady times of this process, because a step of the wall clock must not make an answer new or old.
  std::optional<base::Instant> last_granted;
  base::Instant run_began = base::Instant::min();  ///< min: before this process
  base::Instant suspicion_began{};                 ///< or when a restored suspicion was restored
  base::Instant believed{};  ///< the latest answer before the suspicion; the epoch: before this process
  // When the first and the latest question of the suspicion were asked; the epoch: before this process.
  base::Instant suspicion_asked{}, latest_asked{};
};

/// Whether the run is of an answer about the token itself, whatever the account: revoked, suspended, locked, ...
bool says_token_is_dead(const std::optional<verdict::Run>& run);

/// The plain form of a baseline: its known permissions; nothing when the baseline does not fit into a Pair.
std::optional<std::uint8_t> plain_permissions(const verdict::Baseline& baseline, std::string_view user_id);

}  // namespace service
