#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert/delivery.h"
#include "alert/lane.h"
#include "alert/retry_policy.h"
#include "base/clock.h"
#include "http/message.h"

namespace alert {

/// News of a destination: it takes no messages, or takes them again.
struct DestinationNews {
  enum class Kind { kWorks, kRefusesForGood, kSilentForLong, kGivenUp };
  Kind kind = Kind::kWorks;
  std::string destination;
  std::string outcome;  ///< of the latest attempt, for people; holds no secret
  int http_status = 0;  ///< of it; 0 without an answer
};

/// Decides which delivery is sent next, and what its answer means. Sends nothing itself. Each destination has its own
/// queue, pace and order, so that a slow one delays nobody else. Waiting is counted on the steady clock.
///
/// A destination that refuses for good is parked: its deliveries stay pending, one of them is tried each hour as a
/// probe, and the first that is taken ends it.
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
  /// the settings, or of another channel now) is taken and ends as a dead letter at once: see take_ended().
  bool add(PendingDelivery pending, base::Moment now);
  /// True when `destination` refused a delivery and now has room for more.
  bool wants_more(const std::string& destination) const;
  /// By which the receivers know the first messages of threads that an earlier process began. Those that this one
  /// begins are kept until it ends: a hundred bytes for each incident that a bot tells of.
  void restore(const std::vector<Thread>& threads);
  /// By name, on the steady clock: for another courier of this process, which goes on at the same pace. That a
  /// destination is parked is not among it: whoever changes the settings wants to know now.
  std::map<std::string, Lane::Pace> paces() const;
  void go_on(const std::map<std::string, Lane::Pace>& paces);
  /// The operator has repaired a destination, or wants to know: it is tried now, if it was parked.
  void wake(const std::string& destination);
  /// The next delivery that ended without being sent, as the attempt to be committed. Ask after add() and take_due(),
  /// until it has none.
  std::optional<DeliveryAttempt> take_ended();

  struct Sending {
    DeliveryId id;
    http::Request request;
  };
  /// The next delivery that may go now, with its signed request; it is in flight until finish().
  std::optional<Sending> take_due(base::Moment now);
  /// Judges the reply. The attempt must be committed before the delivery counts as done, and before the next one takes
  /// its slot: see recorded().
  DeliveryAttempt finish(const DeliveryId& id, const http::Reply& reply, base::Moment now);
  /// This attempt is committed.
  void recorded(const Delivery& delivery);
  /// One attempt past the queues and their order. Nothing when the destination is unknown, or there is nothing to do.
  std::optional<http::Request> request_for(const PendingDelivery& pending, base::Moment now) const;
  /// What came of it: delivered, or as it was before.
  DeliveryAttempt judge(const PendingDelivery& pending, const http::Reply& reply, base::Moment now) const;
  /// What the answers since the last call say of the destinations themselves. That one works is said once after the
  /// start and then whenever it had not worked.
  std::vector<DestinationNews> take_news() { return std::exchange(news_, {}); }

  /// Steady time at which take_due() may have something, perhaps in the past; nothing while all wait for answers.
  std::optional<base::Instant> next_due() const;
  /// Deliveries that wait or are in flight.
  std::size_t size() const;
  /// Deliveries of one destination, or of the members of a cluster, that wait or are in flight.
  std::size_t size(const std::string& destination) const;

  static constexpr std::size_t kQueueLimit = 1000;
  static constexpr base::Duration kProbeEvery = std::chrono::hours(1);
  /// So long without a success, and people are told.
  static constexpr base::Duration kSilentForLong = std::chrono::minutes(15);

 private:
  using News = DestinationNews;

  /// What an answer means for the delivery, and when the next attempt is due (steady), if there is one.
  std::optional<base::Instant> settle(DeliveryAttempt& attempt, const Lane::Item& item, const AttemptResult& result,
                                      base::Moment now);
  void pace(Lane& lane, const AttemptResult& result, std::optional<base::Instant> due, base::Moment now);
  void keep_receipt(DeliveryAttempt& attempt, const AttemptResult& result);
  void hear(Lane& lane, const DeliveryAttempt& attempt, Verdict verdict, base::Instant now);

  base::Random& random_;
  std::map<std::string, Lane> lanes_;  ///< by the destination's name
  std::set<std::string> behind_;       ///< destinations that refused a delivery since they last took one
  std::map<DeliveryId, Lane*> in_flight_;
  std::deque<DeliveryAttempt> ended_;                                    ///< not yet taken by take_ended()
  std::map<std::pair<std::string, std::string>, std::string> receipts_;  ///< by destination and thread
  std::map<std::string, News::Kind> said_;                               ///< what was said last of each destination
  std::vector<News> news_;
};

}  // namespace alert
