// What the engine does with the operator's word: announced changes and accepted states. The rest is in engine.cpp.

#include <fmt/format.h>

#include <algorithm>

#include "service/engine.h"

namespace service {

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;
using verdict::Cause;
using verdict::PlannedChange;

namespace {

verdict::IncidentKey overdue_key(const PlannedChange& plan) {
  return {Cause::kChangeOverdue, {}, plan.account, plan.id.text()};
}

bool is_not_found(const verdict::Conclusive& answer) {
  const auto* denied = std::get_if<xads::Denied>(&answer);
  return denied != nullptr && denied->denial == xads::Denial::kAccountNotFound;
}

/// Nobody has announced what another user than the token's own may do.
bool is_target(const PlannedChange& plan, const Roster& roster, PairIndex index, const verdict::Conclusive& answer) {
  const auto name = roster.token_name(TokenIndex{roster.pair(index).token});
  if (!plan.token.empty() && plan.token != name) return false;
  if (const auto* granted = std::get_if<xads::Granted>(&answer))
    return plan.to && *plan.to == granted->permissions && !roster.is_other_user(index, *granted);
  return !plan.to && is_not_found(answer);
}

/// Why the present answer cannot become the normal one by the word on an incident of this cause; empty: it can. What
/// the operator saw and accepted may have been overtaken by something else.
std::string_view overtaken(const Roster& roster, PairIndex index, Cause cause) {
  const auto run = roster.baseline(index).run;
  if (!run) return "its token has not been asked about this account yet";
  if (const auto* granted = std::get_if<xads::Granted>(&run->answer)) {
    if (roster.is_other_user(index, *granted)) return "its token answers for another user than its own";
    return cause == Cause::kAccessRemoved ? "the access is back" : "";
  }
  if (!is_not_found(run->answer)) return "X refuses its token, so nobody knows what it may do";
  return cause == Cause::kAccessRemoved ? "" : "its token has lost its access to the account meanwhile";
}

}  // namespace

void Engine::take_operator_words(const OperatorWords& words, base::Moment now) {
  take_plans(words.plans, now);
  // Some are given once more: the batch that takes them away is not committed yet.
  const auto fresh = [](const auto& all, const auto& one) {
    return std::find(all.begin(), all.end(), one) == all.end();
  };
  for (const auto& acceptance : words.acceptances) {
    if (!fresh(taken_.acceptances, acceptance)) continue;
    accept(acceptance, now);
    batch_.done_acceptances.push_back(acceptance.incident);
  }
  for (const auto& acknowledgement : words.acknowledgements) {
    if (!fresh(taken_.acknowledgements, acknowledgement)) continue;
    acknowledge(acknowledgement);
    batch_.done_acknowledgements.push_back(acknowledgement.incident);
  }
  if (words.mutes != taken_.mutes) announcer_.put_mutes(words.mutes, now);
  for (const auto& request : words.tests) {
    if (!fresh(taken_.tests, request)) continue;
    if (!announcer_.test(request, now, batch_))
      notices_.push_back({fmt::format("test ignored destination={} kind={}", request.destination, request.kind), true});
    batch_.done_tests.push_back(request.id);
  }
  taken_ = words;
}

void Engine::acknowledge(const verdict::Acknowledgement& acknowledgement) {
  for (auto& [key, incident] : open_) {
    if (incident.id != acknowledgement.incident) continue;
    incident.acknowledged = acknowledgement.word;
    announcer_.acknowledge(incident.id);
    batch_.incidents.push_back(incident);
    notices_.push_back(
        {fmt::format("incident acknowledged incident={} by={}", incident.id.text(), acknowledgement.word.by), false});
    return;
  }
  notices_.push_back({fmt::format("acknowledgement ignored incident={} reason=\"it is not open any more\"",
                                  acknowledgement.incident.text()),
                      true});
}

void Engine::take_plans(const std::vector<PlannedChange>& plans, base::Moment now) {
  for (const PlannedChange& plan : plans) {
    const bool past = plan.until <= now.utc && plan.state == PlannedChange::State::kDone;
    if (past) continue;
    const auto [known, is_new] = plans_.try_emplace(plan.id, plan);
    if (plan.state == PlannedChange::State::kWithdrawn) {
      close(overdue_key(plan), now);
      plans_.erase(known);
    } else if (is_new && come_true(plan)) {
      finish_plan(known->second, PlannedChange::State::kDone, now);
    }
  }
}

/// Some pair that the plan is about is as announced.
bool Engine::come_true(const PlannedChange& plan) const {
  const auto account = roster_.find_account(plan.account);
  if (!account) return false;
  const auto pairs = roster_.pairs_of(*account);
  return std::any_of(pairs.begin(), pairs.end(), [&](PairIndex index) {
    const auto baseline = roster_.baseline(index);
    return baseline.run && is_target(plan, roster_, index, baseline.run->answer);
  });
}

PlannedChange* Engine::plan_for(PairIndex index, const verdict::Conclusive& answer, base::Moment now) {
  if (plans_.empty()) return nullptr;
  const auto account = roster_.account_id(AccountIndex{roster_.pair(index).account});
  for (auto& [id, plan] : plans_) {
    const bool in_time = now.utc < plan.until || plan.state == PlannedChange::State::kOverdue;
    if (in_time && plan.account == account && is_target(plan, roster_, index, answer)) return &plan;
  }
  return nullptr;
}

/// The change that was announced has come: from now on it is how things should be.
void Engine::keep_plan(PairIndex index, PlannedChange& plan, verdict::Grounds& grounds, base::Moment now) {
  verdict::Baseline baseline = roster_.baseline(index);
  const auto* granted = std::get_if<xads::Granted>(&baseline.run->answer);
  baseline.normal = granted != nullptr ? std::optional(*granted) : std::nullopt;
  baseline.accepted = true;
  if (granted != nullptr) baseline.last_good_at = now.utc;
  roster_.memory(index).baseline = std::move(baseline);
  grounds.rule = "announced";
  grounds.witnesses.insert(grounds.witnesses.begin(),
                           fmt::format("announced by {} at {} as {}: {}", plan.by, base::to_text(plan.announced_at),
                                       plan.id.text(), plan.reason));
  finish_plan(plan, PlannedChange::State::kDone, now);
}

/// A grant that broke an expectation from its first observation on was no normal one: the repaired one is.
void Engine::keep_repair(PairIndex index, base::Moment now) {
  if (options_.policy.expectations.empty()) return;
  const Pair& pair = roster_.pair(index);
  const audit::Token token = roster_.token(TokenIndex{pair.token});
  const auto* expectation =
      verdict::expectation_for(options_.policy, token, roster_.account_id(audit::AccountIndex{pair.account}));
  verdict::Baseline baseline = roster_.baseline(index);
  if (expectation == nullptr || !verdict::repairs(*expectation, *options_.policy.capabilities, token.kind, baseline))
    return;
  const auto& granted = std::get<xads::Granted>(baseline.run->answer);
  if (roster_.is_other_user(index, granted)) return;  // that is another problem, and no repair
  baseline.normal = granted;
  baseline.last_good_at = now.utc;
  roster_.set_baseline(index, std::move(baseline));
}

void Engine::finish_plan(PlannedChange& plan, PlannedChange::State state, base::Moment now) {
  if (plan.state == state) return;
  plan.state = state;
  batch_.planned_changes.push_back(plan);
  if (state == PlannedChange::State::kDone) close(overdue_key(plan), now);
}

void Engine::check_plans(base::Moment now) {
  for (auto entry = plans_.begin(); entry != plans_.end();) {
    PlannedChange& plan = entry->second;
    const bool late = plan.until <= now.utc;
    if (late && plan.state == PlannedChange::State::kDone) {
      entry = plans_.erase(entry);
      continue;
    }
    if (late && plan.state == PlannedChange::State::kOpen) {
      verdict::Finding finding{.key = overdue_key(plan)};
      finding.details = {fmt::format("{} announced at {} that {} gets {} on {} until {}, and it has not come: {}",
                                     plan.by, base::to_text(plan.announced_at),
                                     plan.token.empty() ? "a token" : plan.token, verdict::target_text(plan),
                                     plan.account, base::to_text(plan.until), plan.reason)};
      finding.grounds = {"announced_change_did_not_come", {}};
      finish_plan(plan, PlannedChange::State::kOverdue, now);
      open_or_refresh(std::move(finding), now);
    }
    ++entry;
  }
}

void Engine::accept(const verdict::Acceptance& acceptance, base::Moment now) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const auto& entry) { return entry.second.id == acceptance.incident; });
  const auto refuse = [&](std::string_view why) {
    notices_.push_back(
        {fmt::format("acceptance ignored incident={} reason=\"{}\"", acceptance.incident.text(), why), true});
  };
  if (found == open_.end()) return refuse("it is not open any more");
  const verdict::IncidentKey key = found->first;
  if (found->second.updated_at > acceptance.at) return refuse("it has changed since");
  if (!verdict::acceptable(key.cause)) return refuse("an incident of this cause cannot be accepted");
  if (key.cause == Cause::kChangeOverdue) {
    for (auto& [id, plan] : plans_) {
      if (id.text() == key.topic) give_up_plan(acceptance, plan, now);
    }
    return close(key, now);
  }
  const auto token = roster_.find_token(key.token);
  const auto account = roster_.find_account(key.account);
  const auto pair = token && account ? roster_.find_pair(*token, *account) : std::nullopt;
  if (!pair) return refuse("its token is not asked about this account any more");
  if (const auto why = overtaken(roster_, *pair, key.cause); !why.empty()) return refuse(why);
  accept_pair(acceptance, *pair, now);
}

