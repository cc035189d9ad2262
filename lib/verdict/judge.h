#pragma once

#include <string_view>

#include "base/time.h"
#include "verdict/baseline.h"

namespace verdict {

struct ConfirmOptions {
  int count = 2;                   ///< answers that must agree before the baseline moves
  base::Duration spacing{20'000};  ///< between them
};

/// What the other probes say, counted from the moment that the suspicion began. Computed by the caller, because a
/// verdict about one probe may need its neighbours.
struct Neighbours {
  bool others_of_account_settled = true;  ///< every other live token of the account has answered, or was asked in vain
  /// The control token, or else another token of the same app, was granted to a question that was asked between this
  /// suspicion's first question and its latest one: no fault of the app or of X covers both.
  bool vouched = false;
  bool could_be_vouched = true;  ///< somebody is there who could
  bool clock_fine = true;        ///< our clock and the Date header agree to a minute
  bool alive_elsewhere = false;  ///< the same token was granted on another ad account since then
  bool mass = false;             ///< many tokens of the app fail alike: see Cohort
  bool stable = false;           ///< and none of them has recovered for minutes
};

struct Judgement {
  Baseline baseline;            ///< what is held to be true from now on
  std::optional<Run> closed;    ///< the run that this answer ended
  bool moved = false;           ///< the baseline's answer is another one than before
  bool first = false;           ///< this is the first conclusive answer of the probe
  int confirmations = 0;        ///< how many answers agreed, when moved
  std::string_view rule{};      ///< by which it moved: a word that `explain` documents; empty when it did not
  bool confirm_again = false;   ///< ask this probe again after ConfirmOptions::spacing
  bool ask_identity = false;    ///< ask the identity host about the token
  bool ask_neighbours = false;  ///< ask the account's other tokens, and the token that vouches
};

/// Decides what an answer means for the baseline of its probe. Pure.
///
/// no run      -- conclusive, confirmed ------------> run
/// run         -- same answer ----------------------> run, one longer
/// run         -- another answer -------------------> suspicion (count 1)
/// suspicion   -- that answer again, count reached --> run of that answer
/// suspicion   -- the run's answer again -----------> run, suspicion dropped
/// any         -- nothing conclusive ---------------> unchanged
///
/// An answer that accuses the token itself (401) needs somebody beside it: the identity host that says the same of this
/// token, or a neighbour that shows that app, clock and X are well.
Judgement judge(const Baseline& before, const xads::Observation& observation, const ConfirmOptions& options,
                const Neighbours& neighbours, base::Instant now);

/// The identity host has spoken about the token of a probe under suspicion. Pure.
Judgement judge_identity(const Baseline& before, xads::IdentityAnswer answer, const ConfirmOptions& options,
                         const Neighbours& neighbours, base::Instant now);

}  // namespace verdict
