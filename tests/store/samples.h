#pragma once

#include <string>
#include <vector>

#include "store/sqlite_store.h"

/// One of everything that the store keeps, with distinct values in every member.
namespace samples {

using namespace std::chrono_literals;

inline const base::Instant kNoon = base::from_epoch_ms(1'795'435'200'123);
inline const base::Instant kNever = base::from_epoch_ms(253'402'300'799'999);  // the end of the year 9999
inline const std::string kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
inline const std::string kOtherKey = "/////////////////////////////////////////w8=";

/// The same bytes in each run of the tests.
inline base::SeededRandom& random() {
  static base::SeededRandom random(7);
  return random;
}
template <class Id>
Id make_id() {
  return Id::make(kNoon, random());
}

inline store::StoreOptions options(const std::string& path, store::Access access = store::Access::kDaemon,
                                   const std::string& key = kKey) {
  return {path, base::Secret(key), access};
}
inline store::SqliteStore open(const std::string& path, store::Access access = store::Access::kDaemon,
                               const std::string& key = kKey) {
  return {store::open_database(options(path, access, key), kNoon), random()};
}
inline store::SqliteStore open_in_memory() { return open(":memory:"); }

inline store::StoredToken token(const std::string& name) {
  store::StoredToken stored;
  stored.token = {make_id<audit::TokenId>(),    name,         "agency",
                  audit::TokenKind::kDeveloper, "2417045708", {{"client", "Brand \"A\""}, {"owner", "ads-ops"}}};
  stored.source = store::TokenSource::kSettings;
  stored.accounts = {"18ce54d4x5t", "18ce55gze09"};
  stored.added_at = kNoon - 1h;
  stored.secrets = {base::Secret("token of " + name), base::Secret("secret of " + name)};
  return stored;
}
/// The id under which a token of this name lives in the store from now on.
inline audit::TokenId put_token(store::Store& store, const std::string& name) {
  std::vector<store::StoredToken> tokens;
  tokens.push_back(token(name));
  store.put_tokens(tokens, {make_id<verdict::ChangeId>()}, kNoon);
  return tokens[0].token.id;
}

inline xads::Granted granted() {
  return {"2417045708", xads::Permissions::from_texts({"AD_MANAGER", "TWEET_COMPOSER", "NEW_POWER"})};
}
inline verdict::Run run() {
  return {xads::Denied{xads::Denial::kTokenInvalid}, kNoon - 3h, kNoon - 2h, 13, {401, "89"}};
}
inline verdict::ProbeState probe(const audit::TokenId& token, const std::string& account) {
  verdict::ProbeState state;
  state.probe = {make_id<audit::ProbeId>(), token, account};
  return state;
}
inline verdict::ProbeState full_probe(const audit::TokenId& token, const std::string& account) {
  verdict::ProbeState state = probe(token, account);
  state.vanished = true;
  state.baseline.accepted = true;
  state.baseline.run = run();
  state.baseline.normal = granted();
  state.baseline.last_good_at = kNoon - 4h;
  verdict::Suspicion suspicion;
  suspicion.answer = granted();
  suspicion.began = kNoon - 1min;
  suspicion.count = 1;
  suspicion.evidence = {200, "none"};
  suspicion.identity = xads::IdentityAnswer::kAlive;
  state.baseline.suspicion = suspicion;
  return state;
}

inline verdict::Change change(const std::string& token_name, const std::string& account) {
  return {make_id<verdict::ChangeId>(), kNoon,       "changed", token_name, account, "granted",
          "denied token_invalid",       {401, "89"}, 2};
}
inline verdict::Incident incident(const audit::TokenId& token, const std::string& account) {
  verdict::Incident incident;
  incident.id = make_id<verdict::IncidentId>();
  incident.finding = {{verdict::Cause::kRoleReduced, token, account},
                      {"AD_MANAGER", "TWEET_COMPOSER"},
                      {"CAMPAIGN_ANALYST"},
                      kNoon - 15min,
                      {200, ""},
                      2};
  incident.opened_at = kNoon;
  incident.updated_at = kNoon + 1s;
  return incident;
}

/// With everything that an incident may have.
inline verdict::Incident full_incident(const audit::TokenId& token, const std::string& account) {
  auto full = incident(token, account);
  auto& finding = full.finding;
  finding.key.cause = verdict::Cause::kAuditBlind;
  finding.key.topic = "dns";
  finding.details = {"no answer for \"1h\"", "since noon"};
  finding.affected = 100'000;
  finding.examples = {"brand-a", "brand-b on 18ce54d4x5t"};
  finding.severity = verdict::Severity::kInfo;
  finding.grounds = {"no_answer_in_time", {"10:15 brand-a: HTTP 503", "10:16 brand-b: HTTP 503"}};
  full.part_of = make_id<verdict::IncidentId>();
  full.flips = {kNoon - 10min, kNoon - 5min};
  full.acknowledged = verdict::Acknowledged{"alice", "I \"look\" into it", kNoon + 1min};
  return full;
}

inline verdict::PlannedChange plan(const std::string& account) {
  verdict::PlannedChange plan;
  plan.id = make_id<verdict::PlanId>();
  plan.account = account;
  plan.token = "brand-a";
  plan.to = xads::Permissions::from_texts({"ANALYST", "NEW_POWER"});
  plan.announced_at = kNoon - 1h;
  plan.until = kNoon + 24h;
  plan.by = "alice";
  plan.reason = "campaign \"winter\" ends";
  return plan;
}
inline verdict::Acceptance acceptance(const verdict::IncidentId& incident) {
  return {incident, "alice", "the agency \"works\" for them now", kNoon};
}

inline alert::Body body() {
  return {make_id<alert::AlertId>(), alert::Channel::kWebhook, "", "{\"type\":\"role.reduced\"}"};
}
inline alert::Record record(const alert::Body& body, std::uint64_t sequence,
                            const std::vector<verdict::IncidentId>& incidents = {}) {
  return {body.alert, sequence, kNoon, "opened", "Role reduced: \"brand-a\"", false, incidents};
}
inline alert::Delivery delivery(const alert::Body& body, std::uint64_t sequence, const std::string& destination) {
  alert::Delivery delivery;
  delivery.id = make_id<alert::DeliveryId>();
  delivery.alert = body.alert;
  delivery.sequence = sequence;
  delivery.destination = destination;
  delivery.channel = body.channel;
  delivery.order_key = "18ce54d4x5t";
  delivery.created_at = kNoon;
  delivery.next_attempt_at = kNoon + 5s;
  return delivery;
}
/// `delivery` after one more attempt, in `state`.
inline alert::DeliveryAttempt attempt(alert::Delivery delivery, alert::DeliveryState state) {
  delivery.state = state;
  ++delivery.attempts;
  return {delivery, kNoon + 6s, 503, "http 503", "", 212ms};
}

inline alert::Telling telling(const verdict::Incident& incident, const std::string& destination) {
  alert::Telling telling;
  telling.incident = incident.id;
  telling.opened_at = incident.opened_at;
  telling.destination = destination;
  telling.told = true;
  telling.pending = alert::State::kUpdated;
  telling.told_at = kNoon + 3s;
  telling.reminders = 2;
  return telling;
}
inline alert::Mute mute(base::Instant until = kNoon + 2h) {
  alert::Mute mute;
  mute.id = make_id<alert::MuteId>();
  mute.match.tokens = {"brand-a", "brand-b"};
  mute.reason = "the agency \"moves\"";
  mute.by = "alice";
  mute.at = kNoon;
  mute.until = until;
  return mute;
}
inline verdict::Acknowledgement acknowledgement(const verdict::IncidentId& incident) {
  return {incident, {"alice", "I \"look\" into it", kNoon}};
}
inline alert::TestRequest test_request() { return {make_id<alert::TestId>(), "ops", "reminder", kNoon}; }

/// Remembers all that load() gives.
struct Loaded final : store::Loader {
  explicit Loaded(store::Store& store, base::Instant recent_since = kNever) {
    revision = store.load(*this, recent_since);
  }

