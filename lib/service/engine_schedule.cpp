// When the engine asks. The rest of it is in engine.cpp.

#include <algorithm>

#include "service/engine.h"

namespace service {

using audit::PairIndex;
using audit::TokenIndex;

namespace {

using namespace std::chrono_literals;

/// A new pair is looked at within this time, so that nobody waits an interval for the first word; a thousand a second
/// when there are many.
constexpr base::Duration kFirstLook = 5s;
constexpr base::Duration kFirstLookEach = 1ms;
/// After an answer without a statement: soon again, but no hammering.
constexpr base::Duration kRecheckDelay = 1min;
/// No header makes a pair wait longer.
constexpr base::Duration kLongestPause = 15min;
/// Each routine audit earns this part of an extra one for accounts with a single live token.
constexpr double kSpareEarned = 0.25;
constexpr double kMostSpareCredit = 100;

}  // namespace

/// Gives a pair its first place in the schedule, if it has none.
void Engine::schedule(PairIndex index, base::Moment now) {
  if (schedule_.contains(index)) return;
  Pair& pair = roster_.pair(index);
  pair.interval_class = audit::IntervalClass::kNormal;
  if (!options_.intervals.rules.empty())
    pair.interval_class = audit::class_of(options_.intervals, roster_.token(TokenIndex{pair.token}),
                                          roster_.account_id(audit::AccountIndex{pair.account}));
  if (focus_) {
    if (!in_focus(index)) return;
    unsettled_.insert(index);
    schedule_.add(index, now.steady);
    return;
  }
  pair.urgent = roster_.suspected(index);
  const auto handed = handed_turn(index, now);
  schedule_.add(index, handed ? *handed : pair.urgent ? now.steady : first_time(index, now));
}

base::Instant Engine::first_time(PairIndex index, base::Moment now) {
  const Pair& pair = roster_.pair(index);
  const base::Duration interval = audit::interval_of(options_.intervals, pair.interval_class);
  const auto phase_within = [&](base::Duration span) {
    return audit::phase(roster_.token_name(TokenIndex{pair.token}),
                        roster_.account_id(audit::AccountIndex{pair.account}), span);
  };
  if (pair.form == Pair::Form::kUnasked) {
    const base::Duration look = std::max<base::Duration>(kFirstLook, unasked_ * kFirstLookEach);
    return now.steady + phase_within(std::min(look, interval));
  }
  const verdict::Baseline baseline = pair.form == Pair::Form::kPlain ? verdict::Baseline{} : roster_.baseline(index);
  if (pair.form == Pair::Form::kUnusual && !baseline.run) return now.steady + phase_within(kFirstLook);
  // As if the process had gone on; but what is overdue is spread over an interval, each at its own place.
  const base::Instant last_seen = pair.form == Pair::Form::kPlain ? pair.last_seen : baseline.run->last_seen;
  const base::Duration left = last_seen + interval - now.utc;
  if (left > 0ms && left <= interval) return now.steady + left;
  return now.steady + (audit::next_slot(now.utc, phase_within(interval), interval) - now.utc);
}

base::Instant Engine::first_sweep(TokenIndex token, base::Moment now) {
  if (handover_) {
    const auto list = handover_->lists.find(roster_.record(token).id);
    if (list != handover_->lists.end()) return std::min(list->second, now.steady + options_.discovery_interval);
  }
  const bool known = roster_.record(token).first_pair != kNoPair;
  if (!known) return now.steady;
  const auto phase = audit::phase(roster_.token_name(token), "", options_.discovery_interval);
  return now.steady + (audit::next_slot(now.utc, phase, options_.discovery_interval) - now.utc);
}

base::Instant Engine::regular_time(PairIndex pair, base::Instant after) {
  const base::Duration interval = audit::interval_of(options_.intervals, roster_.pair(pair).interval_class);
  return audit::after_interval(after, interval, options_.intervals.jitter, random_);
}

base::Instant Engine::next_time(PairIndex index, const xads::Observation& observation, bool confirm_again,
                                base::Moment now) {
  Pair& pair = roster_.pair(index);
  const bool was_spare = pair.spare;
  pair.spare = false;
  const base::Duration spacing = options_.confirm.spacing;
  const base::Duration interval = audit::interval_of(options_.intervals, pair.interval_class);
  // A hiccup is over soon; an outage is not asked about more often than it deserves.
  const bool hiccup = pair.vain_attempts <= kVainAttempts;
  const base::Duration soon = focus_ || hiccup ? std::min(spacing, interval) : std::min(kRecheckDelay, interval);
  if (const auto* unavailable = std::get_if<xads::Unavailable>(&observation.answer)) {
    const base::Duration asked_for = std::min(unavailable->retry_after.value_or(0ms), kLongestPause);
    return now.steady + std::max(confirm_again ? spacing : soon, asked_for);
  }
  if (std::holds_alternative<xads::Throttled>(observation.answer))
    return now.steady + soon;  // the budget knows until when
  const bool unsaid = !verdict::conclusive_part(observation.answer);
  if (confirm_again || (focus_ && unsaid)) return now.steady + spacing;
  if (unsaid && hiccup) return now.steady + soon;
  if (!was_spare) spare_credit_ = std::min(spare_credit_ + kSpareEarned, kMostSpareCredit);
  const auto boosted = audit::boosted_interval(interval);
  if (boosted && !was_spare && wants_spare(index, now)) {
    pair.spare = true;
    return now.steady + *boosted;
  }
  return regular_time(index, now.steady);
}

/// Pairs that changed lately, and, as far as the routine has earned it, accounts with a single live token.
bool Engine::wants_spare(PairIndex index, base::Moment now) {
  const audit::Boost& boost = options_.intervals.boost;
  if (!boost.enabled || focus_) return false;
  const Pair& pair = roster_.pair(index);
  const auto since = roster_.run_since(index);
  const base::Duration interval = audit::interval_of(options_.intervals, pair.interval_class);
  const bool changed = since && *since > pair.id.made_at() + interval && now.utc - *since < boost.after_change;
  if (changed) return true;
  if (spare_credit_ < 1 || !roster_.granted(index)) return false;
  for (const PairIndex other : roster_.pairs_of(audit::AccountIndex{pair.account})) {
    if (other != index && roster_.granted(other)) return false;
  }
  spare_credit_ -= 1;
  return true;
}

bool Engine::in_focus(PairIndex index) const {
  const Pair& pair = roster_.pair(index);
  return !focus_->discovery_alone &&
         (focus_->token.empty() || roster_.token_name(TokenIndex{pair.token}) == focus_->token) &&
         (focus_->account.empty() || roster_.account_id(audit::AccountIndex{pair.account}) == focus_->account);
}

void Engine::focus(const std::string& token_name, const std::string& account, base::Moment now) {
  set_focus({token_name, account, false}, now);
}

void Engine::focus_on_discovery(const std::string& token_name, base::Moment now) {
  set_focus({token_name, "", true}, now);
}

void Engine::set_focus(Focus focus, base::Moment now) {
  focus_ = std::move(focus);
  for (std::size_t place = 0; place < roster_.pair_places(); ++place) {
    const PairIndex pair{static_cast<std::uint32_t>(place)};
    const bool watched = schedule_.contains(pair);
    schedule_.remove(pair);
    if (watched) schedule(pair, now);
  }
  for (std::size_t place = 0; place < roster_.token_places(); ++place) {
    const TokenIndex token{static_cast<std::uint32_t>(place)};
    if (!roster_.record(token).alive || !sweeps_.contains(token)) continue;
    // An audit of what is known needs no new list; a token of which nothing is known yet does.
    const bool needed = focus_->discovery_alone || roster_.record(token).first_pair == kNoPair;
    const bool wanted = needed && (focus_->token.empty() || roster_.token_name(token) == focus_->token);
    if (wanted) undiscovered_.insert(token);
    if (wanted) sweeps_.hasten(token, now.steady);
    if (!wanted && focus_->discovery_alone) sweeps_.remove(token);
  }
}

/// For a focus: settled by a conclusive answer that leaves no suspicion, given up when that cannot be had.
void Engine::settle(PairIndex index, bool confirm_again) {
  if (!focus_ || !unsettled_.contains(index)) return;
  const Pair& pair = roster_.pair(index);
  const bool suspected = roster_.suspected(index);
  const bool hopeless = pair.vain_attempts >= kVainAttempts || (suspected && !confirm_again);
  if (hopeless) vain_.insert(index);
  if (hopeless || (pair.vain_attempts == 0 && !suspected)) unsettled_.erase(index);
}

Asked Engine::ask_as(TokenIndex token, base::Moment now) const {
  const TokenRecord& record = roster_.record(token);
  return {token, record.id, record.generation, now.steady};
}

bool Engine::current(const Asked& asked) const {
  const TokenRecord& record = roster_.record(asked.token);
  return record.id == asked.id && record.generation == asked.generation && !record.ignored;
}

std::optional<Work> Engine::take_work(base::Moment now) {
  if (!identity_wanted_.empty() && !identity_pace_.wait(now.steady)) {
    if (auto work = take_identity(now)) return work;
  }
  if (api_pace_.wait(now.steady)) return std::nullopt;
  // Lists of accounts are few and cheap: a day full of overdue audits must not keep them from being read.
  if (++turn_ % 16 == 0) {
    if (auto work = take_discovery(now)) return work;
  }
  if (auto work = take_audit(now)) return work;
  return take_discovery(now);
}

std::optional<Work> Engine::take_identity(base::Moment now) {
  for (auto& [token, from] : identity_wanted_) {
    if (from > now.steady) continue;
    const auto wait =
        limits_.try_spend(token, std::nullopt, audit::Endpoint::kIdentity, audit::Purpose::kConfirmation, now);
    if (wait) {
      from = wait->until;
      continue;
    }
    const TokenIndex asked = token;
    identity_wanted_.erase(asked);
    identity_pace_.started(now.steady);
    batch_.buckets.push_back(limits_.note(asked, audit::Endpoint::kIdentity, now));
    return IdentityWork{ask_as(asked, now)};
  }
  return std::nullopt;
}

std::optional<Work> Engine::take_audit(base::Moment now) {
  while (const auto due = schedule_.take_due(now.steady)) {
    Pair& pair = roster_.pair(due->pair);
    const TokenIndex token{pair.token};
    const audit::AccountIndex account{pair.account};
    const auto purpose = pair.urgent  ? audit::Purpose::kConfirmation
                         : pair.spare ? audit::Purpose::kSpare
                                      : audit::Purpose::kRoutine;
    const auto wait = limits_.try_spend(token, account, audit::Endpoint::kAccess, purpose, now);
    if (!wait) {
      fetch_ahead();
      if (!pair.spare) lateness_.add(now.steady - due->due);
      ++audits_;
      api_pace_.started(now.steady);
      return AuditWork{ask_as(token, now), due->pair, pair.id, account};
    }
    if (purpose == audit::Purpose::kSpare) {
      pair.spare = false;  // nothing to spare: at its regular time
      schedule_.put_back(due->pair, std::max(regular_time(due->pair, pair.answered), now.steady));
    } else {
      schedule_.park(due->pair, {wait->bucket, purpose}, wait->until);
    }
  }
  return std::nullopt;
}

/// While this question is signed and sent, the memory of the next ones comes nearer, step by step.
void Engine::fetch_ahead() const {
  constexpr std::size_t kPairs = 12, kRecords = 6, kTexts = 2;
  schedule_.look_ahead(kPairs, [this](PairIndex pair, std::size_t place) {
    roster_.fetch(pair);
    if (place < kRecords) roster_.fetch_records(pair);
    if (place < kTexts) roster_.fetch_texts(pair);
  });
}

std::optional<Work> Engine::take_discovery(base::Moment now) {
  while (auto question = sweeps_.take_due(now.steady)) {
    const auto wait =
        limits_.try_spend(question->token, std::nullopt, audit::Endpoint::kAccounts, audit::Purpose::kRoutine, now);
    if (wait) {
      sweeps_.defer(question->token, wait->until);
      continue;
    }
    api_pace_.started(now.steady);
    batch_.buckets.push_back(limits_.note(question->token, audit::Endpoint::kAccounts, now));
    return DiscoveryWork{ask_as(question->token, now), std::move(question->cursor), std::move(question->missing)};
  }
  return std::nullopt;
}

std::optional<base::Instant> Engine::next_due(base::Moment now) const {
  const auto earliest = [](std::optional<base::Instant> left, std::optional<base::Instant> right) {
    if (!left || !right) return left ? left : right;
    return std::optional(std::min(*left, *right));
  };
  // The pace is asked first: while only an answer can make room, nobody need look for what is due.
  const auto paced = [&](const audit::HostPace& pace, const auto& find_due) {
    const auto wait = pace.wait(now.steady);
    if (wait == base::Instant::max()) return std::optional<base::Instant>();
    const std::optional<base::Instant> due = find_due();
    return wait && due ? std::optional(std::max(*due, *wait)) : due;
  };
  return earliest(paced(api_pace_, [&] { return earliest(schedule_.next_due(), sweeps_.next_due()); }),
                  paced(identity_pace_, [&] {
                    std::optional<base::Instant> identity;
                    for (const auto& [token, from] : identity_wanted_) identity = earliest(identity, from);
                    return identity;
                  }));
}

void Engine::abandon(const Work& work, base::Moment now) {
  (std::holds_alternative<IdentityWork>(work) ? identity_pace_ : api_pace_).abandoned();
  const Asked& asked = asked_of(work);
  const bool known = roster_.record(asked.token).id == asked.id;
  if (const auto* audit = std::get_if<AuditWork>(&work)) {
    if (roster_.pair(audit->pair).id == audit->probe) schedule_.put_back(audit->pair, now.steady);
  } else if (std::holds_alternative<IdentityWork>(work)) {
    if (known) identity_wanted_[asked.token] = now.steady;
  } else if (known && sweeps_.running(asked.token)) {
    sweeps_.defer(asked.token, now.steady);
  }
}

}  // namespace service
