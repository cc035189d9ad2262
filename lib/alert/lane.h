#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "alert/delivery.h"
#include "base/time.h"

namespace alert {

/// What waits for one destination, in its order and at its pace. All times are of the steady clock.
///
/// Of the deliveries with one order key only the first may go, and the next not before that one is finished. Among the
/// keys the oldest due delivery goes first. As many as the destination has slots may repeat after a crash, and no more:
/// a slot is taken until what came of its delivery is recorded. While the destination is parked, one delivery at a time
/// is its probe.
class Lane {
 public:
  struct Item {
    PendingDelivery pending;
    base::Instant due;
    base::Instant give_up_at;  ///< no attempt is made after it
    base::Instant started_at;  ///< of the attempt under way
  };

  /// `destination` must outlive the lane.
  explicit Lane(const Destination& destination) : destination_(destination) {}

  const Destination& destination() const { return destination_; }
  std::size_t size() const { return size_; }  ///< waiting and in flight
  bool holds(const Delivery& delivery) const;
  /// Requires that the lane does not hold it.
  void add(Item item);
  /// The delivery that may go now, marked as in flight; owned by the lane, valid until finish(). Or nullptr.
  const Item* take_due(base::Instant now);
  /// Takes a delivery that is in flight out of the lane. Its slot is free again when that is recorded().
  Item finish(const DeliveryId& id);
  /// It is finished, and what came of it is not known to be kept.
  bool awaits_record(const DeliveryId& id) const { return unrecorded_.contains(id); }
  /// What came of it is kept: if the process ended now, it would not be sent again.
  void recorded(const DeliveryId& id) { unrecorded_.erase(id); }
  /// Nothing goes before `instant`.
  void rest_until(base::Instant instant);
  /// The destination takes no messages any more: one at a time is tried, and none before `probe_at`; until unpark().
  void park(base::Instant probe_at) { parked_until_ = probe_at; }
  void unpark() { parked_until_.reset(); }
  bool parked() const { return parked_until_.has_value(); }
  /// Notes how an attempt ended, and says since when none has succeeded; nothing when this one has.
  std::optional<base::Instant> note(bool success, base::Instant now);
  /// When take_due() may have something, perhaps in the past; nothing while only an answer can bring it.
  std::optional<base::Instant> next_due() const;

  /// What the destination has asked for and how it has done, for another lane to the same receiver.
  struct Pace {
    base::Instant resting_until;
    std::optional<base::Instant> failing_since;
  };
  Pace pace() const { return {resting_until_, failing_since_}; }
  void go_on(const Pace& pace) {
    rest_until(pace.resting_until);
    failing_since_ = pace.failing_since;
  }

 private:
  using Place = std::pair<std::string, std::uint64_t>;  ///< order key and sequence

  bool busy(const std::string& order_key) const;
  bool full() const;
  base::Instant open_from() const;
  void list_first_of(const std::string& order_key);
  void unlist_first_of(const std::string& order_key);

  const Destination& destination_;
  std::map<std::string, std::map<std::uint64_t, Item>> items_;  ///< by order key, then sequence
  std::size_t size_ = 0;
  std::map<DeliveryId, Place> in_flight_;
  std::set<DeliveryId> unrecorded_;  ///< finished, and not known to be kept
  // The first of every key that is not busy is in exactly one of these.
  std::set<std::pair<base::Instant, Place>> waiting_;
  std::set<std::pair<std::uint64_t, std::string>> ready_;  ///< known to be due; by sequence
  base::Instant resting_until_;
  std::optional<base::Instant> parked_until_;
  std::optional<base::Instant> failing_since_;  ///< the first failure after the latest success
};

}  // namespace alert
