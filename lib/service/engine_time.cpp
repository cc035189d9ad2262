// What time alone brings. The rest of the engine is in engine.cpp.

#include <fmt/format.h>

#include <algorithm>

#include "service/engine.h"

namespace service {

using audit::PairIndex;
using audit::TokenIndex;
using verdict::Cause;

namespace {

using namespace std::chrono_literals;

constexpr base::Duration kTick = 10s;
/// Pairs that one tick looks at: a million are seen within three minutes, and no tick takes more than some
/// milliseconds.
constexpr std::size_t kLookedAt = 100'000;

/// A pair may be this much over its bound before people are told: an outage of a minute wakes nobody.
constexpr base::Duration kGrace = 60s;

verdict::IncidentKey blind_key(Blindness why) { return {Cause::kAuditBlind, {}, "", std::string(to_text(why))}; }

}  // namespace

void Engine::tick(base::Moment now) {
  if (now.steady < tick_due_) return;
  tick_due_ = now.steady + kTick;
  announce(verdict::settle_calm(open_, now.utc), now);
  open_.forget_before(now.utc - verdict::OpenIncidents::kRecent);
  give_back(now);
  probe_apps(now);
  check_plans(now);
  look_for_blindness(now);
}

/// A pair is blind when its last conclusive answer is older than the bound within which we promise to see a change. A
/// pair whose app is in trouble is not: that has an incident of its own.
bool Engine::blind(PairIndex index, base::Moment now, Blindness& why) const {
  const Pair& pair = roster_.pair(index);
  if (pair.id.null() || !schedule_.contains(index)) return false;
  const base::Duration bound =
      kGrace +
      audit::detection_bound(audit::interval_of(options_.intervals, pair.interval_class), bound_terms(options_));
  const base::Duration known_for = std::min(now.utc - pair.id.made_at(), now.steady - restored_at_.steady);
  const base::Duration silent_for =
      pair.answered == base::Instant{} ? known_for : std::min(known_for, now.steady - pair.answered);
  why = pair.why == Blindness::kBudget ? trouble_ : pair.why;  // while the host is paused, nobody is asked
  if (silent_for > bound) return !explained_by_app(TokenIndex{pair.token});
  if (pair.form != Pair::Form::kUnusual) return false;
  const Memory& beside = *roster_.memory_if_any(index);
  why = Blindness::kUndecided;
  return beside.baseline.suspicion && now.steady - beside.suspicion_began > bound &&
         !explained_by_app(TokenIndex{pair.token});
}

void Engine::look_for_blindness(base::Moment now) {
  const std::size_t end = std::min(roster_.pair_places(), blind_place_ + kLookedAt);
  for (; blind_place_ < end; ++blind_place_) {
    const PairIndex index{static_cast<std::uint32_t>(blind_place_)};
    Blindness why = Blindness::kBudget;
    if (!blind(index, now, why)) continue;
    BlindGroup& group = blind_groups_[why];
    ++group.pairs;
    const auto last_good_at = roster_.baseline(index).last_good_at;
    if (last_good_at && (!group.last_good_at || *last_good_at < *group.last_good_at)) group.last_good_at = last_good_at;
    if (group.examples.size() >= verdict::kMostExamples) continue;
    const Pair& pair = roster_.pair(index);
    group.examples.push_back(fmt::format("{} on {}", roster_.token_name(TokenIndex{pair.token}),
                                         roster_.account_id(audit::AccountIndex{pair.account})));
  }
  if (blind_place_ < roster_.pair_places()) return;
  blind_place_ = 0;
  report_blindness(now);
  blind_groups_.clear();
}

void Engine::report_blindness(base::Moment now) {
  for (std::size_t place = 0; place < kBlindnesses; ++place) {
    const auto why = static_cast<Blindness>(place);
    const auto group = blind_groups_.find(why);
    const auto known = open_.find(blind_key(why));
    const bool open = known != open_.end() && !known->second.calm_since;
    if (group == blind_groups_.end()) {
      if (open) close(blind_key(why), now);
      continue;
    }
    // Told when it begins; how far it goes is for the record.
    const auto pairs = group->second.pairs;
    if (open && pairs < 2 * known->second.finding.affected && 2 * pairs > known->second.finding.affected) continue;
    verdict::Finding finding{.key = blind_key(why), .last_good_at = group->second.last_good_at};
    finding.details = {std::string(words_of(why))};
    finding.affected = pairs;
    finding.examples = group->second.examples;
    finding.grounds = {"no_answer_within_the_bound", {fmt::format("{} of {} pairs", pairs, roster_.live_pairs())}};
    open_or_refresh(std::move(finding), now);
  }
}

}  // namespace service
