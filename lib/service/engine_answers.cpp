// What the engine does with answers. The rest of it is in engine.cpp.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/overloaded.h"
#include "service/engine.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// After an answer without a statement: soon again, but no hammering.
constexpr base::Duration kRecheckDelay = 1min;
/// X's rule and the SDKs': five seconds after the reset.
constexpr base::Duration kAfterReset = 5s;
/// Without a reset in the headers of a 429.
constexpr base::Duration kParkBlind = 1min;
/// No header parks us for longer than a window.
constexpr base::Duration kLongestPark = 15min;
constexpr base::Duration kClockTolerance = 60s;
/// A neighbour that was asked so often in vain is not waited for.
constexpr int kVainAttempts = 3;

bool says_token_is_dead(const verdict::Baseline& baseline) {
  const auto* denied = baseline.run ? std::get_if<xads::Denied>(&baseline.run->answer) : nullptr;
  return denied != nullptr && denied->denial != xads::Denial::kAccountNotFound;
}

bool says_not_found(const verdict::Baseline& baseline) {
  const auto* denied = baseline.run ? std::get_if<xads::Denied>(&baseline.run->answer) : nullptr;
  return denied != nullptr && denied->denial == xads::Denial::kAccountNotFound;
}

bool is_unavailable(const xads::Answer& answer) { return std::holds_alternative<xads::Unavailable>(answer); }

/// A moment on X's clock, as a steady one of ours.
base::Instant steady_of(base::Instant on_server, std::optional<base::Instant> server_date, base::Moment now) {
  return now.steady + (on_server - server_date.value_or(now.utc));
}

}  // namespace

void Engine::learn_limits(const audit::TokenId& token, const std::string& account, audit::Endpoint endpoint,
                          const xads::RateLimits& limits, const xads::Answer& answer,
                          std::optional<base::Instant> server_date, base::Moment now) {
  budget_.learn(token, account, endpoint, limits, now.steady);
  const auto* throttled = std::get_if<xads::Throttled>(&answer);
  if (throttled == nullptr) return;
  const base::Instant until =
      throttled->reset ? steady_of(*throttled->reset, server_date, now) + kAfterReset : now.steady + kParkBlind;
  const bool by_account = limits.account.has_value();
  budget_.park(token, account, endpoint, by_account, std::clamp(until, now.steady + 1s, now.steady + kLongestPark),
               now.steady);
}

void Engine::finish(const AuditWork& work, const xads::Observation& observation, base::Moment now) {
  ProbeEntry* entry = roster_.probe(work.probe);
  if (entry == nullptr) return;  // removed while it was asked
  learn_limits(work.token, work.account, audit::Endpoint::kAccess, observation.limits, observation.answer,
               observation.server_date, now);
  if (observation.server_date) {
    clock_fine_ = std::chrono::abs(*observation.server_date - now.utc) <= kClockTolerance;
  }
  if (std::holds_alternative<xads::Granted>(observation.answer)) entry->last_granted = now.steady;
  if (verdict::conclusive_part(observation.answer)) {
    entry->last_conclusive = now.steady;
    entry->vain_attempts = 0;
  } else {
    ++entry->vain_attempts;
  }
  const auto judgement =
      verdict::judge(entry->state.baseline, observation, options_.confirm, neighbours_of(*entry), now.utc);
  const bool confirm_again = judgement.confirm_again;
  entry->urgent = confirm_again;
  schedule_.put_back(work.probe, next_time(observation, confirm_again, now));
  apply(*entry, judgement, now);
  settle(*entry, confirm_again);
}

/// For a focus: settled by a conclusive answer that leaves no suspicion, given up when that cannot be had.
void Engine::settle(const ProbeEntry& entry, bool confirm_again) {
  const audit::ProbeId& id = entry.state.probe.id;
  if (!unsettled_.contains(id)) return;
  const bool suspected = entry.state.baseline.suspicion.has_value();
  const bool hopeless = entry.vain_attempts >= kVainAttempts || (suspected && !confirm_again);
  if (hopeless) vain_.insert(id);
  if (hopeless || (entry.vain_attempts == 0 && !suspected)) unsettled_.erase(id);
}

base::Instant Engine::next_time(const xads::Observation& observation, bool confirm_again, base::Moment now) {
  const base::Duration spacing = options_.confirm.spacing;
  const base::Duration soon = focus_ ? spacing : std::min(kRecheckDelay, options_.schedule.interval);
  if (const auto* unavailable = std::get_if<xads::Unavailable>(&observation.answer)) {
    const base::Duration asked_for = std::min(unavailable->retry_after.value_or(0ms), kLongestPark);
    return now.steady + std::max(confirm_again ? spacing : soon, asked_for);
  }
  if (std::holds_alternative<xads::Throttled>(observation.answer))
    return now.steady + soon;  // the budget knows until when
  const bool unsaid = !verdict::conclusive_part(observation.answer);
  if (confirm_again || (focus_ && unsaid)) return now.steady + spacing;
  return schedule_.after_interval(now.steady, random_);
}

