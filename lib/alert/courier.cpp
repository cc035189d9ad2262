#include "alert/courier.h"

#include <algorithm>

#include "alert/form.h"
#include "base/crash_point.h"
#include "base/ensure.h"

namespace alert {
namespace {

constexpr int kLeastAttempts = 3;

using namespace std::chrono_literals;

/// The longest rest of a whole destination that asks for one without saying how long.
constexpr base::Duration kMostUnaskedRest = 5min;
/// No wait that we store is longer; a longer one comes from a wall clock that was wrong.
constexpr base::Duration kLongestWait = 24h;

std::string why_dead(const Delivery& delivery, const Lane* lane) {
  const std::string name = "the destination \"" + delivery.destination + "\"";
  if (lane == nullptr) return name + " is no longer in the settings";
  return name + " is of another type now; the message was written for " + std::string(to_text(delivery.channel));
}

/// A delivery that ended without a request.
DeliveryAttempt ended(Delivery delivery, DeliveryState state, std::string outcome, base::Instant now) {
  DeliveryAttempt attempt;
  attempt.outcome = std::move(outcome);
  attempt.delivery = std::move(delivery);
  attempt.delivery.state = state;
  ++attempt.delivery.attempts;
  attempt.at = now;
  return attempt;
}

}  // namespace

Courier::Courier(const std::vector<Destination>& destinations, base::Random& random) : random_(random) {
  for (const Destination& destination : destinations) {
    ENSURE(!complaint_about(destination));
    lanes_.try_emplace(destination.name, destination);
  }
}

bool Courier::add(PendingDelivery pending, base::Moment now) {
  const Delivery& delivery = pending.delivery;
  const auto found = lanes_.find(delivery.destination);
  Lane* lane = found == lanes_.end() ? nullptr : &found->second;
  if (lane == nullptr || lane->destination().channel != delivery.channel) {
    std::string why = why_dead(delivery, lane);
    ended_.push_back(ended(std::move(pending.delivery), DeliveryState::kDead, std::move(why), now.utc));
    return true;
  }
  // Rows that were read before an attempt was committed still say that it is pending.
  if (lane->holds(delivery) || lane->awaits_record(delivery.id)) return true;
  if (lane->size() >= kQueueLimit) {
    behind_.insert(delivery.destination);
    return false;
  }
  behind_.erase(delivery.destination);
  // UTC becomes steady time once, here: a step of the wall clock later on moves nothing.
  const base::Duration wait = std::clamp(delivery.next_attempt_at - now.utc, base::Duration(0), kLongestWait);
  const base::Duration age = std::max(now.utc - delivery.created_at, base::Duration(0));
  Lane::Item item{.pending = std::move(pending),
                  .due = now.steady + wait,
                  .give_up_at = now.steady + kGiveUpAfter - age,
                  .started_at = {}};
  lane->add(std::move(item));
  return true;
}

bool Courier::wants_more(const std::string& destination) const {
  return behind_.contains(destination) && lanes_.at(destination).size() < kQueueLimit;
}

void Courier::restore(const std::vector<Thread>& threads) {
  for (const Thread& thread : threads) receipts_[{thread.destination, thread.thread}] = thread.receipt;
}

std::map<std::string, Lane::Pace> Courier::paces() const {
  std::map<std::string, Lane::Pace> paces;
  for (const auto& [name, lane] : lanes_) paces.emplace(name, lane.pace());
  return paces;
}

void Courier::go_on(const std::map<std::string, Lane::Pace>& paces) {
  for (const auto& [name, pace] : paces) {
    if (const auto lane = lanes_.find(name); lane != lanes_.end()) lane->second.go_on(pace);
  }
}

void Courier::wake(const std::string& destination) {
  const auto lane = lanes_.find(destination);
  if (lane != lanes_.end() && lane->second.parked()) lane->second.park(base::Instant{});
}

std::optional<DeliveryAttempt> Courier::take_ended() {
  if (ended_.empty()) return std::nullopt;
  DeliveryAttempt attempt = std::move(ended_.front());
  ended_.pop_front();
  return attempt;
}

std::optional<Courier::Sending> Courier::take_due(base::Moment now) {
  for (auto& [name, lane] : lanes_) {
    while (const Lane::Item* item = lane.take_due(now.steady)) {
      const Delivery& delivery = item->pending.delivery;
      PendingDelivery pending = item->pending;
      if (const auto known = receipts_.find({name, delivery.thread}); known != receipts_.end())
        pending.receipt = known->second;
      auto request = form_of(lane.destination().channel).request(lane.destination(), pending, now.utc);
      if (request) {
        in_flight_.emplace(delivery.id, &lane);
        base::crash_point("send." + std::string(to_text(delivery.channel)));
        return Sending{delivery.id, *std::move(request)};
      }
      lane.finish(pending.delivery.id);
      ended_.push_back(ended(std::move(pending.delivery), DeliveryState::kDelivered,
                             "there is nothing to bring up to date", now.utc));
    }
  }
  return std::nullopt;
}

std::optional<http::Request> Courier::request_for(const PendingDelivery& pending, base::Moment now) const {
  const auto lane = lanes_.find(pending.delivery.destination);
  if (lane == lanes_.end()) return std::nullopt;
  const Destination& to = lane->second.destination();
  return form_of(to.channel).request(to, pending, now.utc);
}

DeliveryAttempt Courier::judge(const PendingDelivery& pending, const http::Reply& reply, base::Moment now) const {
  AttemptResult result = judge_reply(pending.delivery.channel, reply, now.utc);
  DeliveryAttempt attempt;
  attempt.delivery = pending.delivery;
  attempt.at = now.utc;
  attempt.http_status = reply ? reply.value().status : 0;
  attempt.outcome = std::move(result.outcome);
  if (result.verdict != Verdict::kDelivered) return attempt;
  attempt.delivery.state = DeliveryState::kDelivered;
  ++attempt.delivery.attempts;
  return attempt;
}

DeliveryAttempt Courier::finish(const DeliveryId& id, const http::Reply& reply, base::Moment now) {
  const auto flight = in_flight_.find(id);
  ENSURE(flight != in_flight_.end());
  Lane& lane = *flight->second;
  in_flight_.erase(flight);
  Lane::Item item = lane.finish(id);
  base::crash_point("answer." + std::string(to_text(lane.destination().channel)));
  const AttemptResult result = judge_reply(lane.destination().channel, reply, now.utc);

  DeliveryAttempt attempt;
  attempt.at = now.utc;
  attempt.http_status = reply ? reply.value().status : 0;
  attempt.took = now.steady - item.started_at;
  attempt.delivery = item.pending.delivery;
  ++attempt.delivery.attempts;
  const auto due = settle(attempt, item, result, now);
  keep_receipt(attempt, result);
  pace(lane, result, due, now);
  hear(lane, attempt, result.verdict, now.steady);
  if (due) {
    item.pending.delivery = attempt.delivery;
    item.due = *due;
    lane.add(std::move(item));
  }
  return attempt;
}

void Courier::recorded(const Delivery& delivery) {
  const auto lane = lanes_.find(delivery.destination);
  if (lane != lanes_.end()) lane->second.recorded(delivery.id);
}

std::optional<base::Instant> Courier::settle(DeliveryAttempt& attempt, const Lane::Item& item,
                                             const AttemptResult& result, base::Moment now) {
  attempt.outcome = result.outcome;
  if (result.verdict == Verdict::kDelivered || result.verdict == Verdict::kRefused) {
    attempt.delivery.state = result.verdict == Verdict::kDelivered ? DeliveryState::kDelivered : DeliveryState::kDead;
    return std::nullopt;
  }
  base::Duration wait =
      result.verdict == Verdict::kBroken ? kProbeEvery : wait_after(result, attempt.delivery.attempts, random_);
  // The last attempt is made when the time is up, however long the wait before it would be. A clock that is wrong makes
  // a delivery look old: a few attempts are made whatever its age.
  const base::Duration left = item.give_up_at - now.steady;
  const bool given_a_chance = attempt.delivery.attempts >= kLeastAttempts;
  if (left > base::Duration(0)) wait = std::min(wait, left);
  if (left <= base::Duration(0) && given_a_chance) {
    attempt.delivery.state = DeliveryState::kDead;
    attempt.outcome += "; given up after " + base::to_text(kGiveUpAfter);
    return std::nullopt;
  }
  attempt.delivery.next_attempt_at = now.utc + wait;
  return now.steady + wait;
}

/// When the destination as a whole takes the next message.
void Courier::pace(Lane& lane, const AttemptResult& result, std::optional<base::Instant> due, base::Moment now) {
  if (result.verdict == Verdict::kBroken)
    lane.park(now.steady + kProbeEvery);
  else if (result.verdict != Verdict::kRetry)
    lane.unpark();  // it has read a message, whatever it thinks of it
  // Counted from the answer, so that two messages cannot come closer than that however long one was under way.
  const base::Duration pause = form_of(lane.destination().channel).manner().pause;
  if (pause > base::Duration(0)) lane.rest_until(now.steady + pause);
  if (!result.slow_down) return;
  const base::Instant longest = now.steady + kMostUnaskedRest;
  lane.rest_until(result.retry_after ? now.steady + *result.retry_after : std::min(due.value_or(longest), longest));
}

void Courier::keep_receipt(DeliveryAttempt& attempt, const AttemptResult& result) {
  const Delivery& delivery = attempt.delivery;
  const bool first = delivery.act == Act::kSend && !delivery.thread.empty();
  if (!first || delivery.state != DeliveryState::kDelivered || result.receipt.empty()) return;
  attempt.receipt = result.receipt;
  receipts_[{delivery.destination, delivery.thread}] = result.receipt;
}

void Courier::hear(Lane& lane, const DeliveryAttempt& attempt, Verdict verdict, base::Instant now) {
  using Kind = News::Kind;
  const bool dead = attempt.delivery.state == DeliveryState::kDead;
  const auto failing_since = lane.note(verdict == Verdict::kDelivered || verdict == Verdict::kRefused, now);
  std::optional<Kind> kind;
  if (dead)
    kind = Kind::kGivenUp;
  else if (verdict == Verdict::kDelivered)
    kind = Kind::kWorks;
  else if (verdict == Verdict::kBroken)
    kind = Kind::kRefusesForGood;
  else if (failing_since && now - *failing_since >= kSilentForLong)
    kind = Kind::kSilentForLong;
  if (!kind) return;
  const auto [said, first] = said_.try_emplace(attempt.delivery.destination, *kind);
  // A destination that has given something up goes on being silent: what was said is graver.
  const bool known =
      !first && (said->second == *kind || (*kind == Kind::kSilentForLong && said->second != Kind::kWorks));
  if (known && *kind != Kind::kGivenUp) return;
  said->second = *kind;
  news_.push_back({*kind, attempt.delivery.destination, attempt.outcome, attempt.http_status});
}

std::optional<base::Instant> Courier::next_due() const {
  std::optional<base::Instant> earliest;
  for (const auto& [name, lane] : lanes_) {
    const auto due = lane.next_due();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

std::size_t Courier::size(const std::string& destination) const {
  std::size_t size = 0;
  for (const auto& [name, lane] : lanes_) {
    if (name == destination || lane.destination().cluster == destination) size += lane.size();
  }
  return size;
}

std::size_t Courier::size() const {
  std::size_t size = 0;
  for (const auto& [name, lane] : lanes_) size += lane.size();
  return size;
}

}  // namespace alert
