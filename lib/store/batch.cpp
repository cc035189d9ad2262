#include "store/batch.h"

namespace store {

bool Batch::empty() const {
  return tokens.empty() && accounts.empty() && probes.empty() && grown_runs.empty() && ended_probes.empty() &&
         closed_runs.empty() && changes.empty() && discovery_steps.empty() && incidents.empty() && bodies.empty() &&
         deliveries.empty() && attempts.empty() && planned_changes.empty() && done_acceptances.empty() &&
         alerts.empty() && tellings.empty() && done_acknowledgements.empty() && done_tests.empty() &&
         !mutes_listed_at && buckets.empty() && gauges.empty() && last_sequence == 0 && !ended_in_order;
}

}  // namespace store
