// Who is watched. How the engine starts is in engine_start.cpp, when to ask in engine_schedule.cpp, what answers mean
// in engine_answers.cpp and engine_accounts.cpp.

#include "service/engine.h"

#include <algorithm>
#include <utility>

#include "base/ensure.h"
#include "service/demand.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// Six answers in a row, whoever gives them: a single machine at X with a wrong clock is no news.
constexpr verdict::Agreement::Terms kClockSkew{.begin = 6, .end = 3, .least_span = 30s};
constexpr verdict::Agreement::Terms kSunset{.begin = 2, .end = 6};

}  // namespace

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;

audit::BoundTerms bound_terms(const AuditOptions& options) {
  return {.jitter = options.intervals.jitter,
          .deadline = options.deadline,
          .confirmations = options.confirm.count,
          .spacing = options.confirm.spacing};
}

const Asked& asked_of(const Work& work) {
  return std::visit([](const auto& any) -> const Asked& { return any.asked; }, work);
}

Engine::Engine(AuditOptions options, Announcer announcer, base::Random& random)
    : options_(std::move(options)),
      announcer_(std::move(announcer)),
      random_(random),
      limits_(options_.budget, roster_),
      vouchers_(roster_, options_.control_token),
      schedule_(base::Instant{}),
      sweeps_(base::Instant{}),
      api_pace_(options_.max_in_flight),
      identity_pace_(options_.max_in_flight),
      clock_skew_(kClockSkew),
      sunset_(kSunset) {
  for (const auto one :
       {audit::IntervalClass::kNormal, audit::IntervalClass::kCritical, audit::IntervalClass::kArchive})
    bounds_[static_cast<std::size_t>(one)] =
        audit::detection_bound(audit::interval_of(options_.intervals, one), bound_terms(options_));
}

void Engine::token(store::TokenRow row) { put(row); }

void Engine::account(store::AccountFacts facts) { roster_.put_facts(facts); }

void Engine::probe(verdict::ProbeState state) {
  const auto token = restored_token(state.probe.token);
  ENSURE(token);  // tokens come first
  const auto listed = listed_pair(*token, state.probe.account);
  const AccountIndex account =
      listed ? AccountIndex{roster_.pair(*listed).account} : roster_.put_account(state.probe.account);
  const PairIndex index = listed ? *listed : roster_.add_pair(*token, account, state.probe.id);
  Pair& pair = roster_.pair(index);
  pair.id = state.probe.id;
  pair.vanished = state.vanished;
  if (!listed) ++unasked_;
  if (state.baseline.run) --unasked_;
  const bool suspicion = state.baseline.suspicion.has_value();
  roster_.set_baseline(index, std::move(state.baseline));
  if (suspicion) roster_.memory(index).suspicion_began = restored_at_.steady;
}

/// Pairs come mostly in the order of their tokens: the token is the last one or the next.
std::optional<TokenIndex> Engine::restored_token(const audit::TokenId& id) {
  for (auto place = static_cast<std::uint32_t>(restored_token_), last = place + 1; place <= last; ++place) {
    if (place >= roster_.token_places() || roster_.record(TokenIndex{place}).id != id) continue;
    restored_token_ = TokenIndex{place};
    return restored_token_;
  }
  const auto found = roster_.find_token(id);
  if (found) restored_token_ = *found;
  return found;
}

/// What put() has just added lies near in memory: a short list is looked through before the table of all accounts is.
std::optional<PairIndex> Engine::listed_pair(TokenIndex token, std::string_view account_id) {
  constexpr int kShort = 4;
  int looked = 0;
  for (std::uint32_t place = roster_.record(token).first_pair; place != kNoPair; ++looked) {
    if (looked == kShort) break;
    const Pair& pair = roster_.pair(PairIndex{place});
    if (roster_.account_id(AccountIndex{pair.account}) == account_id) return PairIndex{place};
    place = pair.next_of_token;
  }
  const auto account = looked == kShort ? roster_.find_account(account_id) : std::nullopt;
  return account ? roster_.find_pair(token, *account) : std::nullopt;
}

void Engine::sweep(store::OpenSweep sweep) {
  const auto token = roster_.find_token(sweep.token);
  if (!token || !roster_.record(*token).discovered) return;
  std::vector<AccountIndex> seen;
  for (const auto& account : sweep.seen) seen.push_back(roster_.put_account(account));
  sweeps_.resume(*token, std::move(sweep.cursor), std::move(seen));
}

