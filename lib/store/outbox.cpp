#include "store/outbox.h"

#include "base/ensure.h"

namespace store {
namespace {

constexpr std::string_view kColumns =
    "deliveries.id, deliveries.alert, sequence, deliveries.destination, deliveries.channel, deliveries.words, act, "
    "deliveries.thread, order_key, created_at, state, attempts, next_attempt_at";
constexpr int kAfterColumns = 13;

alert::Delivery read_delivery(const Statement& row) {
  alert::Delivery delivery;
  delivery.id = row.id<alert::DeliveryId>(0);
  delivery.alert = row.id<alert::AlertId>(1);
  delivery.sequence = static_cast<std::uint64_t>(row.number(2));
  delivery.destination = row.view(3);
  delivery.channel = row.read_back(alert::channel_from_text(row.view(4)), row.view(4));
  delivery.own_words = !row.view(5).empty();
  delivery.act = row.read_back(alert::act_from_text(row.view(6)), row.view(6));
  delivery.thread = row.view(7);
  delivery.order_key = row.view(8);
  delivery.created_at = row.time(9);
  delivery.state = row.read_back(alert::delivery_state_from_text(row.view(10)), row.view(10));
  delivery.attempts = static_cast<int>(row.number(11));
  delivery.next_attempt_at = row.time(12);
  return delivery;
}

/// Pending deliveries of `from` with their bodies and receipts; `rest` follows "WHERE state = 'pending' ".
std::string select_pending(std::string_view from, std::string_view rest) {
  return std::string("SELECT ")
      .append(kColumns)
      .append(", bytes, coalesce(receipt, '') FROM ")
      .append(from)
      .append(
          " JOIN bodies USING (alert, channel, words) LEFT JOIN threads USING (destination, thread) "
          "WHERE state = 'pending' ")
      .append(rest);
}

std::vector<alert::PendingDelivery> read_pending(Statement& rows) {
  std::vector<alert::PendingDelivery> pending;
  while (rows.next()) pending.push_back({read_delivery(rows), rows.bytes(kAfterColumns), rows.text(kAfterColumns + 1)});
  return pending;
}

}  // namespace

Outbox::Outbox(Database& database)
    : database_(database),
      insert_body_(database, "INSERT INTO bodies (alert, channel, words, bytes) VALUES (?,?,?,?)"),
      upsert_delivery_(database,
                       "INSERT INTO deliveries (id, alert, sequence, destination, channel, words, act, thread, "
                       "order_key, created_at, state, attempts, next_attempt_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) "
                       "ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, "
                       "next_attempt_at = excluded.next_attempt_at "
                       "WHERE state <> 'delivered' OR excluded.state = 'delivered'"),
      insert_attempt_(database,
                      "INSERT INTO delivery_attempts (delivery, at, http_status, outcome, took_ms) "
                      "VALUES (?,?,?,?,?)") {}

void Outbox::add(const alert::Body& body) {
  insert_body_.bind(body.alert).bind(alert::to_text(body.channel)).bind(body.destination).bind_bytes(body.bytes).run();
}

void Outbox::put(const alert::Delivery& delivery) {
  upsert_delivery_.bind(delivery.id).bind(delivery.alert).bind(delivery.sequence).bind(delivery.destination);
  upsert_delivery_.bind(alert::to_text(delivery.channel));
  upsert_delivery_.bind(delivery.own_words ? std::string_view(delivery.destination) : std::string_view());
  upsert_delivery_.bind(alert::to_text(delivery.act)).bind(delivery.thread).bind(delivery.order_key);
  upsert_delivery_.bind(delivery.created_at).bind(alert::to_text(delivery.state)).bind(delivery.attempts);
  upsert_delivery_.bind(delivery.next_attempt_at).run();
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
                 select_pending("deliveries", "AND destination = ? AND sequence > ? ORDER BY sequence LIMIT ?"));
  rows.bind(destination).bind(after_sequence).bind(limit);
  return read_pending(rows);
}

std::vector<std::string> Outbox::destinations_with_pending() const {
  Statement rows(database_, "SELECT DISTINCT destination FROM deliveries WHERE state = 'pending' ORDER BY destination");
  std::vector<std::string> destinations;
  while (rows.next()) destinations.push_back(rows.text(0));
  return destinations;
}

