#pragma once

#include <string>
#include <vector>

#include "audit/probe.h"
#include "verdict/baseline.h"
#include "verdict/expectation.h"
#include "verdict/incident.h"

namespace verdict {

/// One probe beside its token, as the assessment sees it. Both outlive the call.
struct Member {
  const audit::Token* token;
  const ProbeState* state;
  bool token_granted_elsewhere = false;  ///< the same token is granted on another ad account
  // When the present answer began and was last given, on the steady clock: neighbours are compared by these.
  base::Instant answer_began = base::Instant::min();  ///< min: before this process
  base::Instant last_answer = base::Instant::max();
  bool access_removed_open = false;  ///< an incident says already that this token lost this account
};

/// What holds now, computed from baselines alone.
struct Assessment {
  std::vector<Finding> findings;
  /// Problems of which the present baselines say neither that they hold nor that they are over: a role cannot be seen
  /// while the token is dead. They stay as they are.
  std::vector<IncidentKey> undecided;
};

/// What is wrong with a token itself: revoked, suspended, locked, to be authorized anew, of another user. Pure.
Assessment assess_token(const audit::Token& token, const std::vector<const ProbeState*>& probes);

/// What is wrong on one ad account, for all live tokens that are asked about it: access, the account itself, roles, and
/// what of `policy` is broken. Rights about which an expectation has spoken have no incident of their own. Pure.
Assessment assess_account(const std::string& account, const std::vector<Member>& members, const Policy& policy = {});

}  // namespace verdict
