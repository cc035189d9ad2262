#include "store/batch.h"

namespace store {

bool Batch::empty() const {
  return tokens.empty() && probes.empty() && ended_probes.empty() && closed_runs.empty() && changes.empty() &&
         incidents.empty() && bodies.empty() && deliveries.empty() && attempts.empty() && buckets.empty() &&
         last_sequence == 0;
}

}  // namespace store
