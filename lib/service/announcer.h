#pragma once

#include <cstdint>
#include <vector>

#include "alert/destination.h"
#include "base/random.h"
#include "service/roster.h"
#include "store/batch.h"
#include "verdict/reconcile.h"

namespace service {

/// Turns what became of an incident into rows of the outbox: one alert, one body for each channel that is used, one
/// delivery for each destination that is told. Loop thread only.
class Announcer {
 public:
  /// `destinations`, `routes` and `random` must outlive the announcer.
  Announcer(const std::vector<alert::Destination>& destinations, const std::vector<alert::Route>& routes,
            base::Random& random)
      : destinations_(destinations), routes_(routes), random_(random) {}

  /// Goes on counting after a restart.
  void continue_after(std::uint64_t sequence) { sequence_ = sequence; }

  void announce(const verdict::IncidentStep& step, const Roster& roster, base::Instant now, store::Batch& batch);

 private:
  const std::vector<alert::Destination>& destinations_;
  const std::vector<alert::Route>& routes_;
  base::Random& random_;
  std::uint64_t sequence_ = 0;
};

}  // namespace service
