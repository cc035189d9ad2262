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

constexpr base::Duration kClockTolerance = 60s;
constexpr unsigned kMostVainAttempts = 15;

const xads::Denied* denial_in(const std::optional<verdict::Run>& run) {
  return run ? std::get_if<xads::Denied>(&run->answer) : nullptr;
}
bool says_token_is_dead(const std::optional<verdict::Run>& run) {
  const auto* denied = denial_in(run);
  return denied != nullptr && denied->denial != xads::Denial::kAccountNotFound;
}
bool says_not_found(const std::optional<verdict::Run>& run) {
  const auto* denied = denial_in(run);
  return denied != nullptr && denied->denial == xads::Denial::kAccountNotFound;
}

}  // namespace

void Engine::settle_pace(audit::HostPace& pace, const Asked& asked, const xads::Answer& answer, base::Moment now) {
  if (const auto* unavailable = std::get_if<xads::Unavailable>(&answer)) {
    pace.troubled(asked.at, unavailable->retry_after, now.steady);
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
                                   .evidence = evidence};
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
  if (observation.server_date) clock_fine_ = std::chrono::abs(*observation.server_date - now.utc) <= kClockTolerance;
  const auto* granted = std::get_if<xads::Granted>(&observation.answer);
  Pair& pair = roster_.pair(index);
  if (granted != nullptr && roster_.same_again(index, *granted, now)) {
    pair.urgent = false;
    vouchers_.granted(index, now.steady);
    schedule_.put_back(index, next_time(index, observation, false, now));
    return settle(index, false);
  }
  if (verdict::conclusive_part(observation.answer)) {
    pair.answered = now.steady;
    pair.vain_attempts = 0;
  } else if (pair.vain_attempts < kMostVainAttempts) {
    ++pair.vain_attempts;
  }
  auto judgement =
      verdict::judge(roster_.baseline(index), observation, options_.confirm, neighbours_of(index), now.utc);
  const bool confirm_again = judgement.confirm_again;
  pair.urgent = confirm_again;
  if (granted != nullptr && !roster_.record(work.asked.token).pinned) {
    roster_.pin_user(work.asked.token, granted->user_id);
    batch_.tokens.push_back(roster_.token(work.asked.token));
  }
  schedule_.put_back(index, next_time(index, observation, confirm_again, now));
  apply(index, std::move(judgement), now);
  if (granted != nullptr && pair.form == Pair::Form::kUnusual) roster_.memory(index).last_granted = now.steady;
  if (granted != nullptr && !roster_.suspected(index)) vouchers_.granted(index, now.steady);
  settle(index, confirm_again);
}

void Engine::finish(const IdentityWork& work, xads::IdentityAnswer answer, base::Moment now) {
  if (answer == xads::IdentityAnswer::kNoStatement) {
    identity_pace_.troubled(work.asked.at, std::nullopt, now.steady);
  } else {
    identity_pace_.succeeded(work.asked.at, now.steady);
  }
  for (const PairIndex index : roster_.pairs_of(work.asked.token)) {
    if (!roster_.suspected(index)) continue;
    apply(index,
          verdict::judge_identity(roster_.baseline(index), answer, options_.confirm, neighbours_of(index), now.utc),
          now);
    settle(index, true);
  }
}

void Engine::apply(PairIndex index, verdict::Judgement judgement, base::Moment now) {
  const verdict::Baseline before = roster_.baseline(index);
  const verdict::Baseline after = judgement.baseline;
  roster_.set_baseline(index, std::move(judgement.baseline));
  Pair& pair = roster_.pair(index);
  const bool suspicion_is_new =
      after.suspicion && (!before.suspicion || before.suspicion->began != after.suspicion->began);
  if (suspicion_is_new) roster_.memory(index).suspicion_began = now.steady;
  if (judgement.moved) {
    record_move(index, judgement, before, now);
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
  const bool said_again = before.run != after.run && says_not_found(after.run);
  if (!judgement.moved && !suspicion_dropped && !said_again) return;
  reassess_token(token, now);
  reassess_account(account, now);
}

void Engine::record_move(PairIndex index, const verdict::Judgement& judgement, const verdict::Baseline& before,
                         base::Moment now) {
  Pair& pair = roster_.pair(index);
  const verdict::ProbeState state = roster_.state(index);
  const verdict::Run& run = *state.baseline.run;
  if (judgement.closed) batch_.closed_runs.push_back({pair.id, *judgement.closed});
  batch_.changes.push_back({.id = verdict::ChangeId::make(now.utc, random_),
                            .at = now.utc,
                            .kind = judgement.first ? "first_seen" : "changed",
                            .token = std::string(roster_.token_name(TokenIndex{pair.token})),
                            .account = state.probe.account,
                            .before = before.run ? verdict::to_text(before.run->answer) : "",
                            .after = verdict::to_text(run.answer),
                            .evidence = run.evidence,
                            .confirmations = judgement.confirmations});
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

void Engine::reassess_token(TokenIndex token, base::Moment now) {
  const auto states = roster_.states_about(token);
  std::vector<const verdict::ProbeState*> pointers;
  for (const auto& state : states) pointers.push_back(&state);
  const auto assessment = verdict::assess_token(roster_.token(token), pointers);
  announce(verdict::reconcile_token(roster_.record(token).id, assessment, open_, now.utc, random_), now);
}

void Engine::reassess_account(AccountIndex account, base::Moment now) {
  auto neighbourhood = roster_.neighbourhood_of(account);
  const std::string id(roster_.account_id(account));
  for (auto& member : neighbourhood.members) {
    member.access_removed_open = open_.contains({verdict::Cause::kAccessRemoved, member.token->id, id});
  }
  const auto assessment = verdict::assess_account(id, neighbourhood.members);
  announce(verdict::reconcile_account(id, assessment, open_, now.utc, random_), now);
}

void Engine::announce(const std::vector<verdict::IncidentStep>& steps, base::Moment now) {
  for (const auto& step : steps) announcer_.announce(step, roster_, now.utc, batch_);
}

verdict::Neighbours Engine::neighbours_of(PairIndex index) const {
  const Pair& pair = roster_.pair(index);
  const auto others = roster_.pairs_of(AccountIndex{pair.account});
  // A suspicion that this very answer begins has heard no neighbour yet.
  if (!roster_.suspected(index))
    return {.others_of_account_settled = others.size() <= 1, .vouched = false, .clock_fine = clock_fine_};
  const base::Instant began = roster_.memory_if_any(index)->suspicion_began;
  const auto settled = [&](PairIndex other) {
    if (other == index) return true;
    const Pair& neighbour = roster_.pair(other);
    if (neighbour.answered != base::Instant{} && neighbour.answered >= began) return true;
    const Memory* beside = roster_.memory_if_any(other);
    return neighbour.vain_attempts >= kVainAttempts || (beside != nullptr && says_token_is_dead(beside->baseline.run));
  };
  return {.others_of_account_settled = std::all_of(others.begin(), others.end(), settled),
          .vouched = vouchers_.vouched(TokenIndex{pair.token}, began),
          .clock_fine = clock_fine_};
}

}  // namespace service
