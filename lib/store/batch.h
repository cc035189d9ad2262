#pragma once

#include <cstdint>
#include <vector>

#include "alert/delivery.h"
#include "audit/budget.h"
#include "audit/probe.h"
#include "verdict/baseline.h"
#include "verdict/incident.h"

namespace store {

/// A run that ended: the observation history of a probe.
struct ClosedRun {
  audit::ProbeId probe;
  verdict::Run run;
  bool operator==(const ClosedRun&) const = default;
};

/// Everything that belongs together: committed in one transaction, all of it or nothing.
struct Batch {
  std::vector<audit::Token> tokens;          ///< facts of known tokens that changed (user_id, labels); never secrets
  std::vector<verdict::ProbeState> probes;   ///< new or changed probes, with their open run and suspicion
  std::vector<audit::ProbeId> ended_probes;  ///< no longer asked; their history stays
  std::vector<ClosedRun> closed_runs;
  std::vector<verdict::Change> changes;  ///< appended to the chained log in this order
  std::vector<verdict::Incident> incidents;
  std::vector<alert::Body> bodies;
  std::vector<alert::Delivery> deliveries;
  std::vector<alert::DeliveryAttempt> attempts;
  std::vector<audit::BucketState> buckets;
  /// Of the latest alert made, also when it has no recipient and so no delivery; 0 when no alert was made.
  std::uint64_t last_sequence = 0;

  bool empty() const;
};

}  // namespace store
