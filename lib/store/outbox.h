#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sqlite.h"

namespace store {

/// Alerts on their way: bodies, deliveries and what became of each attempt. A delivery that was delivered once stays
/// so, whatever is written later. Everything that writes requires a transaction.
class Outbox {
 public:
  explicit Outbox(Database& database);

  /// Requires a body that is not there yet: what was rendered once is never rendered again.
  void add(const alert::Body& body);
  /// Adds or replaces; its body must be there.
  void put(const alert::Delivery& delivery);
  /// Adds the attempt and puts the delivery as it is after it.
  void add(const alert::DeliveryAttempt& attempt);

  std::vector<alert::PendingDelivery> pending(const std::string& destination, std::uint64_t after_sequence,
                                              int limit) const;
  std::vector<std::string> destinations_with_pending() const;
  DeliveryCounts counts() const;
  std::map<std::string, DeliveryCounts> undelivered() const;

  /// Of the alert with this sequence, by destination.
  std::vector<DeliveryRow> rows_of(std::uint64_t sequence) const;
  /// The earliest first.
  std::vector<alert::DeliveryAttempt> attempts(const alert::DeliveryId& delivery) const;
  /// Empty when there is no such delivery.
  std::string body_of(const alert::DeliveryId& delivery) const;

  /// Makes a dead delivery as good as new; false when it is not dead.
  bool replay(const alert::DeliveryId& delivery, base::Instant now);
  bool has_replays() const;
  /// Those that replay() gave and that still wait, oldest first; none of them is given again.
  std::vector<alert::PendingDelivery> take_replays();

 private:
  Database& database_;
  Statement insert_body_;
  Statement upsert_delivery_;
  Statement insert_attempt_;
};

}  // namespace store