void Engine::finish(const IdentityWork& work, xads::IdentityAnswer answer, base::Moment now) {
  for (const auto& probe : roster_.probes_of_token(work.token)) {
    ProbeEntry& entry = *roster_.probe(probe);
    if (!entry.state.baseline.suspicion) continue;
    apply(entry, verdict::judge_identity(entry.state.baseline, answer, options_.confirm, neighbours_of(entry), now.utc),
          now);
    settle(entry, true);
  }
}

void Engine::finish(const DiscoveryWork& work, const xads::AccountsObservation& observation, base::Moment now) {
  const auto discovery = discoveries_.find(work.token);
  const WatchedToken* watched = roster_.token(work.token);
  if (discovery == discoveries_.end() || watched == nullptr) return;
  discovery->second.running = false;
  learn_limits(work.token, "", audit::Endpoint::kAccounts, observation.limits, observation.answer, std::nullopt, now);
  if (!observation.page) {
    // A refused cursor would be refused for ever; after an outage it may still be good.
    const bool refused = std::holds_alternative<xads::Denied>(observation.answer);
    if (refused) discovery->second.cursor.clear();
    undiscovered_.erase(work.token);
    discovery->second.due = now.steady + (is_unavailable(observation.answer) ? kRecheckDelay : kLongestPark);
    return;
  }
  for (const auto& account : observation.page->accounts) {
    if (account.deleted) continue;
    add_pair(*watched, account.id, now);
    ProbeEntry& entry = *roster_.probe(roster_.probe_of(work.token, account.id)->state.probe.id);
    if (entry.state.account_name == account.name) continue;
    entry.state.account_name = account.name;
    entry.unsaved = true;
  }
  const std::string& next = observation.page->next_cursor;
  const bool complete = next.empty() || next == work.cursor;  // a cursor that leads to itself leads nowhere
  discovery->second.cursor = complete ? "" : next;
  if (complete) undiscovered_.erase(work.token);
  discovery->second.due = complete ? now.steady + options_.discovery_interval : now.steady;
}

void Engine::apply(ProbeEntry& entry, verdict::Judgement judgement, base::Moment now) {
  const verdict::Baseline before = std::exchange(entry.state.baseline, std::move(judgement.baseline));
  const bool suspicion_changed = before.suspicion != entry.state.baseline.suspicion;
  const auto& suspicion = entry.state.baseline.suspicion;
  const bool suspicion_is_new = suspicion && (!before.suspicion || before.suspicion->began != suspicion->began);
  if (suspicion_is_new) entry.suspicion_began = now.steady;
  if (judgement.moved) {
    record_move(entry, judgement, before, now);
  } else if (suspicion_changed) {
    batch_.probes.push_back(entry.state);
    entry.unsaved = false;
  } else {
    entry.unsaved = entry.unsaved || before.run != entry.state.baseline.run;
  }
  const audit::Probe probe = entry.state.probe;
  follow_up(entry, judgement, now);
  const bool suspicion_dropped = before.suspicion && !entry.state.baseline.suspicion;
  // "Not found" said once more may be news beside a neighbour that was granted meanwhile.
  const bool said_again = before.run != entry.state.baseline.run && says_not_found(entry.state.baseline);
  if (judgement.moved || suspicion_dropped || said_again) reassess(probe.token, probe.account, now);
}

void Engine::record_move(ProbeEntry& entry, const verdict::Judgement& judgement, const verdict::Baseline& before,
                         base::Moment now) {
  const audit::Probe& probe = entry.state.probe;
  const audit::Token& token = roster_.token(probe.token)->token;
  const verdict::Run& run = *entry.state.baseline.run;
  if (const auto* granted = std::get_if<xads::Granted>(&run.answer); granted != nullptr && token.user_id.empty()) {
    roster_.pin_user(probe.token, granted->user_id);
    batch_.tokens.push_back(token);
  }
  if (judgement.closed) batch_.closed_runs.push_back({probe.id, *judgement.closed});
  batch_.changes.push_back({.id = verdict::ChangeId::make(now.utc, random_),
                            .at = now.utc,
                            .kind = judgement.first ? "first_seen" : "changed",
                            .token = token.name,
                            .account = probe.account,
                            .before = before.run ? verdict::to_text(before.run->answer) : "",
                            .after = verdict::to_text(run.answer),
                            .evidence = run.evidence,
                            .confirmations = judgement.confirmations});
  batch_.probes.push_back(entry.state);
  entry.unsaved = false;
  entry.urgent = false;
  entry.run_began = before.suspicion ? entry.suspicion_began : now.steady;
}