/// The settings may expect something else than before, and what flapped may have become calm while nobody looked.
void Engine::reassess_all(base::Moment now) {
  std::vector<verdict::IncidentKey> uncertain, outdated;
  for (const auto& [key, incident] : open_) {
    restore_trouble(incident, now);
    const bool other_version = key.cause == verdict::Cause::kSunset && key.topic != options_.api_version;
    const bool gone = key.cause == verdict::Cause::kDestinationBroken && !announcer_.knows(key.topic);
    const bool written = key.cause == verdict::Cause::kStoreUnwritable;  // else it would not stand there
    if (other_version || gone || written) outdated.push_back(key);
    const bool policy = key.cause == verdict::Cause::kPolicyViolated || key.cause == verdict::Cause::kRedundancyLost;
    if (policy || incident.flips.size() >= verdict::OpenIncidents::kFlips) uncertain.push_back(key);
  }
  for (const auto& key : uncertain) reassess(key, now);
  for (const auto& key : outdated) close(key, now);
  if (options_.policy.expectations.empty()) return;
  for (std::size_t place = 0; place < roster_.account_places(); ++place)
    reassess_account(AccountIndex{static_cast<std::uint32_t>(place)}, now);
}

/// What an open incident says of apps, and who is explained by them.
void Engine::restore_trouble(const verdict::Incident& incident, base::Moment now) {
  const verdict::IncidentKey& key = incident.finding.key;
  if (incident.part_of) adopted_[key] = now.steady;
  if (incident.calm_since) return;
  const auto app = roster_.find_app(key.topic);
  if (key.cause == verdict::Cause::kAppRejected && app) {
    const bool keys = incident.finding.grounds.rule == "tokens_fail_together";
    troubled_[*app] = {.key = key,
                       .opened = now.steady,
                       .way = keys ? verdict::Failing::kAuthentication : verdict::Failing::kApp,
                       .recovering_since = std::nullopt};
  }
  if (key.cause == verdict::Cause::kVersionRetired)
    retired_ = AppTrouble{key, now.steady, verdict::Failing::kVersion, std::nullopt};
}

void Engine::planned_change(verdict::PlannedChange plan) {
  const verdict::PlanId id = plan.id;
  plans_.emplace(id, std::move(plan));
}

void Engine::incident(verdict::Incident incident) {
  if (incident.resolved_at) {
    open_.remember(incident);
    restored_over_.emplace(incident.id, std::move(incident));
    return;
  }
  restored_open_.emplace(incident.id, incident.finding.key);
  if (incident.finding.key.cause == verdict::Cause::kClockSkew) clock_skew_ = verdict::Agreement(kClockSkew, true);
  const bool sunset = incident.finding.key.cause == verdict::Cause::kSunset;
  if (sunset && incident.finding.key.topic == options_.api_version) sunset_ = verdict::Agreement(kSunset, true);
  throttling_ = throttling_ || incident.finding.key.cause == verdict::Cause::kAuditThrottled;
  const verdict::IncidentKey key = incident.finding.key;  // not to be read from an incident that has moved on
  open_.emplace(key, std::move(incident));
}

void Engine::telling(alert::Telling telling) {
  const auto open = restored_open_.find(telling.incident);
  const auto over = restored_over_.find(telling.incident);
  if (open != restored_open_.end())
    announcer_.restore(telling, open_.find(open->second)->second, restored_at_);
  else if (over != restored_over_.end())
    announcer_.restore(telling, over->second, restored_at_);
}

void Engine::bucket(store::BucketRow bucket) { limits_.restore(bucket, restored_at_); }

/// Takes over the facts of a token. Its pairs are those that are known and those that it lists, until settle_token().
void Engine::put(const store::TokenRow& row) {
  const TokenIndex token = roster_.put_token(row.token, row.claimed_user, row.sealed);
  TokenRecord& record = roster_.record(token);
  record.removed = row.removed;
  record.discovered = !row.removed && row.accounts.empty();
  record.ignored = !row.removed && !apps_.contains(row.token.app);
  live_by_app_.clear();
  for (const PairIndex pair : roster_.pairs_of(token)) roster_.pair(pair).listed = false;
  for (const auto& id : row.accounts) {
    const AccountIndex account = roster_.put_account(id);
    const auto known = roster_.find_pair(token, account);
    // Without an id: it gets one in settle_token(), unless the database turns out to know the pair.
    const PairIndex pair = known ? *known : roster_.add_pair(token, account, audit::ProbeId{});
    if (!known) ++unasked_;
    roster_.pair(pair).listed = true;
  }
}

