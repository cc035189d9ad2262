// How the engine starts from what the database holds, and how it gives its place to another one. The rest of it is in
// engine.cpp.

#include <algorithm>
#include <utility>

#include "service/engine.h"

namespace service {
namespace {

using namespace std::chrono_literals;

/// A process writes its gauges more often than this by far, so whoever wrote none for so long spent nothing of the
/// present windows either.
constexpr base::Duration kSpentNothing = 20min;

std::optional<base::Instant> last_written(store::Store& store) {
  for (const auto& [name, value] : store.gauges()) {
    if (name == "written_at_ms") return base::from_epoch_ms(value);
  }
  return std::nullopt;
}

bool earlier(const Handover::Turn& turn, const audit::ProbeId& probe) { return turn.probe < probe; }

}  // namespace

using audit::PairIndex;
using audit::TokenIndex;

std::uint64_t Engine::restore(store::Store& store, std::set<std::string> apps, base::Moment now,
                              std::optional<Handover> handover) {
  apps_ = std::move(apps);
  restored_at_ = now;
  handover_ = std::move(handover);
  watching_since_ = handover_ ? handover_->watching_since : now.steady;
  schedule_ = audit::Schedule(now.steady);
  sweeps_ = Sweeps(now.steady);
  last_written_ = last_written(store);
  const std::uint64_t revision = store.load(*this, now.utc - verdict::OpenIncidents::kRecent);
  restored_open_.clear();
  restored_over_.clear();
  vouchers_.look_up_control();
  for (std::size_t place = 0; place < roster_.token_places(); ++place) {
    const TokenIndex token{static_cast<std::uint32_t>(place)};
    if (roster_.record(token).alive) settle_token(token, now);
  }
  unasked_ = 0;
  if (handover_) take_handover(*std::exchange(handover_, std::nullopt));
  batch_.ended_in_order = false;
  reassess_all(now);
  return revision;
}

void Engine::begin(bool ended_in_order, std::uint64_t last_sequence) {
  announcer_.continue_after(last_sequence);
  const bool long_ago = last_written_ && *last_written_ + kSpentNothing < restored_at_.utc;
  if (handover_)
    emptied_at_ = handover_->emptied_at;
  else if (!ended_in_order && !long_ago)
    emptied_at_ = restored_at_.steady;
  limits_.start(emptied_at_.value_or(restored_at_.steady), emptied_at_.has_value());
}

/// What the schedules do not hold.
void Engine::take_handover(Handover handover) {
  for (const auto& [id, due] : handover.identities) {
    const auto token = roster_.find_token(id);
    if (token && roster_.record(*token).alive && !roster_.record(*token).ignored) identity_wanted_[*token] = due;
  }
  for (const auto& [id, at] : handover.replaced) {
    if (const auto token = roster_.find_token(id)) replaced_at_[*token] = at;
  }
  for (const auto& [name, since] : handover.well_since) {
    if (const auto app = roster_.find_app(name)) well_since_[*app] = since;
  }
  trouble_ = {handover.host_trouble, handover.host_trouble_at};
  if (handover.api_pace) api_pace_.continue_after(*handover.api_pace);
  if (handover.identity_pace) identity_pace_.continue_after(*handover.identity_pace);
  if (handover.clock) {
    clock_skew_ = handover.clock->skew;
    last_date_fine_ = handover.clock->last_date_fine;
  }
  announcer_.go_on(std::move(handover.waiting));
}

/// The turn that a pair has had in the engine before this one, with its answer. A shorter interval makes its own.
std::optional<base::Instant> Engine::handed_turn(PairIndex index, base::Moment now) {
  if (!handover_) return std::nullopt;
  Pair& pair = roster_.pair(index);
  const auto& turns = handover_->turns;
  const auto turn = std::lower_bound(turns.begin(), turns.end(), pair.id, earlier);
  if (turn == turns.end() || turn->probe != pair.id) return std::nullopt;
  pair.answered = turn->answered;
  pair.why = turn->why;
  pair.vain_attempts = turn->vain_attempts & 15U;
  if (const auto doubt = handover_->doubts.find(pair.id);
      doubt != handover_->doubts.end() && roster_.suspected(index)) {
    roster_.memory(index).suspicion_began = doubt->second.began;
    roster_.memory(index).believed = doubt->second.believed;
  }
  const base::Duration interval = audit::interval_of(options_.intervals, pair.interval_class);
  const double longest = static_cast<double>(interval.count()) * (1 + options_.intervals.jitter);
  const bool in_time = turn->due - now.steady <= base::Duration(static_cast<base::Duration::rep>(longest));
  return in_time ? std::optional(turn->due) : std::nullopt;
}

Handover Engine::hand_over(base::Moment now) {
  Handover handover;
  handover.watching_since = watching_since_;
  if (emptied_at_ && now.steady - *emptied_at_ < audit::kWindow) handover.emptied_at = emptied_at_;
  handover.turns.reserve(roster_.live_pairs());
  for (std::size_t place = 0; place < roster_.pair_places(); ++place) {
    const PairIndex index{static_cast<std::uint32_t>(place)};
    const Pair& pair = roster_.pair(index);
    if (pair.id.null() || !schedule_.contains(index)) continue;
    handover.turns.push_back({pair.id, schedule_.due_of(index).value_or(now.steady), pair.answered, pair.why,
                              static_cast<std::uint8_t>(pair.vain_attempts)});
    if (!roster_.suspected(index)) continue;
    const Memory& beside = *roster_.memory_if_any(index);
    handover.doubts[pair.id] = {beside.suspicion_began, beside.believed};
  }
  std::sort(handover.turns.begin(), handover.turns.end(),
            [](const Handover::Turn& left, const Handover::Turn& right) { return left.probe < right.probe; });
  for (std::size_t place = 0; place < roster_.token_places(); ++place) {
    const TokenIndex token{static_cast<std::uint32_t>(place)};
    if (!roster_.record(token).alive || !sweeps_.contains(token)) continue;
    handover.lists[roster_.record(token).id] = sweeps_.due_of(token).value_or(now.steady);
  }
  for (const auto& [token, due] : identity_wanted_) handover.identities[roster_.record(token).id] = due;
  for (const auto& [token, at] : replaced_at_) handover.replaced[roster_.record(token).id] = at;
  for (const auto& [app, since] : well_since_) handover.well_since[roster_.app_name(app)] = since;
  handover.host_trouble = trouble_.why;
  handover.host_trouble_at = trouble_.at;
  handover.api_pace = api_pace_;
  handover.identity_pace = identity_pace_;
  handover.clock = {clock_skew_, last_date_fine_};
  handover.waiting = announcer_.take_waiting();
  return handover;
}

}  // namespace service
