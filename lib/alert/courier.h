#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alert/delivery.h"
#include "alert/retry_policy.h"
#include "base/clock.h"
#include "http/message.h"

namespace alert {

/// Decides which delivery is sent next, and what its answer means. Sends nothing itself. Each destination has its own
/// queue, pace and order, so that a slow one delays nobody else. Waiting is counted on the steady clock.
/// Loop thread only.
class Courier {
 public:
  /// `destinations` and `random` must outlive the courier.
  Courier(const std::vector<Destination>& destinations, base::Random& random);

  /// Takes a committed, pending delivery. False, and nothing taken, when its destination's queue is full (kQueueLimit):
  /// it stays in the outbox until the queue has room and the caller reads it again. A delivery for an unknown
  /// destination (removed from the settings) is taken and ends as a dead letter at once.
  bool add(PendingDelivery pending, base::Moment now);
  /// True when `destination` refused a delivery and now has room for more.
  bool wants_more(const std::string& destination) const;

  struct Sending {
    DeliveryId id;
    http::Request request;
  };
  /// The next delivery that may go now, with its signed request; it is in flight until finish().
  std::optional<Sending> take_due(base::Moment now);
  /// Judges the reply. The attempt must be committed before the delivery counts as done.
  DeliveryAttempt finish(const DeliveryId& id, const http::Reply& reply, base::Moment now);

  /// Steady time at which take_due() may have something; nothing while all wait for answers.
  std::optional<base::Instant> next_due() const;
  /// Deliveries that wait or are in flight.
  std::size_t size() const;

  static constexpr std::size_t kQueueLimit = 1000;

 private:
  // Refined by the implementation: queues per destination, order keys in flight, pace.
};

}  // namespace alert
