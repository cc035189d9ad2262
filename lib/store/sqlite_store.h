#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/change_log.h"
#include "store/database_file.h"
#include "store/incident_table.h"
#include "store/outbox.h"
#include "store/probe_table.h"
#include "store/seal.h"
#include "store/sqlite.h"
#include "store/token_table.h"

namespace store {

/// A database whose schema is complete and whose connection is set up, and the daemon's lock on it. Without a seal no
/// secret is read or written.
struct OpenedDatabase {
  std::optional<FileLock> lock;  ///< released last
  Database database;
  std::optional<Seal> seal;
};
/// Throws as open_sqlite().
OpenedDatabase open_database(const StoreOptions& options, base::Instant now);

/// The Store on SQLite: the tables, tied together by transactions.
class SqliteStore final : public Store {
 public:
  /// `random` must outlive the store.
  SqliteStore(OpenedDatabase opened, base::Random& random);

  void commit(const Batch& batch) override;
  Snapshot load() override;
  std::vector<StoredToken> tokens() override;
  std::vector<StoredToken> tokens_without_secrets() override;
  void put_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                  base::Instant now) override;
  bool remove_token(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) override;
  std::int64_t data_version() override;
  std::vector<alert::PendingDelivery> pending_deliveries(const std::string& destination, std::uint64_t after_sequence,
                                                         int limit) override;
  std::vector<std::string> destinations_with_pending() override;
  std::vector<HistoryRow> history(const HistoryQuery& query) override;
  std::vector<verdict::Incident> incidents(const IncidentQuery& query) override;
  DeliveryCounts delivery_counts() override;
  ChainCheck verify_chain() override;

 private:
  /// The seal; throws UnusableStore when the store was opened without a key.
  const Seal& seal() const;
  void write_audits(const Batch& batch);
  void write_alerts(const Batch& batch);

  OpenedDatabase opened_;
  base::Random& random_;
  TokenTable tokens_;
  ProbeTable probes_;
  ChangeLog change_log_;
  IncidentTable incidents_;
  Outbox outbox_;
  Statement upsert_bucket_;
  Statement raise_sequence_;
  Statement note_key_;
};

}  // namespace store
