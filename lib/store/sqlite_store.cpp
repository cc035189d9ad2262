#include "store/sqlite_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ensure.h"
#include "store/key_rotation.h"
#include "store/opener.h"

namespace store {
namespace {

/// Writing this many rows at once is an import of tokens, or a storm of alerts: the indexes grow at random places, and
/// want to be in memory.
constexpr std::size_t kMany = 10'000;

/// Keeps more of the database in memory than usual, as long as it lives.
class LargeCache {
 public:
  explicit LargeCache(Database& database) : database_(database) { database_.run("PRAGMA cache_size = -131072"); }
  ~LargeCache() { release(); }
  LargeCache(const LargeCache&) = delete;
  LargeCache& operator=(const LargeCache&) = delete;

 private:
  void release() {
    database_.run("PRAGMA cache_size = -2000");  // SQLite's own
    database_.run("PRAGMA shrink_memory");
  }
  Database& database_;
};

/// Of all alerts that the batch tells of.
std::uint64_t last_sequence_of(const Batch& batch) {
  std::uint64_t last = batch.last_sequence;
  for (const auto& record : batch.alerts) last = std::max(last, record.sequence);
  for (const auto& delivery : batch.deliveries) last = std::max(last, delivery.sequence);
  return last;
}

/// The most telling word for what a batch holds.
std::string_view contents_of(const Batch& batch) {
  if (batch.ended_in_order) return *batch.ended_in_order ? "end" : "start";
  if (!batch.deliveries.empty()) return "deliveries";
  if (!batch.attempts.empty()) return "attempts";
  if (!batch.changes.empty()) return "changes";
  return "audits";
}

/// In the order of the ids, those of one id as they were. Ids of one moment are random: a hundred thousand rows in any
/// other order jump about in the index that begins with them.
template <class Row, class Id>
std::vector<const Row*> in_order(const std::vector<Row>& rows, Id Row::*id) {
  std::vector<const Row*> ordered;
  ordered.reserve(rows.size());
  for (const auto& row : rows) ordered.push_back(&row);
  std::ranges::stable_sort(ordered, {}, [id](const Row* row) { return row->*id; });
  return ordered;
}

}  // namespace

SqliteStore::SqliteStore(OpenedDatabase opened, base::Random& random)
    : opened_(std::move(opened)),
      random_(random),
      tokens_(opened_.database),
      accounts_(opened_.database),
      probes_(opened_.database),
      change_log_(opened_.database),
      discovery_(opened_.database),
      incidents_(opened_.database),
      operator_(opened_.database),
      mutes_(opened_.database),
      alerts_(opened_.database),
      outbox_(opened_.database),
      tellings_(opened_.database),
      threads_(opened_.database),
      buckets_(opened_.database),
      figures_(opened_.database),
      pruning_(opened_.database, change_log_),
      note_key_(opened_.database, "INSERT INTO meta (name, value) VALUES ('key_id', ?) ON CONFLICT (name) DO NOTHING") {
}

const Seal& SqliteStore::seal() const {
  if (!opened_.seal)
    throw UnusableStore(opened_.database.path() + ": secrets are sealed in it, and no key was given; set store.key");
  return *opened_.seal;
}

const Seal& SqliteStore::sealing() const {
  const auto ids = sealed_with(opened_.database);
  const auto* older = seal().older();
  return older != nullptr && ids.size() == 1 && ids[0] == older->key_id() ? *older : seal();
}

void SqliteStore::commit(const Batch& batch) {
  if (batch.empty()) return;
  std::optional<LargeCache> cache;
  if (batch.incidents.size() + batch.deliveries.size() >= kMany) cache.emplace(opened_.database);
  Transaction transaction(opened_.database);
  write_audits(batch);
  write_incidents(batch);
  write_alerts(batch);
  transaction.commit(contents_of(batch));
}

void SqliteStore::write_audits(const Batch& batch) {
  for (const auto& token : batch.tokens) tokens_.update_facts(token);
  for (const auto& account : batch.accounts) accounts_.put(account);
  probes_.put(batch.probes);
  for (const auto& grown : batch.grown_runs) probes_.grow(grown);
  for (const auto& closed : batch.closed_runs) probes_.append(closed);
  for (const auto& probe : batch.ended_probes) probes_.end(probe);
  change_log_.append(batch.changes);
  for (const auto& step : batch.discovery_steps) discovery_.take_step(step);
  for (const auto& bucket : batch.buckets) buckets_.put(bucket);
  figures_.put(batch.gauges);
  if (batch.ended_in_order) figures_.note_end(*batch.ended_in_order);
}

void SqliteStore::write_incidents(const Batch& batch) {
  incidents_.put(batch.incidents);
  for (const auto& plan : batch.planned_changes) operator_.put(plan);
  for (const auto& incident : batch.done_acceptances) operator_.finish_acceptance(incident);
  for (const auto& incident : batch.done_acknowledgements) operator_.finish_acknowledgement(incident);
}

void SqliteStore::write_alerts(const Batch& batch) {
  for (const auto& record : batch.alerts) alerts_.add(record);
  for (const auto* body : in_order(batch.bodies, &alert::Body::alert)) outbox_.add(*body);
  for (const auto& delivery : batch.deliveries) outbox_.put(delivery);
  for (const auto* telling : in_order(batch.tellings, &alert::Telling::incident)) tellings_.put(*telling);
  for (const auto& attempt : batch.attempts) write_attempt(attempt);
  for (const auto& telling : batch.tellings) {
    if (telling.over) threads_.forget_unless_needed(telling.destination, telling.incident.text());
  }
  for (const auto& test : batch.done_tests) operator_.finish(test);
  if (batch.mutes_listed_at) figures_.note_listed_mutes(*batch.mutes_listed_at);
  if (const auto last = last_sequence_of(batch); last > 0) figures_.raise_sequence(last);
}

void SqliteStore::write_attempt(const alert::DeliveryAttempt& attempt) {
  const auto& delivery = attempt.delivery;
  outbox_.add(attempt);
  if (delivery.thread.empty()) return;
  if (!attempt.receipt.empty()) threads_.put({delivery.destination, delivery.thread, attempt.receipt});
  if (delivery.state != alert::DeliveryState::kPending)
    threads_.forget_unless_needed(delivery.destination, delivery.thread);
}

std::uint64_t SqliteStore::load(Loader& loader, base::Instant recent_since) {
  Transaction transaction(opened_.database, Transaction::Intent::kRead);
  loader.begin(figures_.ended_in_order(), figures_.last_sequence());
  stream_tokens_and_probes(loader, recent_since);
  discovery_.stream([&](OpenSweep sweep) { loader.sweep(std::move(sweep)); });
  incidents_.stream(recent_since, [&](verdict::Incident incident) { loader.incident(std::move(incident)); });
  tellings_.stream([&](alert::Telling telling) { loader.telling(std::move(telling)); });
  for (auto& mute : mutes_.read(recent_since)) loader.mute(std::move(mute));
  if (const auto listed_at = figures_.mutes_listed_at()) loader.mutes_listed(*listed_at);
  operator_.stream(true, recent_since, [&](verdict::PlannedChange plan) { loader.planned_change(std::move(plan)); });
  buckets_.stream([&](BucketRow bucket) { loader.bucket(std::move(bucket)); });
  const auto revision = tokens_.revision();
  transaction.commit("load");
  return revision;
}

void SqliteStore::stream_tokens_and_probes(Loader& loader, base::Instant recent_since) {
  // A probe's row has the number of its token. A list of them in order is smaller and faster than a join.
  std::vector<std::pair<std::int64_t, audit::TokenId>> ids;
  tokens_.stream(recent_since, [&](std::int64_t number, TokenRow row) {
    ids.emplace_back(number, row.token.id);
    loader.token(std::move(row));
  });
  accounts_.stream([&](AccountFacts facts) { loader.account(std::move(facts)); });
  const auto id_of = [&](std::int64_t number) {
    const auto found = std::ranges::lower_bound(ids, number, {}, [](const auto& each) { return each.first; });
    if (found == ids.end() || found->first != number)
      throw UnusableStore(opened_.database.path() + ": a probe has no token; put a backup in its place");
    return found->second;
  };
  probes_.stream(id_of, [&](verdict::ProbeState state) { loader.probe(std::move(state)); });
}

std::shared_ptr<const Opener> SqliteStore::opener() {
  auto own = seal().clone();
  require_key(opened_.database, own);
  return make_opener(std::move(own), opened_.database.path());
}

std::vector<TokenRow> SqliteStore::tokens() { return tokens_.read(); }

TokenNews SqliteStore::tokens_since(std::uint64_t revision) {
  Transaction transaction(opened_.database, Transaction::Intent::kRead);
  TokenNews news{tokens_.read_since(revision), tokens_.revision()};
  transaction.commit("tokens_since");
  return news;
}

std::vector<verdict::ProbeState> SqliteStore::probes(const audit::TokenId& token) { return probes_.read(token); }

std::vector<PairRow> SqliteStore::pairs(const PairQuery& query) {
  std::vector<PairRow> pairs;
  for (auto& [state, account] : probes_.page(query)) {
    const auto& id = state.probe.token;
    const bool same = !pairs.empty() && pairs.back().token.id == id;
    auto token = same ? std::optional(pairs.back().token) : tokens_.find(id);
    if (token) pairs.push_back({std::move(*token), std::move(account), std::move(state)});
  }
  return pairs;
}

Totals SqliteStore::totals() {
  return {tokens_.count(), probes_.count(), incidents_.count_open(), incidents_.count_explained()};
}

std::vector<AccountFacts> SqliteStore::accounts() {
  std::vector<AccountFacts> accounts;
  accounts_.stream([&](AccountFacts facts) { accounts.push_back(std::move(facts)); });
  return accounts;
}

std::vector<BucketRow> SqliteStore::buckets() {
  std::vector<BucketRow> buckets;
  buckets_.stream([&](BucketRow bucket) { buckets.push_back(std::move(bucket)); });
  return buckets;
}

std::vector<Gauge> SqliteStore::gauges() { return figures_.gauges(); }

void SqliteStore::put_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                             base::Instant now, const std::function<void(std::size_t done)>& progress) {
  if (tokens.empty()) return;
  std::optional<LargeCache> cache;
  if (tokens.size() >= kMany) cache.emplace(opened_.database);
  Transaction transaction(opened_.database);
  write_tokens(tokens, change_ids, now, progress);
  transaction.commit("put_tokens");
}