void Engine::give_up_plan(const verdict::Acceptance& acceptance, PlannedChange& plan, base::Moment now) {
  finish_plan(plan, PlannedChange::State::kWithdrawn, now);
  verdict::Change change = change_by(acceptance, "given_up", now);
  change.token = plan.token;
  change.account = plan.account;
  change.before = verdict::target_text(plan);
  batch_.changes.push_back(std::move(change));
}

/// Without what it is about: who did it, and why.
verdict::Change Engine::change_by(const verdict::Acceptance& acceptance, std::string_view kind, base::Moment now) {
  verdict::Change change;
  change.id = verdict::ChangeId::make(now.utc, random_);
  change.at = now.utc;
  change.kind = kind;
  change.grounds.witnesses = {fmt::format("accepted by {} at {} for {}: {}", acceptance.by,
                                          base::to_text(acceptance.at), acceptance.incident.text(), acceptance.reason)};
  return change;
}

/// The present answer becomes what later ones are compared with.
void Engine::accept_pair(const verdict::Acceptance& acceptance, PairIndex index, base::Moment now) {
  verdict::Baseline baseline = roster_.baseline(index);
  const auto* granted = std::get_if<xads::Granted>(&baseline.run->answer);
  const std::string before = baseline.normal ? verdict::to_text(*baseline.normal) : "";
  const std::string after = verdict::to_text(baseline.run->answer);
  baseline.normal = granted != nullptr ? std::optional(*granted) : std::nullopt;
  baseline.accepted = true;
  if (granted != nullptr) baseline.last_good_at = now.utc;
  roster_.memory(index).baseline = std::move(baseline);
  verdict::ProbeState state = roster_.state(index);
  verdict::Change change = change_by(acceptance, "accepted", now);
  change.token = roster_.token_name(TokenIndex{roster_.pair(index).token});
  change.account = state.probe.account;
  change.before = before;
  change.after = after;
  change.evidence = state.baseline.run->evidence;
  batch_.changes.push_back(std::move(change));
  batch_.probes.push_back(std::move(state));
  reassess_account(AccountIndex{roster_.pair(index).account}, now);
}

}  // namespace service