DeliveryCounts Outbox::counts() const {
  Statement row(database_,
                "SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM deliveries WHERE state = 'pending'), "
                "(SELECT count(*) FROM deliveries WHERE state = 'dead')");
  ENSURE(row.next());
  const auto count = [&](int column) { return static_cast<std::uint64_t>(row.number(column)); };
  return {.pending = count(1), .delivered = count(0) - count(1) - count(2), .dead = count(2)};
}

std::map<std::string, DeliveryCounts> Outbox::undelivered() const {
  std::map<std::string, DeliveryCounts> by_destination;
  const auto read = [&](const char* sql, std::uint64_t DeliveryCounts::*count) {
    Statement rows(database_, sql);
    while (rows.next()) by_destination[std::string(rows.view(0))].*count = static_cast<std::uint64_t>(rows.number(1));
  };
  read("SELECT destination, count(*) FROM deliveries WHERE state = 'pending' GROUP BY destination",
       &DeliveryCounts::pending);
  read("SELECT destination, count(*) FROM deliveries WHERE state = 'dead' GROUP BY destination", &DeliveryCounts::dead);
  return by_destination;
}

std::vector<DeliveryRow> Outbox::rows_of(std::uint64_t sequence) const {
  Statement rows(database_, std::string("SELECT ").append(kColumns).append(
                                ", outcome, http_status, at FROM deliveries LEFT JOIN delivery_attempts "
                                "ON number = (SELECT max(number) FROM delivery_attempts "
                                "WHERE delivery = deliveries.id) WHERE sequence = ? ORDER BY destination"));
  rows.bind(sequence);
  std::vector<DeliveryRow> deliveries;
  while (rows.next())
    deliveries.push_back({read_delivery(rows), rows.text(kAfterColumns),
                          static_cast<int>(rows.number(kAfterColumns + 1)), rows.optional_time(kAfterColumns + 2)});
  return deliveries;
}

std::vector<alert::DeliveryAttempt> Outbox::attempts(const alert::DeliveryId& delivery) const {
  Statement rows(database_,
                 "SELECT at, http_status, outcome, took_ms FROM delivery_attempts WHERE delivery = ? ORDER BY number");
  rows.bind(delivery);
  std::vector<alert::DeliveryAttempt> attempts;
  while (rows.next()) {
    auto& attempt = attempts.emplace_back();
    attempt.delivery.id = delivery;
    attempt.at = rows.time(0);
    attempt.http_status = static_cast<int>(rows.number(1));
    attempt.outcome = rows.view(2);
    attempt.took = base::Duration(rows.number(3));
  }
  return attempts;
}

std::string Outbox::body_of(const alert::DeliveryId& delivery) const {
  Statement row(database_, "SELECT bytes FROM deliveries JOIN bodies USING (alert, channel, words) WHERE id = ?");
  return row.bind(delivery).next() ? row.bytes(0) : std::string();
}

bool Outbox::replay(const alert::DeliveryId& delivery, base::Instant now) {
  // As if it were made now: it is given up only when its seven days are over once more.
  Statement revive(database_,
                   "UPDATE deliveries SET state = 'pending', attempts = 0, created_at = ?, next_attempt_at = ? "
                   "WHERE id = ? AND state = 'dead' RETURNING 1");
  if (!revive.bind(now).bind(now).bind(delivery).next()) return false;
  revive.leave();
  Statement(database_, "INSERT OR IGNORE INTO replays (delivery) VALUES (?)").bind(delivery).run();
  return true;
}

bool Outbox::has_replays() const { return database_.number("SELECT EXISTS (SELECT 1 FROM replays)") != 0; }

std::vector<alert::PendingDelivery> Outbox::take_replays() {
  Statement rows(database_,
                 select_pending("replays CROSS JOIN deliveries ON deliveries.id = delivery", "ORDER BY sequence"));
  auto deliveries = read_pending(rows);
  database_.run("DELETE FROM replays");
  return deliveries;
}

}  // namespace store
