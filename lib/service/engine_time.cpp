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

constexpr base::Duration kLook = 30s;  ///< between two beginnings of a search

/// A pair may be this much over its bound before people are told: an outage of a minute wakes nobody.
constexpr base::Duration kGrace = 60s;

/// A host in trouble is asked this often at least (audit::HostPace).
constexpr base::Duration kPaused = 5min;

verdict::IncidentKey blind_key(Blindness why) { return {Cause::kAuditBlind, {}, "", std::string(to_text(why))}; }

}  // namespace

void Engine::tick(base::Moment now) {
  announcer_.tick(open_, roster_, now, batch_);
  if (now.steady < tick_due_) return;
  tick_due_ = now.steady + kTick;
  announce(verdict::settle_calm(open_, now.utc), now);
  open_.forget_before(now.utc - verdict::OpenIncidents::kRecent);
  give_back(now);
  probe_apps(now);
  check_plans(now);
  look_for_blindness(now);
}

bool Engine::blind() const {
  for (std::size_t place = 0; place < kBlindnesses; ++place) {
    const auto known = open_.find(blind_key(static_cast<Blindness>(place)));
    if (known != open_.end() && !known->second.calm_since) return true;
  }
  return false;
}

std::map<Blindness, std::uint64_t> Engine::blind_pairs() const {
  std::map<Blindness, std::uint64_t> pairs;
  for (std::size_t place = 0; place < kBlindnesses; ++place) {
    const auto why = static_cast<Blindness>(place);
    const auto known = open_.find(blind_key(why));
    if (known != open_.end() && !known->second.calm_since) pairs[why] = known->second.finding.affected;
  }
  return pairs;
}

/// Since when an answer about this pair is owed. While its app is in trouble, that has an incident of its own.
base::Instant Engine::owed_since(const Pair& pair, base::Moment now) const {
  const TokenIndex token{pair.token};
  base::Instant since = std::max(watching_since_, now.steady - (now.utc - pair.id.made_at()));
  const auto replaced = replaced_at_.find(token);
  if (replaced != replaced_at_.end()) since = std::max(since, replaced->second);
  const auto well = well_since_.find(roster_.record(token).app);
  return well == well_since_.end() ? since : std::max(since, well->second);
}

/// An incident says already what this answer says: of the token, or of the ad account.
bool Engine::told_of(PairIndex index, const verdict::Conclusive& answer) const {
  const Pair& pair = roster_.pair(index);
  const audit::TokenId& token = roster_.record(TokenIndex{pair.token}).id;
  const auto* denied = std::get_if<xads::Denied>(&answer);
  if (denied == nullptr) return false;
  if (verdict::failing_of(*denied) == verdict::Failing::kAuthentication)
    return open_.contains({Cause::kTokenRevoked, token, ""});
  if (denied->denial != xads::Denial::kAccountNotFound) return false;
  const std::string account(roster_.account_id(audit::AccountIndex{pair.account}));
  return open_.contains({Cause::kAccountUnavailable, {}, account}) ||
         open_.contains({Cause::kAccountUnavailable, token, account}) ||
         open_.contains({Cause::kAccessRemoved, token, account});
}

/// A pair is blind when its last conclusive answer is older than the bound within which we promise to see a change, or
/// the last one that is believed: what nobody else bears out for so long may be true or not.
bool Engine::blind(PairIndex index, base::Moment now, Blindness& why) const {
  const Pair& pair = roster_.pair(index);
  const base::Instant in_time = now.steady - kGrace - bound_of(pair);
  const Memory* beside = pair.form == Pair::Form::kUnusual ? roster_.memory_if_any(index) : nullptr;
  const bool doubted = beside != nullptr && beside->baseline.suspicion;
  if (pair.answered >= in_time && !doubted) return false;
  if (pair.id.null() || !schedule_.contains(index) || explained_by_app(TokenIndex{pair.token})) return false;
  const base::Instant since = owed_since(pair, now);
  if (since >= in_time) return false;
  // While the host is paused, nobody is asked; and after that, it takes a while until everybody was.
  const bool of_host = pair.why == Blindness::kBudget && trouble_.at >= std::max(since, pair.answered) - kPaused;
  why = of_host ? trouble_.why : pair.why;
  if (pair.answered < in_time) return true;
  if (why == Blindness::kBudget) why = Blindness::kUndecided;
  if (now.steady - beside->suspicion_began <= kGrace || beside->believed >= in_time) return false;
  return !told_of(index, beside->baseline.suspicion->answer);
}

void Engine::look_for_blindness(base::Moment now) {
  if (blind_place_ == 0 && now.steady < look_due_) return;
  if (blind_place_ == 0) look_due_ = now.steady + kLook;
  const std::size_t end = std::min(roster_.pair_places(), blind_place_ + kLookedAt);
  for (; blind_place_ < end; ++blind_place_) {
    const PairIndex index{static_cast<std::uint32_t>(blind_place_)};
    Blindness why = Blindness::kBudget;
    if (!blind(index, now, why)) continue;
    BlindGroup& group = blind_groups_[why];
    ++group.pairs;
    const auto last_good_at = roster_.last_good_at(index);
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