void SqliteStore::follow_settings(const std::vector<StoredToken>& tokens,
                                  const std::vector<verdict::ChangeId>& change_ids, base::Instant now) {
  std::set<std::string_view> names;
  for (const auto& token : tokens) {
    ENSURE(token.source == TokenSource::kSettings);
    names.insert(token.token.name);
  }
  std::optional<LargeCache> cache;
  if (tokens.size() >= kMany) cache.emplace(opened_.database);
  Transaction transaction(opened_.database);
  if (!tokens.empty()) write_tokens(tokens, change_ids, now, {});
  for (const auto& name : tokens_.names(TokenSource::kSettings)) {
    if (!names.contains(name)) write_removal(name, verdict::ChangeId::make(now, random_), now);
  }
  transaction.commit("follow_settings");
}

void SqliteStore::write_tokens(const std::vector<StoredToken>& tokens, const std::vector<verdict::ChangeId>& change_ids,
                               base::Instant now, const std::function<void(std::size_t done)>& progress) {
  ENSURE(tokens.size() == change_ids.size());
  forget_lost_keys(opened_.database, seal());
  require_key(opened_.database, seal());  // another process may have been the first to seal something
  change_log_.append(tokens_.put(tokens, change_ids, sealing(), random_, now, progress));
  note_key_.bind(sealing().key_id()).run();
}

