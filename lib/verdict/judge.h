#pragma once

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
  bool vouched = false;                   ///< the control token, or else another token of the same app, was granted
  bool clock_fine = true;                 ///< our clock and the Date header agree to a minute
};

struct Judgement {
  Baseline baseline;            ///< what is held to be true from now on
  std::optional<Run> closed;    ///< the run that this answer ended
  bool moved = false;           ///< the baseline's answer is another one than before
  bool first = false;           ///< this is the first conclusive answer of the probe
  int confirmations = 0;        ///< how many answers agreed, when moved
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
Judgement judge(const Baseline& before, const xads::Observation& observation, const ConfirmOptions& options,
                const Neighbours& neighbours, base::Instant now);

/// The identity host has spoken about the token of a probe under suspicion. Pure.
Judgement judge_identity(const Baseline& before, xads::IdentityAnswer answer, const ConfirmOptions& options,
                         const Neighbours& neighbours, base::Instant now);

}  // namespace verdict
