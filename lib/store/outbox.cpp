#include "store/outbox.h"

#include "base/ensure.h"

namespace store {
namespace {

alert::PendingDelivery read_pending(const Statement& row) {
  alert::Delivery delivery;
  delivery.id = row.id<alert::DeliveryId>(0);
  delivery.alert = row.id<alert::AlertId>(1);
  delivery.sequence = static_cast<std::uint64_t>(row.number(2));
  delivery.destination = row.text(3);
  delivery.channel = row.read_back(alert::channel_from_text(row.text(4)), row.text(4));
  delivery.order_key = row.text(5);
  delivery.created_at = row.time(6);
  delivery.state = row.read_back(alert::delivery_state_from_text(row.text(7)), row.text(7));
  delivery.attempts = static_cast<int>(row.number(8));
  delivery.next_attempt_at = row.time(9);
  return {std::move(delivery), row.bytes(10)};
}

}  // namespace

Outbox::Outbox(Database& database)
    : database_(database),
      insert_body_(database, "INSERT INTO bodies (alert, channel, bytes) VALUES (?,?,?)"),
      upsert_delivery_(database,
                       "INSERT INTO deliveries (id, alert, sequence, destination, channel, order_key, created_at, "
                       "state, attempts, next_attempt_at) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE "
                       "SET state = excluded.state, attempts = excluded.attempts, "
                       "next_attempt_at = excluded.next_attempt_at "
                       "WHERE state <> 'delivered' OR excluded.state = 'delivered'"),
      insert_attempt_(database,
                      "INSERT INTO delivery_attempts (delivery, at, http_status, outcome, took_ms) "
                      "VALUES (?,?,?,?,?)") {}

void Outbox::add(const alert::Body& body) {
  insert_body_.bind(body.alert).bind(alert::to_text(body.channel)).bind_bytes(body.bytes).run();
}

void Outbox::put(const alert::Delivery& delivery) {
  upsert_delivery_.bind(delivery.id).bind(delivery.alert).bind(delivery.sequence).bind(delivery.destination);
  upsert_delivery_.bind(alert::to_text(delivery.channel)).bind(delivery.order_key).bind(delivery.created_at);
  upsert_delivery_.bind(alert::to_text(delivery.state)).bind(delivery.attempts).bind(delivery.next_attempt_at).run();
}

void Outbox::add(const alert::DeliveryAttempt& attempt) {
  put(attempt.delivery);
  insert_attempt_.bind(attempt.delivery.id).bind(attempt.at).bind(attempt.http_status).bind(attempt.outcome);
  insert_attempt_.bind(attempt.took.count()).run();
}

std::vector<alert::PendingDelivery> Outbox::pending(const std::string& destination, std::uint64_t after_sequence,
                                                    int limit) const {
  ENSURE(limit > 0);
  Statement rows(database_,
                 "SELECT id, alert, sequence, destination, channel, order_key, created_at, state, attempts, "
                 "next_attempt_at, bytes FROM deliveries JOIN bodies USING (alert, channel) "
                 "WHERE state = 'pending' AND destination = ? AND sequence > ? ORDER BY sequence LIMIT ?");
  rows.bind(destination).bind(after_sequence).bind(limit);
  std::vector<alert::PendingDelivery> deliveries;
  while (rows.next()) deliveries.push_back(read_pending(rows));
  return deliveries;
}

std::vector<std::string> Outbox::destinations_with_pending() const {
  Statement rows(database_, "SELECT DISTINCT destination FROM deliveries WHERE state = 'pending' ORDER BY destination");
  std::vector<std::string> destinations;
  while (rows.next()) destinations.push_back(rows.text(0));
  return destinations;
}

DeliveryCounts Outbox::counts() const {
  Statement rows(database_, "SELECT state, count(*) FROM deliveries GROUP BY state");
  DeliveryCounts counts;
  while (rows.next()) {
    const auto count = static_cast<std::uint64_t>(rows.number(1));
    switch (rows.read_back(alert::delivery_state_from_text(rows.text(0)), rows.text(0))) {
      case alert::DeliveryState::kPending:
        counts.pending = count;
        break;
      case alert::DeliveryState::kDelivered:
        counts.delivered = count;
        break;
      case alert::DeliveryState::kDead:
        counts.dead = count;
        break;
    }
  }
  return counts;
}

}  // namespace store
