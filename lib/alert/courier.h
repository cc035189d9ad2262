#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alert/delivery.h"
#include "alert/lane.h"
#include "alert/retry_policy.h"
#include "base/clock.h"
#include "http/message.h"

namespace alert {

/// Decides which delivery is sent next, and what its answer means. Sends nothing itself. Each destination has its own
/// queue, pace and order, so that a slow one delays nobody else. Waiting is counted on the steady clock.
/// Loop thread only.
class Courier {
 public:
  /// `destinations` and `random` must outlive the courier. Requires that complaint_about() finds nothing wrong with the
  /// destinations.
  Courier(const std::vector<Destination>& destinations, base::Random& random);

  /// Takes a committed, pending delivery. False, and nothing taken, when its destination's queue is full (kQueueLimit):
  /// it stays in the outbox until the queue has room and the caller reads it again. From then on the caller adds to
  /// that destination only what it reads from the outbox, oldest first, until it has caught up: a newer delivery added
  /// before would overtake. One that is held already is taken once. A delivery for an unknown destination (removed from
  /// the settings, or of another channel now) is taken and ends as a dead letter at once: see take_dead().
  bool add(PendingDelivery pending, base::Moment now);
  /// True when `destination` refused a delivery and now has room for more.
  bool wants_more(const std::string& destination) const;
  /// The next delivery that ended without being sent, as the attempt to be committed. Ask after add(), until it has
  /// none.
  std::optional<DeliveryAttempt> take_dead();

  struct Sending {
    DeliveryId id;
    http::Request request;
  };
  /// The next delivery that may go now, with its signed request; it is in flight until finish().
  std::optional<Sending> take_due(base::Moment now);
  /// Judges the reply. The attempt must be committed before the delivery counts as done.
  DeliveryAttempt finish(const DeliveryId& id, const http::Reply& reply, base::Moment now);

  /// Steady time at which take_due() may have something, perhaps in the past; nothing while all wait for answers.
  std::optional<base::Instant> next_due() const;
  /// Deliveries that wait or are in flight.
  std::size_t size() const;

  static constexpr std::size_t kQueueLimit = 1000;

 private:
  /// What an answer means for the delivery, and when the next attempt is due (steady), if there is one.
  std::optional<base::Instant> settle(DeliveryAttempt& attempt, const Lane::Item& item, const AttemptResult& result,
                                      base::Moment now);

  base::Random& random_;
  std::map<std::string, Lane> lanes_;  ///< by the destination's name
  std::set<std::string> behind_;       ///< destinations that refused a delivery since they last took one
  std::map<DeliveryId, Lane*> in_flight_;
  std::deque<DeliveryAttempt> dead_;  ///< not yet taken by take_dead()
};

}  // namespace alert
