#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/account_table.h"
#include "store/alert_table.h"
#include "store/bucket_table.h"
#include "store/change_log.h"
#include "store/database_file.h"
#include "store/discovery_table.h"
#include "store/figure_table.h"
#include "store/incident_table.h"
#include "store/mute_table.h"
#include "store/operator_table.h"
#include "store/outbox.h"
#include "store/probe_table.h"
#include "store/pruning.h"
#include "store/seal.h"
#include "store/sqlite.h"
#include "store/telling_table.h"
#include "store/thread_table.h"
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
/// What the keys of the options seal and open with; nothing without one. Throws UnusableStore for what is no key.
std::optional<Seal> seal_of(const StoreOptions& options);
/// Throws UnusableStore when a key has sealed what is there that `seal` does not open. A lost key locks nothing as soon
/// as nothing is left of what it sealed.
void require_key(const Database& database, const Seal& seal);
/// An existing database as it is, for whoever looks after the file: whatever its schema up to ours, and whether a
/// daemon uses it or not. Throws UnusableStore for what is not ours, newer, or open to others.
Database open_as_it_is(const std::string& path);

/// The Store on SQLite: the tables, tied together by transactions.
class SqliteStore final : public Store {
 public:
  /// `random` must outlive the store.
  SqliteStore(OpenedDatabase opened, base::Random& random);

  void commit(const Batch& batch) override;
  std::uint64_t load(Loader& loader, base::Instant recent_since) override;
  std::shared_ptr<const Opener> opener() override;
  std::vector<TokenRow> tokens() override;
  TokenNews tokens_since(std::uint64_t revision) override;
  std::vector<verdict::ProbeState> probes(const audit::TokenId& token = {}) override;
  std::vector<PairRow> pairs(const PairQuery& query) override;
  Totals totals() override;
  std::optional<audit::Token> find_token(const audit::TokenId& id) override { return tokens_.find(id); }
  std::optional<AccountFacts> find_account(const std::string& id) override { return accounts_.find(id); }
  std::optional<BucketRow> find_bucket(const std::string& name) override { return buckets_.find(name); }
  std::vector<AccountFacts> accounts() override;
  std::vector<BucketRow> buckets() override;
  std::vector<Gauge> gauges() override;
  std::vector<HourRow> hours(base::Instant since, base::Instant until) override { return figures_.hours(since, until); }
  void put_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                  base::Instant now, const std::function<void(std::size_t done)>& progress = {}) override;
  void follow_settings(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                       base::Instant now) override;
  bool remove_token(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) override;
  bool request_discovery(const std::string& token_name) override;
  std::vector<audit::TokenId> take_discovery_requests() override;
  bool discovering(const std::string& token_name) override { return discovery_.under_way(token_name); }
  void put_planned_change(const verdict::PlannedChange& plan) override;
  bool request_acceptance(const verdict::Acceptance& acceptance) override;
  std::vector<verdict::Acceptance> acceptances() override { return operator_.acceptances(); }
  std::vector<verdict::PlannedChange> planned_changes(bool open_only) override;
  std::optional<verdict::Incident> find_incident(const verdict::IncidentId& id) override { return incidents_.find(id); }
  std::int64_t data_version() override;
  std::vector<alert::PendingDelivery> pending_deliveries(const std::string& destination, std::uint64_t after_sequence,
                                                         int limit) override;
  std::vector<std::string> destinations_with_pending() override;
  std::vector<HistoryRow> history(const HistoryQuery& query) override;
  std::vector<HistoryRow> last_changes_before(const std::string& account, base::Instant at) override;
  std::vector<verdict::Incident> incidents(const IncidentQuery& query) override;
  DeliveryCounts delivery_counts() override { return outbox_.counts(); }
  std::map<std::string, DeliveryCounts> undelivered() override { return outbox_.undelivered(); }
  std::vector<AlertRow> alerts(const AlertQuery& query) override;
  std::vector<alert::DeliveryAttempt> attempts(const alert::DeliveryId& delivery) override;
  std::string body_of(const alert::DeliveryId& delivery) override { return outbox_.body_of(delivery); }
  bool replay(const alert::DeliveryId& delivery, base::Instant now) override;
  std::vector<alert::PendingDelivery> take_replays() override;
  std::vector<alert::Thread> threads() override { return threads_.all(); }
  void put_mute(const alert::Mute& mute) override;
  bool end_mute(const alert::MuteId& id, base::Instant now) override;
  std::vector<alert::Mute> mutes(std::optional<base::Instant> now) override { return mutes_.read(now); }
  bool request_acknowledgement(const verdict::Acknowledgement& acknowledgement) override;
  std::vector<verdict::Acknowledgement> acknowledgements() override { return operator_.acknowledgements(); }
  void request_test(const alert::TestRequest& request) override;
  std::vector<alert::TestRequest> test_requests() override { return operator_.test_requests(); }
  ChainCheck verify_chain() override;
  Pruned prune(const Retention& retention, base::Instant now) override;

 private:
  /// The seal; throws UnusableStore when the store was opened without a key.
  const Seal& seal() const;
  /// The one that seals new secrets: the older one, until all is to be sealed anew.
  const Seal& sealing() const;
  // Require a transaction.
  void write_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                    base::Instant now, const std::function<void(std::size_t done)>& progress);
  bool write_removal(const std::string& name, const verdict::ChangeId& change_id, base::Instant now);
  void write_audits(const Batch& batch);
  void write_incidents(const Batch& batch);
  void write_alerts(const Batch& batch);
  void write_attempt(const alert::DeliveryAttempt& attempt);
  void stream_tokens_and_probes(Loader& loader, base::Instant recent_since);

  OpenedDatabase opened_;
  base::Random& random_;
  TokenTable tokens_;
  AccountTable accounts_;
  ProbeTable probes_;
  ChangeLog change_log_;
  DiscoveryTable discovery_;
  IncidentTable incidents_;
  OperatorTable operator_;
  MuteTable mutes_;
  AlertTable alerts_;
  Outbox outbox_;
  TellingTable tellings_;
  ThreadTable threads_;
  BucketTable buckets_;
  FigureTable figures_;
  Pruning pruning_;
  Statement note_key_;
};

}  // namespace store