bool SqliteStore::remove_token(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) {
  Transaction transaction(opened_.database);
  if (!write_removal(name, change_id, now)) return false;
  transaction.commit("remove_token");
  return true;
}

bool SqliteStore::write_removal(const std::string& name, const verdict::ChangeId& change_id, base::Instant now) {
  auto change = tokens_.remove(name, now);
  if (!change) return false;
  change->id = change_id;
  change_log_.append({*change});
  discovery_.forget(name);
  return true;
}

bool SqliteStore::request_discovery(const std::string& token_name) {
  Transaction transaction(opened_.database);
  if (!discovery_.request(token_name)) return false;
  transaction.commit("request_discovery");
  return true;
}

std::vector<audit::TokenId> SqliteStore::take_discovery_requests() {
  if (!discovery_.has_requests()) return {};  // asked often: no write for nothing
  Transaction transaction(opened_.database);
  auto tokens = discovery_.take_requests();
  transaction.commit("take_discovery_requests");
  return tokens;
}

void SqliteStore::put_planned_change(const verdict::PlannedChange& plan) {
  Transaction transaction(opened_.database);
  operator_.put(plan);
  transaction.commit("put_planned_change");
}

bool SqliteStore::request_acceptance(const verdict::Acceptance& acceptance) {
  Transaction transaction(opened_.database);
  const bool first = operator_.request(acceptance);
  transaction.commit("request_acceptance");
  return first;
}

