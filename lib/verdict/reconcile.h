#pragma once

#include <map>
#include <vector>

#include "base/random.h"
#include "verdict/assess.h"
#include "verdict/incident.h"

namespace verdict {

enum class Step { kOpened, kUpdated, kResolved };

/// What became of one incident.
struct IncidentStep {
  Step step;
  Incident incident;  ///< as it is now
};

using OpenIncidents = std::map<IncidentKey, Incident>;

/// Brings the open incidents of one token (those about the token itself) in line with its assessment: opens what is
/// new, updates what changed, resolves what is over, leaves what is undecided. Changes `open` and says what it did.
std::vector<IncidentStep> reconcile_token(const audit::TokenId& token, const Assessment& assessment,
                                          OpenIncidents& open, base::Instant now, base::Random& random);
/// The same for all open incidents on one ad account.
std::vector<IncidentStep> reconcile_account(const std::string& account, const Assessment& assessment,
                                            OpenIncidents& open, base::Instant now, base::Random& random);

}  // namespace verdict
