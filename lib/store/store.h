#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/secret.h"
#include "store/batch.h"
#include "xads/credentials.h"

namespace store {

/// The database cannot be used as it is: damaged, of a newer schema, of another program, sealed with another key.
/// The message says which file and what to do.
class UnusableStore : public std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// There is no room to write, or no right. Nothing of the call was kept: the same call may be made again later.
class FullStore : public std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Another daemon holds the store.
class LockedStore : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What tells where a token came from. A token of the settings follows them; one of the command line stays until
/// removed.
enum class TokenSource { kSettings, kCommandLine };

/// A token as it is kept. The secrets are sealed on disk.
struct StoredToken {
  audit::Token token;
  TokenSource source = TokenSource::kCommandLine;
  std::vector<std::string> accounts;  ///< empty: discovered
  base::Instant added_at;             ///< UTC
  xads::AccessToken secrets;
};

/// What a daemon needs to go on where it stopped.
struct Snapshot {
  std::vector<audit::Token> tokens;  ///< of these probes and incidents: removed tokens too
  std::vector<verdict::ProbeState> probes;
  std::vector<verdict::Incident> open_incidents;
  std::vector<audit::BucketState> buckets;
  std::uint64_t last_sequence = 0;  ///< of alerts
};

/// One line of a history, oldest first.
struct HistoryRow {
  std::uint64_t number = 0;  ///< place in the chain, from 1
  verdict::Change change;
  std::string hash;  ///< hexadecimal
};
struct HistoryQuery {
  std::optional<std::string> token;  ///< name
  std::optional<std::string> account;
  std::optional<base::Instant> since;  ///< UTC, included
  std::optional<base::Instant> until;  ///< UTC, not included
  std::uint64_t after_number = 0;      ///< for paging
  int limit = 1000;
};
struct IncidentQuery {
  bool open_only = true;
  int limit = 1000;
};
struct DeliveryCounts {
  std::uint64_t pending = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dead = 0;
};
struct ChainCheck {
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> broken_at;  ///< number of the first row whose hash does not fit
};

/// The one way to remember: batches in, rows out. Ids are ours, time comes from outside, and nothing of the database
/// behind it shows. One thread at a time. Every call may throw std::runtime_error when the database fails.
class Store {
 public:
  virtual ~Store() = default;

  /// One transaction, durable when it returns.
  virtual void commit(const Batch& batch) = 0;
  virtual Snapshot load() = 0;

  /// Live tokens with their secrets, by name. Throws UnusableStore when a secret does not open with this key.
  virtual std::vector<StoredToken> tokens() = 0;
  /// Live tokens without their secrets: needs no key.
  virtual std::vector<StoredToken> tokens_without_secrets() = 0;
  /// Adds tokens, or replaces those of the same name (which keep their id and the time they were added), all or none,
  /// with an entry each in the change log; `change_ids` gives one id for each token. Nothing is written for a token
  /// that is the same already. Without a given `user_id` the known one stays: another user behind new secrets is news,
  /// not a fresh start.
  virtual void put_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                          base::Instant now) = 0;
  /// A tombstone: the token is not asked any more and its secrets are erased; its history stays. False if unknown.
  virtual bool remove_token(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) = 0;
  /// Changes whenever another connection has written to the database.
  virtual std::int64_t data_version() = 0;

  /// Pending deliveries of one destination with a sequence above `after_sequence`, oldest first.
  virtual std::vector<alert::PendingDelivery> pending_deliveries(const std::string& destination,
                                                                 std::uint64_t after_sequence, int limit) = 0;
  /// Names of the destinations that have pending deliveries.
  virtual std::vector<std::string> destinations_with_pending() = 0;

  virtual std::vector<HistoryRow> history(const HistoryQuery& query) = 0;
  /// The latest opened first.
  virtual std::vector<verdict::Incident> incidents(const IncidentQuery& query) = 0;
  virtual DeliveryCounts delivery_counts() = 0;
  /// Computes every hash of the change log again. A log that lost its latest rows still fits: only someone who noted
  /// the last hash elsewhere can tell.
  virtual ChainCheck verify_chain() = 0;
};

enum class Access {
  kDaemon,    ///< takes the daemon's lock, creates and upgrades the schema
  kOperator,  ///< reads and writes beside a daemon; creates and upgrades the schema only when no daemon runs
};
struct StoreOptions {
  std::string path;
  base::Secret key;  ///< base64 of 32 bytes; may be empty when no secret is read or written
  Access access = Access::kDaemon;
};

/// SQLite behind the Store interface. `random` (nonces) must outlive the store.
/// Throws LockedStore, UnusableStore, or std::runtime_error for a path that cannot be opened. The path ":memory:" gives
/// a database that nobody else sees and that ends with the store.
std::unique_ptr<Store> open_sqlite(StoreOptions options, base::Random& random, base::Instant now);

}  // namespace store