void Engine::follow_up(const ProbeEntry& entry, const verdict::Judgement& judgement, base::Moment now) {
  const audit::Probe& probe = entry.state.probe;
  if (judgement.ask_identity) identity_wanted_.try_emplace(probe.token, now.steady);
  if (judgement.ask_neighbours) {
    hasten(roster_.probes_of_account(probe.account), now);
    hasten(vouchers_of(probe.token), now);
  }
  // What was said of the token holds for its other accounts: look there without waiting for their turn.
  const bool was_dead = judgement.closed && says_token_is_dead(verdict::Baseline{.run = judgement.closed});
  if (judgement.moved && (was_dead || says_token_is_dead(entry.state.baseline))) {
    hasten(roster_.probes_of_token(probe.token), now);
  }
  const bool was_missing = judgement.closed && says_not_found(verdict::Baseline{.run = judgement.closed});
  if (judgement.moved && was_missing) hasten(roster_.probes_of_account(probe.account), now);
}

void Engine::hasten(const std::vector<audit::ProbeId>& probes, base::Moment now) {
  for (const auto& id : probes) {
    ProbeEntry& entry = *roster_.probe(id);
    if (entry.state.baseline.suspicion) continue;  // it keeps its own spacing
    const bool just_spoken = entry.last_conclusive && *entry.last_conclusive + options_.confirm.spacing > now.steady;
    if (just_spoken) continue;
    entry.urgent = true;
    if (focus_ && !schedule_.contains(id)) schedule_.add(id, now.steady);  // a neighbour of what is in focus
    schedule_.hasten(id, now.steady);
  }
}

void Engine::reassess(const audit::TokenId& token, const std::string& account, base::Moment now) {
  if (const WatchedToken* watched = roster_.token(token)) {
    const auto assessment = verdict::assess_token(watched->token, roster_.states_of_token(token));
    announce(verdict::reconcile_token(token, assessment, open_, now.utc, random_), now);
  } else {
    announce(verdict::reconcile_token(token, {}, open_, now.utc, random_), now);
  }
  if (account.empty()) return;
  auto members = roster_.members_of_account(account);
  for (auto& member : members) {
    member.access_removed_open = open_.contains({verdict::Cause::kAccessRemoved, member.token->id, account});
  }
  const auto assessment = verdict::assess_account(account, members);
  announce(verdict::reconcile_account(account, assessment, open_, now.utc, random_), now);
}

void Engine::announce(const std::vector<verdict::IncidentStep>& steps, base::Moment now) {
  for (const auto& step : steps) announcer_.announce(step, roster_, now.utc, batch_);
}

verdict::Neighbours Engine::neighbours_of(const ProbeEntry& entry) const {
  const auto others = roster_.probes_of_account(entry.state.probe.account);
  // A suspicion that this very answer begins has heard no neighbour yet.
  if (!entry.state.baseline.suspicion) {
    return {.others_of_account_settled = others.size() <= 1, .vouched = false, .clock_fine = clock_fine_};
  }
  const base::Instant began = entry.suspicion_began;
  const auto settled = [&](const audit::ProbeId& id) {
    const ProbeEntry& other = *roster_.probe(id);
    return id == entry.state.probe.id || (other.last_conclusive && *other.last_conclusive >= began) ||
           other.vain_attempts >= kVainAttempts || says_token_is_dead(other.state.baseline);
  };
  const auto vouches = [&](const audit::ProbeId& id) {
    const ProbeEntry& other = *roster_.probe(id);
    return other.last_granted && *other.last_granted >= began && !other.state.baseline.suspicion;
  };
  const auto vouchers = vouchers_of(entry.state.probe.token);
  return {.others_of_account_settled = std::all_of(others.begin(), others.end(), settled),
          .vouched = std::any_of(vouchers.begin(), vouchers.end(), vouches),
          .clock_fine = clock_fine_};
}

/// Pairs that show, when they are granted, that X and we are well: those of the control token, else of the app's other
/// tokens, as far as they were last granted. A few are enough.
std::vector<audit::ProbeId> Engine::vouchers_of(const audit::TokenId& token) const {
  constexpr std::size_t kEnough = 5;
  std::vector<audit::ProbeId> vouchers;
  const auto add = [&](const audit::TokenId& other) {
    for (const auto& id : roster_.probes_of_token(other)) {
      const verdict::Baseline& baseline = roster_.probe(id)->state.baseline;
      const bool good = baseline.run && std::holds_alternative<xads::Granted>(baseline.run->answer);
      if (good && !baseline.suspicion && vouchers.size() < kEnough) vouchers.push_back(id);
    }
  };
  const WatchedToken* control = options_.control_token ? roster_.token_named(*options_.control_token) : nullptr;
  if (control != nullptr && control->token.id != token) add(control->token.id);
  const WatchedToken* suspect = roster_.token(token);
  if (!vouchers.empty() || suspect == nullptr) return vouchers;
  for (const auto& [id, other] : roster_.tokens()) {
    if (id != token && other.token.app == suspect->token.app) add(id);
    if (vouchers.size() >= kEnough) break;
  }
  return vouchers;
}

}  // namespace service