  void begin(bool in_order, std::uint64_t sequence) override {
    ended_in_order = in_order;
    last_sequence = sequence;
  }
  void token(store::TokenRow row) override { tokens.push_back(std::move(row)); }
  void account(store::AccountFacts facts) override { accounts.push_back(std::move(facts)); }
  void probe(verdict::ProbeState state) override { probes.push_back(std::move(state)); }
  void sweep(store::OpenSweep sweep) override { sweeps.push_back(std::move(sweep)); }
  void incident(verdict::Incident incident) override { incidents.push_back(std::move(incident)); }
  void telling(alert::Telling telling) override { tellings.push_back(std::move(telling)); }
  void mute(alert::Mute mute) override { mutes.push_back(std::move(mute)); }
  void mutes_listed(base::Instant at) override { mutes_listed_at = at; }
  void planned_change(verdict::PlannedChange plan) override { plans.push_back(std::move(plan)); }
  void bucket(store::BucketRow bucket) override { buckets.push_back(std::move(bucket)); }

  bool ended_in_order = false;
  std::uint64_t last_sequence = 0;
  std::uint64_t revision = 0;
  std::vector<store::TokenRow> tokens;
  std::vector<store::AccountFacts> accounts;
  std::vector<verdict::ProbeState> probes;
  std::vector<store::OpenSweep> sweeps;
  std::vector<verdict::Incident> incidents;
  std::vector<alert::Telling> tellings;
  std::vector<alert::Mute> mutes;
  std::optional<base::Instant> mutes_listed_at;
  std::vector<verdict::PlannedChange> plans;
  std::vector<store::BucketRow> buckets;
};

}  // namespace samples
