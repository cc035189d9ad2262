#include "store/sqlite_store.h"

#include <algorithm>
#include <limits>

#include "base/ensure.h"

namespace store {
namespace {

std::vector<audit::BucketState> read_buckets(const Database& database) {
  Statement rows(database, "SELECT name, size, full_at, reserve_full_at, parked_until FROM buckets ORDER BY name");
  std::vector<audit::BucketState> buckets;
  while (rows.next())
    buckets.push_back({rows.text(0), static_cast<int>(rows.number(1)), rows.time(2), rows.time(3), rows.time(4)});
  return buckets;
}

std::uint64_t read_last_sequence(const Database& database) {
  Statement row(database, "SELECT value FROM meta WHERE name = 'last_sequence'");
  return row.next() ? static_cast<std::uint64_t>(row.number(0)) : 0;
}

/// Of all alerts that the batch tells of.
std::uint64_t last_sequence_of(const Batch& batch) {
  std::uint64_t last = batch.last_sequence;
  for (const auto& delivery : batch.deliveries) last = std::max(last, delivery.sequence);
  return last;
}

}  // namespace

SqliteStore::SqliteStore(OpenedDatabase opened, base::Random& random)
    : opened_(std::move(opened)),
      random_(random),
      tokens_(opened_.database),
      probes_(opened_.database),
      change_log_(opened_.database),
      incidents_(opened_.database),
      outbox_(opened_.database),
      upsert_bucket_(opened_.database,
                     "INSERT INTO buckets (name, size, full_at, reserve_full_at, parked_until) VALUES (?,?,?,?,?) "
                     "ON CONFLICT (name) DO UPDATE SET size = excluded.size, full_at = excluded.full_at, "
                     "reserve_full_at = excluded.reserve_full_at, parked_until = excluded.parked_until"),
      raise_sequence_(opened_.database,
                      "INSERT INTO meta (name, value) VALUES ('last_sequence', ?) "
                      "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"),
      note_key_(opened_.database, "INSERT INTO meta (name, value) VALUES ('key_id', ?) ON CONFLICT (name) DO NOTHING") {
}

const Seal& SqliteStore::seal() const {
  if (!opened_.seal)
    throw UnusableStore(opened_.database.path() + ": secrets are sealed in it, and no key was given; set store.key");
  return *opened_.seal;
}

void SqliteStore::commit(const Batch& batch) {
  if (batch.empty()) return;
  Transaction transaction(opened_.database);
  write_audits(batch);
  write_alerts(batch);
  transaction.commit();
}

void SqliteStore::write_audits(const Batch& batch) {
  for (const auto& token : batch.tokens) tokens_.update_facts(token);
  for (const auto& probe : batch.probes) probes_.put(probe);
  for (const auto& closed : batch.closed_runs) probes_.append(closed);
  for (const auto& probe : batch.ended_probes) probes_.end(probe);
  change_log_.append(batch.changes);
  for (const auto& bucket : batch.buckets)
    upsert_bucket_.bind(bucket.key)
        .bind(bucket.limit)
        .bind(bucket.full_at)
        .bind(bucket.reserve_full_at)
        .bind(bucket.parked_until)
        .run();
}

void SqliteStore::write_alerts(const Batch& batch) {
  incidents_.put(batch.incidents);
  for (const auto& body : batch.bodies) outbox_.add(body);
  for (const auto& delivery : batch.deliveries) outbox_.put(delivery);
  for (const auto& attempt : batch.attempts) outbox_.add(attempt);
  if (const auto last = last_sequence_of(batch); last > 0) raise_sequence_.bind(last).run();
}

Snapshot SqliteStore::load() {
  Transaction transaction(opened_.database, Transaction::Intent::kRead);
  Snapshot snapshot;
  snapshot.tokens = tokens_.read_referenced();
  snapshot.probes = probes_.read();
  snapshot.open_incidents = incidents_.read({.open_only = true, .limit = std::numeric_limits<int>::max()});
  snapshot.buckets = read_buckets(opened_.database);
  snapshot.last_sequence = read_last_sequence(opened_.database);
  transaction.commit();
  return snapshot;
}

std::vector<StoredToken> SqliteStore::tokens() { return tokens_.read(&seal()); }

std::vector<StoredToken> SqliteStore::tokens_without_secrets() { return tokens_.read(nullptr); }

void SqliteStore::put_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                             base::Instant now) {
  ENSURE(tokens.size() == change_ids.size());
  Transaction transaction(opened_.database);
  std::vector<verdict::Change> changes;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    auto change = tokens_.put(tokens[index], seal(), random_, now);
    if (!change) continue;
    change->id = change_ids[index];
    changes.push_back(std::move(*change));
  }
  if (!tokens.empty()) note_key_.bind(seal().key_id()).run();
  change_log_.append(changes);
  transaction.commit();
}

bool SqliteStore::remove_token(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) {
  Transaction transaction(opened_.database);
  auto change = tokens_.remove(name, now);
  if (!change) return false;
  change->id = change_id;
  change_log_.append({*change});
  transaction.commit();
  return true;
}

std::int64_t SqliteStore::data_version() { return opened_.database.number("PRAGMA data_version"); }

std::vector<alert::PendingDelivery> SqliteStore::pending_deliveries(const std::string& destination,
                                                                    std::uint64_t after_sequence, int limit) {
  return outbox_.pending(destination, after_sequence, limit);
}

std::vector<std::string> SqliteStore::destinations_with_pending() { return outbox_.destinations_with_pending(); }

std::vector<HistoryRow> SqliteStore::history(const HistoryQuery& query) { return change_log_.read(query); }

std::vector<verdict::Incident> SqliteStore::incidents(const IncidentQuery& query) { return incidents_.read(query); }

DeliveryCounts SqliteStore::delivery_counts() { return outbox_.counts(); }

ChainCheck SqliteStore::verify_chain() { return change_log_.verify(); }

}  // namespace store
