#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "alert/mute.h"
#include "base/random.h"
#include "base/secret.h"
#include "store/batch.h"
#include "store/retention.h"
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

/// A token to be kept. The secrets are sealed on disk.
struct StoredToken {
  audit::Token token;
  TokenSource source = TokenSource::kCommandLine;
  std::vector<std::string> accounts;  ///< empty: discovered
  base::Instant added_at;             ///< UTC
  xads::AccessToken secrets;
};

/// A token as it lies in the store.
struct TokenRow {
  audit::Token token;
  TokenSource source = TokenSource::kCommandLine;
  std::vector<std::string> accounts;  ///< empty: discovered
  base::Instant added_at;             ///< UTC
  /// Digits before the hyphen of the access token: the user that it claims to be; empty when it has none.
  std::string claimed_user;
  std::string sealed;    ///< both secrets, for an Opener; empty for a removed token
  bool removed = false;  ///< a tombstone
};

/// Makes sealed secrets readable, one token at a time, at the moment when they are needed. Any one thread at a time;
/// may outlive the store.
class Opener {
 public:
  virtual ~Opener() = default;
  /// Throws UnusableStore, naming `name`, when they were sealed with another key, for another token, or altered.
  virtual xads::AccessToken open(const audit::TokenId& token, std::string_view name, std::string_view sealed) const = 0;
  /// The same secrets, however often they were sealed anew?
  virtual bool same(const audit::TokenId& token, std::string_view left, std::string_view right) const = 0;
};

/// A sweep over a token's accounts that was not complete when the last process ended.
struct OpenSweep {
  audit::TokenId token;
  std::string cursor;
  std::vector<std::string> seen;  ///< accounts so far
};

/// Takes what a daemon needs to go on where the last one stopped, piece by piece in the order of these functions, so
/// that a million pairs are never in memory twice.
class Loader {
 public:
  virtual ~Loader() = default;
  /// `ended_in_order`: see Batch. True for a new database.
  virtual void begin(bool ended_in_order, std::uint64_t last_sequence) = 0;
  /// Live ones, and removed ones that a live probe or one of the incidents names.
  virtual void token(TokenRow token) = 0;
  virtual void account(AccountFacts facts) = 0;
  virtual void probe(verdict::ProbeState state) = 0;  ///< those that have not ended
  virtual void sweep(OpenSweep sweep) = 0;
  /// Open ones, those resolved since `recent_since`, and those that a telling names.
  virtual void incident(verdict::Incident incident) = 0;
  virtual void telling(alert::Telling telling) = 0;  ///< by incident; after all incidents
  virtual void mute(alert::Mute mute) = 0;           ///< those that may still be in force
  virtual void mutes_listed(base::Instant at) = 0;   ///< UTC; when people were told last which mutes are in force
  virtual void planned_change(verdict::PlannedChange plan) = 0;  ///< open and overdue ones
  virtual void bucket(BucketRow bucket) = 0;
};

/// Tokens that were added, replaced or removed after a revision.
struct TokenNews {
  std::vector<TokenRow> tokens;
  std::uint64_t revision = 0;  ///< to be given next time
};

/// What an entry of the change log can be about: verdict::Change::kind.
std::span<const std::string_view> change_kinds();

/// One entry of the change log.
struct HistoryRow {
  std::uint64_t number = 0;  ///< place in the chain, from 1
  verdict::Change change;
  std::string hash;  ///< hexadecimal
};
struct HistoryQuery {
  std::optional<std::string> token;  ///< name
  std::optional<std::string> account;
  std::optional<audit::ProbeId> probe;  ///< about the answers of this pair
  std::optional<base::Instant> since;   ///< UTC, included
  std::optional<base::Instant> until;   ///< UTC, not included
  std::vector<std::string> kinds;       ///< of changes; empty: all
  std::uint64_t after_number = 0;       ///< for paging
  std::optional<std::uint64_t> before_number;
  bool latest_first = false;
  int limit = 1000;
};
struct IncidentQuery {
  bool open_only = true;
  bool leave_out_parts = false;      ///< those that an incident of their app explains
  std::vector<std::string> causes;   ///< empty: all
  std::optional<std::string> token;  ///< name
  std::optional<std::string> account;
  std::optional<base::Instant> since;  ///< UTC: opened then or later
  int limit = 1000;
};
/// A token on an ad account, with what is known of both.
struct PairRow {
  audit::Token token;
  AccountFacts account;  ///< only its id, as long as no list of accounts told more
  verdict::ProbeState state;
};
/// Where a pair stands among all: they are in the order of their tokens' names, then of their ad accounts.
struct PairPlace {
  std::string token;  ///< name
  std::string account;
  bool operator==(const PairPlace&) const = default;
};
struct PairQuery {
  std::optional<std::string> token;  ///< name
  std::optional<std::string> account;
  std::optional<PairPlace> after;  ///< for paging
  int limit = 1000;
};
/// How much there is.
struct Totals {
  std::uint64_t tokens = 0;  ///< live ones
  std::uint64_t pairs = 0;   ///< of those, that have not ended
  std::map<verdict::Cause, std::uint64_t> open_incidents;
  std::uint64_t explained = 0;  ///< of those, that an incident of their app explains
};
/// How the daemon fared during an hour of which it wrote its figures.
struct HourRow {
  base::Instant hour;              ///< UTC, when it began
  std::uint64_t samples = 0;       ///< how often figures were written, each two minutes
  int least_left_permille = 0;     ///< the least that was left of any rate limit, by X's headers, whoever used it
  base::Duration lateness_p99{0};  ///< the longest
  std::uint64_t audits = 0;        ///< that were finished
  bool operator==(const HourRow&) const = default;
};
/// What became of an alert at one destination.
struct DeliveryRow {
  alert::Delivery delivery;
  std::string outcome;                             ///< of the latest attempt; empty before the first
  int http_status = 0;                             ///< of it
  std::optional<base::Instant> last_attempt_at{};  ///< UTC
};
/// An alert of the history, with its way to each destination.
struct AlertRow {
  alert::Record record;
  std::vector<DeliveryRow> deliveries;  ///< by destination
};
struct AlertQuery {
  std::optional<alert::AlertId> alert;
  std::optional<verdict::IncidentId> incident;
  std::optional<std::string> destination;
  std::optional<alert::DeliveryState> state;     ///< of some delivery
  std::optional<base::Instant> since;            ///< UTC, included
  std::optional<std::uint64_t> before_sequence;  ///< for paging
  int limit = 100;
};
struct DeliveryCounts {
  std::uint64_t pending = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dead = 0;
};
struct ChainCheck {
  std::uint64_t rows = 0;
  std::uint64_t pruned = 0;                ///< how many more there were, before their time was over
  std::optional<std::uint64_t> broken_at;  ///< number of the first row whose hash does not fit
};