/// Brings pairs, schedule and sweeps in line with what put() was told.
void Engine::settle_token(TokenIndex token, base::Moment now) {
  const TokenRecord& record = roster_.record(token);
  if (record.removed) return end_token(token, now);
  for (const PairIndex index : roster_.pairs_of(token)) {
    Pair& pair = roster_.pair(index);
    if (pair.id.null()) start_probe(index, now);
    if (!record.discovered && !pair.listed) {
      const AccountIndex account{pair.account};
      end_probe(index);
      reassess_token(token, now);
      reassess_account(account, now);
    } else if (record.ignored) {
      schedule_.remove(index);
    } else {
      schedule(index, now);
    }
  }
  if (record.ignored) identity_wanted_.erase(token);
  const bool reads_list = record.discovered && !record.ignored;
  if (!reads_list) sweeps_.remove(token);
  if (reads_list && !sweeps_.contains(token)) sweeps_.add(token, first_sweep(token, now));
}

void Engine::take_news(const std::vector<store::TokenRow>& tokens, const store::Opener& opener, base::Moment now) {
  for (const auto& row : tokens) {
    const auto known = roster_.find_token(row.token.id);
    if (row.removed && !known) continue;
    const bool new_secrets = known && !row.removed && !opener.same(row.token.id, roster_.sealed(*known), row.sealed);
    put(row);
    const TokenIndex token = *roster_.find_token(row.token.id);
    settle_token(token, now);
    if (new_secrets) recheck_token(token, now);
  }
  unasked_ = 0;
  vouchers_.look_up_control();
}

void Engine::hasten_discovery(const audit::TokenId& id, base::Moment now) {
  const auto token = roster_.find_token(id);
  if (token && sweeps_.contains(*token)) sweeps_.hasten(*token, now.steady);
}

PairIndex Engine::discover_pair(TokenIndex token, AccountIndex account, base::Moment now) {
  if (const auto known = roster_.find_pair(token, account)) return *known;
  if (roster_.record(token).first_pair == kNoPair || known_dead(token)) live_by_app_.clear();
  const PairIndex pair = roster_.add_pair(token, account, audit::ProbeId{});
  start_probe(pair, now);
  schedule(pair, now);
  return pair;
}

void Engine::start_probe(PairIndex pair, base::Moment now) {
  roster_.pair(pair).id = audit::ProbeId::make(now.utc, random_);
  batch_.probes.push_back(roster_.state(pair));
}

void Engine::end_probe(PairIndex pair) {
  schedule_.remove(pair);
  unsettled_.erase(pair);
  vain_.erase(pair);
  const TokenIndex token{roster_.pair(pair).token};
  cohort_of(token).settle(token);  // it may have been the last to speak for it
  if (roster_.record(token).first_pair == audit::at(pair)) live_by_app_.clear();
  batch_.ended_probes.push_back(roster_.pair(pair).id);
  roster_.remove_pair(pair);
}

void Engine::end_token(TokenIndex token, base::Moment now) {
  cohort_of(token).settle(token);
  live_by_app_.clear();
  std::vector<AccountIndex> accounts;
  for (const PairIndex pair : roster_.pairs_of(token)) {
    accounts.push_back(AccountIndex{roster_.pair(pair).account});
    end_probe(pair);
  }
  sweeps_.remove(token);
  undiscovered_.erase(token);
  identity_wanted_.erase(token);
  replaced_at_.erase(token);
  reassess_token(token, now);  // while the roster still knows the token's name
  for (const AccountIndex account : accounts) reassess_account(account, now);
  const verdict::IncidentKey throttled{verdict::Cause::kAuditThrottled, roster_.record(token).id, ""};
  if (auto step = verdict::resolve_one(throttled, open_, now.utc)) announce({*std::move(step)}, now);
  for (auto& row : limits_.forget(token)) batch_.buckets.push_back(std::move(row));
  roster_.remove_token(token);
}

