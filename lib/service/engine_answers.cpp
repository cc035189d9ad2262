// What the engine does with answers about pairs and tokens. The rest of it is in engine.cpp.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "service/engine.h"

namespace service {

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;

namespace {

using namespace std::chrono_literals;

constexpr unsigned kMostVainAttempts = 15;
constexpr std::size_t kLookedAt = 1000;  ///< pairs of a token

const xads::Denied* denial_in(const std::optional<verdict::Run>& run) {
  return run ? std::get_if<xads::Denied>(&run->answer) : nullptr;
}
bool says_not_found(const std::optional<verdict::Run>& run) {
  const auto* denied = denial_in(run);
  return denied != nullptr && denied->denial == xads::Denial::kAccountNotFound;
}

/// What an assessment found because of this very move rests on the grounds of the move.
void add_grounds(verdict::Assessment& assessment, const verdict::Grounds& grounds) {
  if (grounds.rule.empty()) return;
  for (auto& finding : assessment.findings) {
    if (finding.grounds.rule.empty()) finding.grounds.rule = grounds.rule;
    finding.grounds.witnesses = grounds.witnesses;
  }
}

}  // namespace

void Engine::settle_pace(audit::HostPace& pace, const Asked& asked, const xads::Answer& answer, base::Moment now) {
  if (const auto* unavailable = std::get_if<xads::Unavailable>(&answer)) {
    pace.troubled(asked.at, unavailable->retry_after, now.steady);
    if (&pace == &api_pace_) trouble_ = {blindness_of(answer), now.steady};
  } else {
    pace.succeeded(asked.at, now.steady);
  }
}

/// Tells people about limits, and opens or resolves the incident of a 429 that should not have been.
void Engine::take_lesson(const Limits::Lesson& lesson, TokenIndex token, std::optional<AccountIndex> account,
                         const xads::Answer& answer, const xads::Evidence& evidence, base::Moment now) {
  if (lesson.notice) notices_.push_back({*lesson.notice, lesson.warning});
  const auto of_token = [&](TokenIndex owner) {
    return verdict::IncidentKey{verdict::Cause::kAuditThrottled, roster_.record(owner).id, ""};
  };
  const auto of_account = [&](AccountIndex owner) {
    return verdict::IncidentKey{verdict::Cause::kAuditThrottled, {}, std::string(roster_.account_id(owner))};
  };
  if (std::holds_alternative<xads::Throttled>(answer)) ++throttled_;
  if (lesson.overdrawn) {
    const bool by_account = lesson.overdrawn->by == audit::Counting::kAccount;
    const auto owner = lesson.overdrawn->owner;
    const verdict::Finding finding{.key = by_account ? of_account(AccountIndex{owner}) : of_token(TokenIndex{owner}),
                                   .evidence = evidence,
                                   .grounds = {"throttled_within_budget", {}}};
    throttling_ = true;
    if (auto step = verdict::open_one(finding, open_, now.utc, random_)) announce({*std::move(step)}, now);
  } else if (throttling_ && verdict::conclusive_part(answer)) {
    if (auto step = verdict::resolve_one(of_token(token), open_, now.utc)) announce({*std::move(step)}, now);
    if (!account) return;
    if (auto step = verdict::resolve_one(of_account(*account), open_, now.utc)) announce({*std::move(step)}, now);
  }
}

void Engine::finish(const AuditWork& work, const xads::Observation& observation, base::Moment now) {
  const PairIndex index = work.pair;
  settle_pace(api_pace_, work.asked, observation.answer, now);
  take_lesson(limits_.learn(work.asked.token, work.account, audit::Endpoint::kAccess, observation.limits,
                            observation.answer, observation.server_date, now),
              work.asked.token, work.account, observation.answer, observation.evidence, now);
  if (roster_.pair(index).id != work.probe) return;  // removed while it was asked
  hear(work, observation, now);
  const auto* granted = std::get_if<xads::Granted>(&observation.answer);
  Pair& pair = roster_.pair(index);
  if (granted != nullptr && roster_.same_again(index, *granted, now)) {
    pair.urgent = false;
    vouchers_.granted(index, work.asked.at);
    schedule_.put_back(index, next_time(index, observation, wants_another_grant(work.asked.token), now));
    return settle(index, false);
  }
  const bool was_suspected = roster_.suspected(index);
  const base::Instant answered_before = pair.answered;
  if (verdict::conclusive_part(observation.answer)) {
    pair.answered = now.steady;
    pair.vain_attempts = 0;
    pair.why = Blindness::kBudget;
  } else {
    if (pair.vain_attempts < kMostVainAttempts) ++pair.vain_attempts;
    pair.why = blindness_of(observation.answer);
  }
  if (was_suspected) {
    Memory& beside = roster_.memory(index);
    if (outlived(beside, work.asked.token)) beside.baseline.suspicion.reset();
    beside.latest_asked = work.asked.at;
  }
  const base::Instant last_grant = was_suspected ? last_grant_of(work.asked.token) : base::Instant::min();
  auto judgement = verdict::judge(roster_.baseline(index), observation, options_.confirm,
                                  neighbours_of(index, last_grant, now), now.utc);
  const bool confirm_again = judgement.confirm_again || wants_more(index, observation.answer);
  pair.urgent = confirm_again;
  if (granted != nullptr && !roster_.record(work.asked.token).pinned) {
    roster_.pin_user(work.asked.token, granted->user_id);
    batch_.tokens.push_back(roster_.token(work.asked.token));
  }
  schedule_.put_back(index, next_time(index, observation, confirm_again, now));
  apply(index, std::move(judgement), work.asked.at, now);
  if (!was_suspected && roster_.suspected(index)) roster_.memory(index).believed = answered_before;
  if (granted != nullptr && pair.form == Pair::Form::kUnusual) roster_.memory(index).last_granted = now.steady;
  if (granted != nullptr && !roster_.suspected(index)) vouchers_.granted(index, work.asked.at);
  settle(index, confirm_again);
}

void Engine::finish(const IdentityWork& work, xads::IdentityAnswer answer, base::Moment now) {
  if (answer == xads::IdentityAnswer::kNoStatement) {
    identity_pace_.troubled(work.asked.at, std::nullopt, now.steady);
  } else {
    identity_pace_.succeeded(work.asked.at, now.steady);
  }
  cohort_of(work.asked.token).identity(work.asked.token, answer);
  const base::Instant last_grant = last_grant_of(work.asked.token);
  for (const PairIndex index : roster_.pairs_of(work.asked.token)) {
    if (!roster_.suspected(index) || outlived(*roster_.memory_if_any(index), work.asked.token)) continue;
    auto judgement = verdict::judge_identity(roster_.baseline(index), answer, options_.confirm,
                                             neighbours_of(index, last_grant, now), now.utc);
    apply(index, std::move(judgement), roster_.memory(index).latest_asked, now);
    settle(index, true);
  }
  const auto failing = cohort_of(work.asked.token).way_of(work.asked.token);
  if (failing) reconsider_app(work.asked.token, *failing, {}, now);
}

/// What was suspected while the app was in trouble says nothing, now that it is well: it begins anew.
bool Engine::outlived(const Memory& beside, TokenIndex token) const {
  if (well_since_.empty()) return false;
  const auto well = well_since_.find(roster_.record(token).app);
  return well != well_since_.end() && beside.latest_asked < well->second;
}

/// `asked`: steady, when the question of the answer was asked.
void Engine::apply(PairIndex index, verdict::Judgement judgement, base::Instant asked, base::Moment now) {
  const verdict::Baseline before = roster_.baseline(index);
  const verdict::Baseline after = judgement.baseline;
  roster_.set_baseline(index, std::move(judgement.baseline));
  Pair& pair = roster_.pair(index);
  const bool suspicion_is_new =
      after.suspicion && (!before.suspicion || before.suspicion->began != after.suspicion->began);
  if (suspicion_is_new) {
    Memory& beside = roster_.memory(index);
    beside.suspicion_began = now.steady;
    beside.suspicion_asked = beside.latest_asked = asked;
  }
  verdict::Grounds grounds;
  const bool quiet = judgement.first && pair.form == Pair::Form::kPlain;  // of a million first answers, nobody asks why
  if (judgement.moved) {
    if (!quiet) grounds = grounds_of(index, judgement, before, now);
    record_move(index, judgement, before, grounds, now);
  } else if (before.suspicion != after.suspicion) {
    batch_.probes.push_back(roster_.state(index));
    pair.unsaved = false;
  } else {
    pair.unsaved = pair.unsaved || before.run != after.run;
  }
  const TokenIndex token{pair.token};
  const AccountIndex account{pair.account};
  follow_up(index, judgement, now);
  const bool suspicion_dropped = before.suspicion && !after.suspicion;
  // "Not found" said once more may be news beside a neighbour that was granted meanwhile.
  const bool not_found = says_not_found(after.run);
  const bool said_again = before.run != after.run && not_found;
  // But the answer that drops a suspicion stands alone against that one.
  const bool settled = suspicion_dropped ? !not_found : said_again;
  if (!judgement.moved && !settled) return;
  reassess_token(token, now, grounds);
  reassess_account(account, now, grounds);
}

void Engine::record_move(PairIndex index, const verdict::Judgement& judgement, const verdict::Baseline& before,
                         verdict::Grounds grounds, base::Moment now) {
  auto* plan = judgement.first ? nullptr : plan_for(index, roster_.baseline(index).run->answer, now);
  if (plan != nullptr) keep_plan(index, *plan, grounds, now);
  if (plan == nullptr && !judgement.first) keep_repair(index, now);
  Pair& pair = roster_.pair(index);
  const verdict::ProbeState state = roster_.state(index);
  const verdict::Run& run = *state.baseline.run;
  if (judgement.closed) batch_.closed_runs.push_back({pair.id, *judgement.closed});
  batch_.changes.push_back({.id = verdict::ChangeId::make(now.utc, random_),
                            .at = now.utc,
                            .kind = judgement.first   ? "first_seen"
                                    : plan != nullptr ? "announced"
                                                      : "changed",
                            .token = std::string(roster_.token_name(TokenIndex{pair.token})),
                            .account = state.probe.account,
                            .before = before.run ? verdict::to_text(before.run->answer) : "",
                            .after = verdict::to_text(run.answer),
                            .evidence = run.evidence,
                            .confirmations = judgement.confirmations,
                            .grounds = std::move(grounds)});
  const TokenIndex token{pair.token};
  const bool dies = says_token_is_dead(run);
  if (dies) cohort_of(token).settle(token);
  const TokenRecord& record = roster_.record(token);
  if (record.first_pair == audit::at(index) && record.app < live_by_app_.size())
    live_by_app_[record.app] += (says_token_is_dead(before.run) ? 1U : 0U) - (dies ? 1U : 0U);
  batch_.probes.push_back(state);
  pair.unsaved = false;
  pair.urgent = false;
  if (judgement.first && pair.form == Pair::Form::kPlain) return;  // a quiet start: nobody asks when it began
  Memory& beside = roster_.memory(index);
  beside.run_began = before.suspicion ? beside.suspicion_began : now.steady;
}

void Engine::follow_up(PairIndex index, const verdict::Judgement& judgement, base::Moment now) {
  const Pair& pair = roster_.pair(index);
  const TokenIndex token{pair.token};
  const AccountIndex account{pair.account};
  if (judgement.ask_identity) identity_wanted_.try_emplace(token, now.steady);
  if (judgement.ask_neighbours) {
    hasten(roster_.pairs_of(account), now);
    hasten(vouchers_.candidates(token), now);
    hasten_one_other(index, now);
  }
  if (!judgement.moved) return;
  // What was said of the token holds for its other accounts: look there without waiting for their turn.
  const bool token_died_or_rose =
      says_token_is_dead(judgement.closed) || says_token_is_dead(roster_.baseline(index).run);
  if (token_died_or_rose) hasten(roster_.pairs_of(token), now);
  if (says_not_found(judgement.closed)) hasten(roster_.pairs_of(account), now);
}

void Engine::hasten(const std::vector<PairIndex>& pairs, base::Moment now) {
  for (const PairIndex index : pairs) {
    Pair& pair = roster_.pair(index);
    if (roster_.suspected(index)) continue;  // it keeps its own spacing
    const bool spoken = pair.answered != base::Instant{};
    if (spoken && pair.answered + options_.confirm.spacing > now.steady) continue;
    const bool watched = schedule_.contains(index);
    if (!watched && (!focus_ || roster_.record(TokenIndex{pair.token}).ignored)) continue;
    pair.urgent = true;
    pair.spare = false;
    if (!watched) schedule_.add(index, now.steady);  // a neighbour of what is in focus
    schedule_.hasten(index, now.steady);
  }
}

/// Another ad account of the same token: if it is granted there, the token lives.
void Engine::hasten_one_other(PairIndex index, base::Moment now) {
  for (const PairIndex other : roster_.pairs_of(TokenIndex{roster_.pair(index).token})) {
    if (other == index || roster_.suspected(other)) continue;
    return hasten({other}, now);
  }
}

void Engine::reassess_token(TokenIndex token, base::Moment now, const verdict::Grounds& grounds) {
  const auto states = roster_.states_about(token);
  std::vector<const verdict::ProbeState*> pointers;
  for (const auto& state : states) pointers.push_back(&state);
  auto assessment = verdict::assess_token(roster_.token(token), pointers);
  add_grounds(assessment, grounds);
  announce(verdict::reconcile_token(roster_.record(token).id, assessment, open_, now.utc, random_), now);
}

void Engine::reassess_account(AccountIndex account, base::Moment now, const verdict::Grounds& grounds) {
  auto neighbourhood = roster_.neighbourhood_of(account);
  const std::string id(roster_.account_id(account));
  for (auto& member : neighbourhood.members) {
    const auto open = open_.find({verdict::Cause::kAccessRemoved, member.token->id, id});
    member.access_removed_open = open != open_.end() && !open->second.calm_since;
  }
  auto assessment = verdict::assess_account(id, neighbourhood.members, options_.policy);
  add_grounds(assessment, grounds);
  announce(verdict::reconcile_account(id, assessment, open_, now.utc, random_), now);
}

void Engine::reassess(const verdict::IncidentKey& key, base::Moment now) {
  const auto token = roster_.find_token(key.token);
  const auto account = roster_.find_account(key.account);
  if (token && key.account.empty()) reassess_token(*token, now);
  if (account && !key.account.empty()) reassess_account(*account, now);
}

void Engine::announce(const std::vector<verdict::IncidentStep>& steps, base::Moment now) {
  for (const auto& step : steps) announcer_.announce(step, roster_, now, batch_);
}

verdict::Neighbours Engine::neighbours_of(PairIndex index, base::Instant last_grant, base::Moment now) const {
  const Pair& pair = roster_.pair(index);
  const TokenIndex token{pair.token};
  const auto others = roster_.pairs_of(AccountIndex{pair.account});
  verdict::Neighbours all{.clock_fine = last_date_fine_ && !clock_skew_.holds()};
  const auto cohort = cohorts_.find(roster_.record(token).app);
  if (cohort != cohorts_.end() && cohort->second.is_failing(token)) {
    const auto reading = cohort->second.reading(verdict::Failing::kAuthentication, options_.confirm.count,
                                                live_tokens_of(roster_.record(token).app), now.steady);
    all.mass = reading.mass || explained_by_app(token);
    all.stable = reading.stable && !explained_by_app(token);
  }
  // A suspicion that this very answer begins has heard no neighbour yet.
  if (!roster_.suspected(index)) {
    all.others_of_account_settled = others.size() <= 1;
    return all;
  }
  const Memory& beside = *roster_.memory_if_any(index);
  const auto settled = [&](PairIndex other) {
    if (other == index) return true;
    const Pair& neighbour = roster_.pair(other);
    if (neighbour.answered != base::Instant{} && neighbour.answered >= beside.suspicion_began) return true;
    const Memory* memory = roster_.memory_if_any(other);
    return neighbour.vain_attempts >= kVainAttempts || (memory != nullptr && says_token_is_dead(memory->baseline.run));
  };
  all.others_of_account_settled = std::all_of(others.begin(), others.end(), settled);
  all.vouched = vouchers_.voucher(token, beside.suspicion_asked, beside.latest_asked).has_value();
  all.could_be_vouched = vouchers_.anybody(token);
  all.alive_elsewhere = last_grant >= beside.suspicion_began;
  return all;
}

/// When a pair of the token that is not suspected was granted last, steady. Of a token with very many, some say enough.
base::Instant Engine::last_grant_of(TokenIndex token) const {
  base::Instant latest = base::Instant::min();
  std::size_t looked = 0;
  for (std::uint32_t place = roster_.record(token).first_pair; place != kNoPair && looked < kLookedAt; ++looked) {
    const PairIndex index{place};
    place = roster_.pair(index).next_of_token;
    if (!roster_.granted(index) || roster_.suspected(index)) continue;
    latest = std::max(latest, roster_.last_granted(index).value_or(latest));
  }
  return latest;
}

}  // namespace service
