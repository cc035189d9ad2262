#include "alert/courier.h"

#include <algorithm>

#include "alert/request.h"
#include "base/ensure.h"

namespace alert {
namespace {

constexpr int kLeastAttempts = 3;

using namespace std::chrono_literals;

/// Slack allows a message a second (https://docs.slack.dev/apis/web-api/rate-limits). It is counted from the answer to
/// the one before, so that two cannot come closer than that however long one was under way.
constexpr base::Duration kSlackPause = 1s;
/// The longest rest of a whole destination that asks for one without saying how long.
constexpr base::Duration kMostUnaskedRest = 5min;
/// No wait that we store is longer; a longer one comes from a wall clock that was wrong.
constexpr base::Duration kLongestWait = 24h;

std::string why_dead(const Delivery& delivery, const Lane* lane) {
  const std::string name = "the destination \"" + delivery.destination + "\"";
  if (lane == nullptr) return name + " is no longer in the settings";
  return name + " is of another type now; the message was written for " + std::string(to_text(delivery.channel));
}

DeliveryAttempt buried(Delivery delivery, const Lane* lane, base::Instant now) {
  DeliveryAttempt attempt;
  attempt.outcome = why_dead(delivery, lane);
  attempt.delivery = std::move(delivery);
  attempt.delivery.state = DeliveryState::kDead;
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
    dead_.push_back(buried(std::move(pending.delivery), lane, now.utc));
    return true;
  }
  if (lane->holds(delivery)) return true;
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

std::optional<DeliveryAttempt> Courier::take_dead() {
  if (dead_.empty()) return std::nullopt;
  DeliveryAttempt attempt = std::move(dead_.front());
  dead_.pop_front();
  return attempt;
}

std::optional<Courier::Sending> Courier::take_due(base::Moment now) {
  for (auto& [name, lane] : lanes_) {
    const Lane::Item* item = lane.take_due(now.steady);
    if (item == nullptr) continue;
    const DeliveryId id = item->pending.delivery.id;
    in_flight_.emplace(id, &lane);
    return Sending{id, request_for(lane.destination(), item->pending, now.utc)};
  }
  return std::nullopt;
}

DeliveryAttempt Courier::finish(const DeliveryId& id, const http::Reply& reply, base::Moment now) {
  const auto flight = in_flight_.find(id);
  ENSURE(flight != in_flight_.end());
  Lane& lane = *flight->second;
  in_flight_.erase(flight);
  Lane::Item item = lane.finish(id);
  const AttemptResult result = judge_reply(lane.destination().channel, reply, now.utc);

  DeliveryAttempt attempt;
  attempt.at = now.utc;
  attempt.http_status = reply ? reply.value().status : 0;
  attempt.took = now.steady - item.started_at;
  attempt.delivery = item.pending.delivery;
  ++attempt.delivery.attempts;
  const auto due = settle(attempt, item, result, now);

  if (lane.destination().channel == Channel::kSlack) lane.rest_until(now.steady + kSlackPause);
  if (result.slow_down) {
    const base::Instant longest = now.steady + kMostUnaskedRest;
    lane.rest_until(result.retry_after ? now.steady + *result.retry_after : std::min(due.value_or(longest), longest));
  }
  if (due) {
    item.pending.delivery = attempt.delivery;
    item.due = *due;
    lane.add(std::move(item));
  }
  return attempt;
}

std::optional<base::Instant> Courier::settle(DeliveryAttempt& attempt, const Lane::Item& item,
                                             const AttemptResult& result, base::Moment now) {
  attempt.outcome = result.outcome;
  if (result.verdict != Verdict::kRetry) {
    attempt.delivery.state = result.verdict == Verdict::kDelivered ? DeliveryState::kDelivered : DeliveryState::kDead;
    return std::nullopt;
  }
  const base::Duration wait = wait_after(result, attempt.delivery.attempts, random_);
  // A clock that is wrong makes a delivery look old: a few attempts are made whatever its age.
  const bool given_a_chance = attempt.delivery.attempts >= kLeastAttempts;
  if (given_a_chance && now.steady + wait > item.give_up_at) {
    attempt.delivery.state = DeliveryState::kDead;
    attempt.outcome += "; given up after " + base::to_text(kGiveUpAfter);
    return std::nullopt;
  }
  attempt.delivery.next_attempt_at = now.utc + wait;
  return now.steady + wait;
}

std::optional<base::Instant> Courier::next_due() const {
  std::optional<base::Instant> earliest;
  for (const auto& [name, lane] : lanes_) {
    const auto due = lane.next_due();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

std::size_t Courier::size() const {
  std::size_t size = 0;
  for (const auto& [name, lane] : lanes_) size += lane.size();
  return size;
}

}  // namespace alert
