#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "audit/probe.h"
#include "base/id.h"
#include "base/time.h"
#include "verdict/grounds.h"
#include "xads/observation.h"

namespace verdict {

/// An answer that may move a baseline. Only the denials of is_conclusive() occur in it.
using Conclusive = std::variant<xads::Granted, xads::Denied>;

/// The part of an answer that says something lasting about token or access; nothing for everything else
/// (throttled, unavailable, and refusals that blame the app, the clock, the version or our own request).
std::optional<Conclusive> conclusive_part(const xads::Answer& answer);
/// "granted user=2417045708 AD_MANAGER, TWEET_COMPOSER" or "denied token_invalid"
std::string to_text(const Conclusive& answer);
/// Reads exactly what to_text() writes; nothing for every other text.
std::optional<Conclusive> answer_from_text(std::string_view text);

/// The same conclusive answer, time after time (run-length encoding of the observations).
struct Run {
  Conclusive answer;
  base::Instant since;      ///< UTC, the first of them
  base::Instant last_seen;  ///< UTC, the latest of them
  std::uint64_t count = 0;
  xads::Evidence evidence;  ///< of the first
  bool operator==(const Run&) const = default;
};

/// Another answer than the baseline's, waiting to be confirmed.
struct Suspicion {
  Conclusive answer;
  base::Instant began;      ///< UTC
  int count = 0;            ///< how many times in a row, unavailable answers aside
  int definite_count = 0;   ///< how many of those were code 89, and not a vague 401
  xads::Evidence evidence;  ///< of the latest of them
  xads::IdentityAnswer identity =
      xads::IdentityAnswer::kNoStatement;  ///< the identity host's latest word since it began
  int identity_count = 0;                  ///< how many times in a row it said that
  bool operator==(const Suspicion&) const = default;
};

/// What is held to be true of a probe.
struct Baseline {
  std::optional<Run> run;  ///< nothing before the first conclusive answer
  /// What later grants are compared with: the first grant, or a later one that the operator accepted or announced.
  std::optional<xads::Granted> normal;
  bool accepted = false;                      ///< the operator accepted `normal`, also where it breaks an expectation
  std::optional<base::Instant> last_good_at;  ///< UTC, the latest grant like `normal`
  std::optional<Suspicion> suspicion;
  bool operator==(const Baseline&) const = default;
};

struct ChangeTag {
  static constexpr const char* kPrefix = "chg_";
};
using ChangeId = base::Id<ChangeTag>;

/// An entry of the permanent change log: a baseline moved, or the operator added or removed something.
struct Change {
  ChangeId id;
  base::Instant at;  ///< UTC
  /// "first_seen", "changed", "accepted", "announced" (it came), "given_up" (it did not, and was accepted),
  /// "token_added", "token_removed", "token_replaced", and of the accounts that a token lists: "account_found",
  /// "account_vanished", "account_deleted", "account_returned", "account_status".
  std::string kind;
  std::string token;    ///< name
  std::string account;  ///< empty for a change of a token
  std::string before;   ///< to_text() of the answers; empty when there was none
  std::string after;
  xads::Evidence evidence;
  int confirmations = 0;
  Grounds grounds{};  ///< of "accepted", "announced" and "given_up": the witnesses say who and why
  bool operator==(const Change&) const = default;
};

/// A probe with all that is remembered of it.
struct ProbeState {
  audit::Probe probe;
  bool vanished = false;  ///< GET accounts has ceased to list it for this token
  Baseline baseline;
  bool operator==(const ProbeState&) const = default;
};

}  // namespace verdict
