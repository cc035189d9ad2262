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

bool is_target(const PlannedChange& plan, const verdict::Conclusive& answer) {
  if (const auto* granted = std::get_if<xads::Granted>(&answer)) return plan.to && *plan.to == granted->permissions;
  return !plan.to && std::get<xads::Denied>(answer).denial == xads::Denial::kAccountNotFound;
}

}  // namespace

void Engine::take_operator_words(const std::vector<PlannedChange>& plans,
                                 const std::vector<verdict::Acceptance>& acceptances, base::Moment now) {
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
  for (const auto& acceptance : acceptances) accept(acceptance, now);
}

/// Some pair that the plan is about is as announced.
bool Engine::come_true(const PlannedChange& plan) const {
  const auto account = roster_.find_account(plan.account);
  if (!account) return false;
  const auto pairs = roster_.pairs_of(*account);
  return std::any_of(pairs.begin(), pairs.end(), [&](PairIndex index) {
    const auto name = roster_.token_name(TokenIndex{roster_.pair(index).token});
    const auto baseline = roster_.baseline(index);
    return (plan.token.empty() || plan.token == name) && baseline.run && is_target(plan, baseline.run->answer);
  });
}

PlannedChange* Engine::plan_for(PairIndex index, const verdict::Conclusive& answer, base::Moment now) {
  if (plans_.empty()) return nullptr;
  const Pair& pair = roster_.pair(index);
  const auto name = roster_.token_name(TokenIndex{pair.token});
  const auto account = roster_.account_id(AccountIndex{pair.account});
  for (auto& [id, plan] : plans_) {
    const bool in_time = now.utc < plan.until || plan.state == PlannedChange::State::kOverdue;
    if (in_time && plan.account == account && (plan.token.empty() || plan.token == name) && is_target(plan, answer))
      return &plan;
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
  if (!verdict::acceptable(key.cause)) return refuse("an incident of this cause cannot be accepted");
  if (key.cause == Cause::kChangeOverdue) {
    for (auto& [id, plan] : plans_) {
      if (id.text() == key.topic) finish_plan(plan, PlannedChange::State::kWithdrawn, now);
    }
    return close(key, now);
  }
  const auto token = roster_.find_token(key.token);
  const auto account = roster_.find_account(key.account);
  const auto pair = token && account ? roster_.find_pair(*token, *account) : std::nullopt;
  if (!pair || !roster_.baseline(*pair).run) return refuse("its token is not asked about this account any more");
  accept_pair(acceptance, *pair, now);
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
  verdict::Change change;
  change.id = verdict::ChangeId::make(now.utc, random_);
  change.at = now.utc;
  change.kind = "accepted";
  change.token = roster_.token_name(TokenIndex{roster_.pair(index).token});
  change.account = state.probe.account;
  change.before = before;
  change.after = after;
  change.evidence = state.baseline.run->evidence;
  change.grounds.witnesses = {fmt::format("accepted by {} at {} for {}: {}", acceptance.by,
                                          base::to_text(acceptance.at), acceptance.incident.text(), acceptance.reason)};
  batch_.changes.push_back(std::move(change));
  batch_.probes.push_back(std::move(state));
  reassess_account(AccountIndex{roster_.pair(index).account}, now);
}

}  // namespace service