/// The one way to remember: batches in, rows out. Ids are ours, time comes from outside, and nothing of the database
/// behind it shows. One thread at a time. Every call may throw std::runtime_error when the database fails.
class Store {
 public:
  virtual ~Store() = default;

  /// One transaction, durable when it returns.
  virtual void commit(const Batch& batch) = 0;
  /// One state of the database, read in streams. `recent_since`, UTC: resolved incidents are given from then on, and
  /// mutes that end after it.
  /// Returns the revision of the tokens.
  virtual std::uint64_t load(Loader& loader, base::Instant recent_since) = 0;
  /// Throws UnusableStore when there is no key, or another one than sealed the tokens.
  virtual std::shared_ptr<const Opener> opener() = 0;

  /// Live tokens by name, without their secrets: needs no key.
  virtual std::vector<TokenRow> tokens() = 0;
  virtual TokenNews tokens_since(std::uint64_t revision) = 0;
  /// Probes that have not ended, of one token or of all (null), in the order of their ids.
  virtual std::vector<verdict::ProbeState> probes(const audit::TokenId& token = {}) = 0;
  /// Pairs that have not ended, of tokens that were not removed, in their order.
  virtual std::vector<PairRow> pairs(const PairQuery& query) = 0;
  virtual Totals totals() = 0;
  /// Also one that was removed.
  virtual std::optional<audit::Token> find_token(const audit::TokenId& id) = 0;
  virtual std::optional<AccountFacts> find_account(const std::string& id) = 0;
  virtual std::optional<BucketRow> find_bucket(const std::string& name) = 0;
  /// By id.
  virtual std::vector<AccountFacts> accounts() = 0;
  /// By name.
  virtual std::vector<BucketRow> buckets() = 0;
  virtual std::vector<Gauge> gauges() = 0;
  /// Those that began within [since, until), in their order.
  virtual std::vector<HourRow> hours(base::Instant since, base::Instant until) = 0;
  /// Adds tokens, or replaces those of the same name (which keep their id and the time they were added), all or none,
  /// with an entry each in the change log; `change_ids` gives one id for each token. Nothing is written for a token
  /// that is the same already. Without a given `user_id` the known one stays: another user behind new secrets is news,
  /// not a fresh start. `progress` is told now and then how many are done; nothing is kept before all are.
  virtual void put_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                          base::Instant now, const std::function<void(std::size_t done)>& progress = {}) = 0;
  /// Puts these tokens of the settings, and removes those of the settings that are not among them: all of it or
  /// nothing.
  virtual void follow_settings(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                               base::Instant now) = 0;
  /// A tombstone: the token is not asked any more and its secrets are erased; its history stays. False if unknown.
  virtual bool remove_token(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) = 0;
  /// Asks the daemon, running or not, to read a token's list of accounts soon; false if the name is unknown.
  virtual bool request_discovery(const std::string& token_name) = 0;
  /// Takes back all such requests, and says of which tokens.
  virtual std::vector<audit::TokenId> take_discovery_requests() = 0;
  /// A list of accounts is asked for, or was read in part, of this token or of any (an empty name).
  virtual bool discovering(const std::string& token_name) = 0;
  /// The operator's word, for the daemon, running or not: a change is announced (or withdrawn: a known id in another
  /// state), or the present is accepted.
  virtual void put_planned_change(const verdict::PlannedChange& plan) = 0;
  /// False when that incident was accepted already and no daemon has taken it up yet: the first word stays.
  virtual bool request_acceptance(const verdict::Acceptance& acceptance) = 0;
  /// Those that no daemon has taken up yet (Batch::done_acceptances), the earliest first.
  virtual std::vector<verdict::Acceptance> acceptances() = 0;
  /// Announced changes, the latest first; `open_only`: those that are open or overdue.
  virtual std::vector<verdict::PlannedChange> planned_changes(bool open_only) = 0;
  virtual std::optional<verdict::Incident> find_incident(const verdict::IncidentId& id) = 0;
  /// Changes whenever another connection has written to the database.
  virtual std::int64_t data_version() = 0;

  /// Pending deliveries of one destination with a sequence above `after_sequence`, oldest first.
  virtual std::vector<alert::PendingDelivery> pending_deliveries(const std::string& destination,
                                                                 std::uint64_t after_sequence, int limit) = 0;
  /// Names of the destinations that have pending deliveries.
  virtual std::vector<std::string> destinations_with_pending() = 0;

  virtual std::vector<HistoryRow> history(const HistoryQuery& query) = 0;
  /// For each token the latest change of its answer on this account not after `at` (UTC): of the kinds first_seen,
  /// changed, accepted and announced. A token that was removed since, and not after `at`, is not in it. By the names of
  /// the tokens.
  virtual std::vector<HistoryRow> last_changes_before(const std::string& account, base::Instant at) = 0;
  /// The latest opened first.
  virtual std::vector<verdict::Incident> incidents(const IncidentQuery& query) = 0;
  virtual DeliveryCounts delivery_counts() = 0;
  /// The destinations that have pending or dead deliveries, and how many; `delivered` is not counted.
  virtual std::map<std::string, DeliveryCounts> undelivered() = 0;
  /// The latest first.
  virtual std::vector<AlertRow> alerts(const AlertQuery& query) = 0;
  /// Each attempt of a delivery, the earliest first; `delivery` in each is only its id.
  virtual std::vector<alert::DeliveryAttempt> attempts(const alert::DeliveryId& delivery) = 0;
  /// The bytes that were sent; empty when there is no such delivery.
  virtual std::string body_of(const alert::DeliveryId& delivery) = 0;

  /// A dead delivery becomes pending again, due at once and with all its attempts before it, as if it were new; false
  /// when it is not dead. The daemon, running or not, takes it up.
  virtual bool replay(const alert::DeliveryId& delivery, base::Instant now) = 0;
  /// What replay() made pending and no daemon has taken up yet, oldest first; they count as taken up from now on.
  virtual std::vector<alert::PendingDelivery> take_replays() = 0;
  /// Receipts of threads whose incident is open, or not told to its end.
  virtual std::vector<alert::Thread> threads() = 0;

  virtual void put_mute(const alert::Mute& mute) = 0;
  /// False when it is unknown or over.
  virtual bool end_mute(const alert::MuteId& id, base::Instant now) = 0;
  /// The latest first; `now` given: only those in force then.
  virtual std::vector<alert::Mute> mutes(std::optional<base::Instant> now) = 0;
  /// For the daemon, running or not. False when that incident was acknowledged already and no daemon has taken it up
  /// yet: the first word stays.
  virtual bool request_acknowledgement(const verdict::Acknowledgement& acknowledgement) = 0;
  /// Those that no daemon has taken up yet, the earliest first.
  virtual std::vector<verdict::Acknowledgement> acknowledgements() = 0;
  virtual void request_test(const alert::TestRequest& request) = 0;
  virtual std::vector<alert::TestRequest> test_requests() = 0;
  /// Computes every hash of the change log again. A log that lost its latest rows still fits: only someone who noted
  /// the last hash elsewhere can tell.
  virtual ChainCheck verify_chain() = 0;

  /// One step of throwing away what `retention` no longer keeps, and of giving room back: at most a thousand rows in
  /// one transaction, a few milliseconds. A pass is over when a step says that there is no more; the next call begins
  /// anew.
  virtual Pruned prune(const Retention& retention, base::Instant now) = 0;
};

enum class Access {
  kDaemon,    ///< takes the daemon's lock, creates and upgrades the schema
  kOperator,  ///< reads and writes beside a daemon; creates and upgrades the schema only when no daemon runs
  kReader,    ///< reads what another store of this version has opened; whatever writes throws std::runtime_error
};
struct StoreOptions {
  std::string path;
  base::Secret key;  ///< base64 of 32 bytes; may be empty when no secret is read or written
  Access access = Access::kDaemon;
  base::Secret old_key = {};  ///< the one before, while some secret may still be sealed with it; else empty
};

/// SQLite behind the Store interface. `random` (nonces) must outlive the store.
/// Throws LockedStore, UnusableStore, or std::runtime_error for a path that cannot be opened. The path ":memory:" gives
/// a database that nobody else sees and that ends with the store.
std::unique_ptr<Store> open_sqlite(StoreOptions options, base::Random& random, base::Instant now);

}  // namespace store