std::vector<verdict::PlannedChange> SqliteStore::planned_changes(bool open_only) {
  std::vector<verdict::PlannedChange> plans;
  operator_.stream(open_only, base::Instant::max(),
                   [&](verdict::PlannedChange plan) { plans.push_back(std::move(plan)); });
  return plans;
}

std::int64_t SqliteStore::data_version() { return opened_.database.number("PRAGMA data_version"); }

std::vector<alert::PendingDelivery> SqliteStore::pending_deliveries(const std::string& destination,
                                                                    std::uint64_t after_sequence, int limit) {
  return outbox_.pending(destination, after_sequence, limit);
}

std::vector<std::string> SqliteStore::destinations_with_pending() { return outbox_.destinations_with_pending(); }

std::vector<HistoryRow> SqliteStore::history(const HistoryQuery& query) { return change_log_.read(query); }

std::vector<HistoryRow> SqliteStore::last_changes_before(const std::string& account, base::Instant at) {
  return change_log_.last_changes_before(account, at);
}

std::vector<verdict::Incident> SqliteStore::incidents(const IncidentQuery& query) { return incidents_.read(query); }

std::vector<AlertRow> SqliteStore::alerts(const AlertQuery& query) {
  Transaction transaction(opened_.database, Transaction::Intent::kRead);
  std::vector<AlertRow> rows;
  for (auto& record : alerts_.read(query)) {
    auto deliveries = outbox_.rows_of(record.sequence);
    rows.push_back({std::move(record), std::move(deliveries)});
  }
  transaction.commit("alerts");
  return rows;
}

std::vector<alert::DeliveryAttempt> SqliteStore::attempts(const alert::DeliveryId& delivery) {
  return outbox_.attempts(delivery);
}

bool SqliteStore::replay(const alert::DeliveryId& delivery, base::Instant now) {
  Transaction transaction(opened_.database);
  if (!outbox_.replay(delivery, now)) return false;
  transaction.commit("replay");
  return true;
}

std::vector<alert::PendingDelivery> SqliteStore::take_replays() {
  if (!outbox_.has_replays()) return {};  // asked often: no write for nothing
  Transaction transaction(opened_.database);
  auto deliveries = outbox_.take_replays();
  transaction.commit("take_replays");
  return deliveries;
}

void SqliteStore::put_mute(const alert::Mute& mute) {
  Transaction transaction(opened_.database);
  mutes_.add(mute);
  transaction.commit("put_mute");
}

bool SqliteStore::end_mute(const alert::MuteId& id, base::Instant now) {
  Transaction transaction(opened_.database);
  const bool ended = mutes_.withdraw(id, now);
  transaction.commit("end_mute");
  return ended;
}

bool SqliteStore::request_acknowledgement(const verdict::Acknowledgement& acknowledgement) {
  Transaction transaction(opened_.database);
  const bool first = operator_.request(acknowledgement);
  transaction.commit("request_acknowledgement");
  return first;
}

void SqliteStore::request_test(const alert::TestRequest& request) {
  Transaction transaction(opened_.database);
  operator_.request(request);
  transaction.commit("request_test");
}

ChainCheck SqliteStore::verify_chain() { return change_log_.verify(); }

Pruned SqliteStore::prune(const Retention& retention, base::Instant now) {
  return pruning_.step(retention, verdict::ChangeId::make(now, random_), now);
}

}  // namespace store