/// The token's secrets were replaced: ask all its pairs soon.
void Engine::recheck_token(TokenIndex token, base::Moment now) {
  ++roster_.record(token).generation;
  replaced_at_[token] = now.steady;
  cohort_of(token).settle(token);
  const auto pairs = roster_.pairs_of(token);
  for (const PairIndex index : pairs) {
    roster_.pair(index).answered = {};  // that answer was to the old secret, and so was what we suspect
    if (!roster_.suspected(index)) continue;
    roster_.memory(index).baseline.suspicion.reset();
    batch_.probes.push_back(roster_.state(index));
  }
  hasten(pairs, now);
  if (sweeps_.contains(token)) sweeps_.hasten(token, now.steady);
}

bool Engine::flush(std::size_t most, base::Moment now) {
  for (std::size_t added = 0; flushed_ < roster_.pair_places(); ++flushed_) {
    const PairIndex index{static_cast<std::uint32_t>(flushed_)};
    Pair& pair = roster_.pair(index);
    if (!pair.unsaved) continue;
    if (++added > most) return false;
    pair.unsaved = false;
    const verdict::Baseline* unusual = nullptr;
    if (pair.form == Pair::Form::kPlain) {
      batch_.grown_runs.push_back({pair.id, pair.last_seen, pair.count, pair.last_seen});
    } else if (const Memory* beside = roster_.memory_if_any(index)) {
      unusual = &beside->baseline;
    }
    if (unusual != nullptr && unusual->run)
      batch_.grown_runs.push_back({pair.id, unusual->run->last_seen, unusual->run->count, unusual->last_good_at});
    roster_.tidy(index, now.steady);
  }
  flushed_ = 0;
  for (auto& row : limits_.take_changed(now)) batch_.buckets.push_back(std::move(row));
  batch_.gauges = gauges(now);
  return true;
}

void Engine::end_in_order(base::Moment now) {
  // Buckets that nobody touched since an emptied start are not full yet, and no row says so.
  if (!emptied_at_ || now.steady - *emptied_at_ >= audit::kWindow) batch_.ended_in_order = true;
}

store::Batch Engine::take_batch() { return std::exchange(batch_, {}); }

std::vector<store::Gauge> Engine::gauges(base::Moment now) {
  base::Duration oldest{0};
  base::Duration bound{0};
  Demand demand(limits_.budget());
  for (std::size_t place = 0; place < roster_.pair_places(); ++place) {
    const Pair& pair = roster_.pair(PairIndex{static_cast<std::uint32_t>(place)});
    if (pair.id.null() || !schedule_.contains(PairIndex{static_cast<std::uint32_t>(place)})) continue;
    demand.add(limits_.asker(audit::TokenIndex{pair.token}, audit::AccountIndex{pair.account}),
               audit::interval_of(options_.intervals, pair.interval_class));
    const base::Duration age = now.steady - std::max(pair.answered, watching_since_);
    const base::Duration allowed = bound_of(pair);
    // Compared by how much of its own bound each has used up.
    if (bound.count() > 0 && age.count() * bound.count() <= oldest.count() * allowed.count()) continue;
    oldest = age;
    bound = allowed;
  }
  const auto counts = schedule_.counts();
  const auto control = vouchers_.control_good();
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  std::vector<store::Gauge> gauges{{"pairs_waiting", number(counts.waiting)},
                                   {"pairs_running", number(counts.running)},
                                   {"pairs_parked", number(counts.parked)},
                                   {"lateness_p99_ms", number(lateness_.quantile(0.99).count())},
                                   {"oldest_answer_ms", number(oldest.count())},
                                   {"detection_bound_ms", number(bound.count())},
                                   {"buckets_yielding", number(limits_.budget().yielding(now.steady))},
                                   {"buckets_parked", number(limits_.budget().parked(now.steady))},
                                   {"buckets_unfit", number(demand.unfit())},
                                   {"least_left_permille", number(1000 * limits_.budget().least_left(now.steady))},
                                   {"in_flight", number(api_pace_.in_flight())},
                                   {"in_flight_limit", number(api_pace_.limit())},
                                   {"control_ok", control ? number(*control) : -1},
                                   {"audits_total", number(audits_)},
                                   {"throttled_total", number(throttled_)},
                                   {"written_at_ms", number(base::to_epoch_ms(now.utc))}};
  lateness_.clear();
  return gauges;
}

}  // namespace service
