#pragma once

#include <optional>
#include <vector>

#include "base/random.h"
#include "verdict/assess.h"
#include "verdict/incident.h"
#include "verdict/open_incidents.h"

namespace verdict {

/// Recorded: something of it is new, but nobody needs to be told.
enum class Step { kOpened, kUpdated, kResolved, kRecorded };

/// What became of one incident.
struct IncidentStep {
  Step step;
  Incident incident;  ///< as it is now
};

/// Brings the open incidents of one token (those about the token itself) in line with its assessment: opens what is
/// new, updates what changed, resolves what is over, leaves what is undecided. Changes `open` and says what it did.
/// Incidents about our own auditing are not touched.
std::vector<IncidentStep> reconcile_token(const audit::TokenId& token, const Assessment& assessment,
                                          OpenIncidents& open, base::Instant now, base::Random& random);
/// The same for the open incidents on one ad account.
std::vector<IncidentStep> reconcile_account(const std::string& account, const Assessment& assessment,
                                            OpenIncidents& open, base::Instant now, base::Random& random);

/// For what no assessment sees, such as Scope::kAudit. Opens the incident, or takes the finding over when it was calm;
/// nothing when it is open already.
std::optional<IncidentStep> open_one(const Finding& finding, OpenIncidents& open, base::Instant now,
                                     base::Random& random);
/// Resolves it; nothing when it is not open. One that flaps stays until it has been calm for OpenIncidents::kRecent.
std::optional<IncidentStep> resolve_one(const IncidentKey& key, OpenIncidents& open, base::Instant now);
/// Of those that flap: resolves what has been calm for long enough, and tells of what has come to stay what its turns
/// have changed. Costs what it finds.
std::vector<IncidentStep> settle_calm(OpenIncidents& open, base::Instant now);

}  // namespace verdict
