#include "alert/lane.h"

#include <algorithm>

#include "alert/form.h"
#include "base/ensure.h"

namespace alert {
bool Lane::holds(const Delivery& delivery) const {
  const auto queue = items_.find(delivery.order_key);
  return queue != items_.end() && queue->second.contains(delivery.sequence);
}

void Lane::add(Item item) {
  ENSURE(!holds(item.pending.delivery));
  const std::string order_key = item.pending.delivery.order_key;
  const std::uint64_t sequence = item.pending.delivery.sequence;
  unlist_first_of(order_key);
  items_[order_key].emplace(sequence, std::move(item));
  ++size_;
  list_first_of(order_key);
}

const Lane::Item* Lane::take_due(base::Instant now) {
  if (full() || now < open_from()) return nullptr;
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const auto& [order_key, sequence] = waiting_.begin()->second;
    ready_.emplace(sequence, order_key);
    waiting_.erase(waiting_.begin());
  }
  if (ready_.empty()) return nullptr;
  const auto [sequence, order_key] = *ready_.begin();
  ready_.erase(ready_.begin());
  Item& item = items_.at(order_key).at(sequence);
  item.started_at = now;
  in_flight_.emplace(item.pending.delivery.id, Place(order_key, sequence));
  return &item;
}

Lane::Item Lane::finish(const DeliveryId& id) {
  const auto flight = in_flight_.find(id);
  ENSURE(flight != in_flight_.end());
  const auto [order_key, sequence] = flight->second;
  in_flight_.erase(flight);
  unrecorded_.insert(id);
  const auto queue = items_.find(order_key);
  Item item = std::move(queue->second.at(sequence));
  queue->second.erase(sequence);
  --size_;
  if (queue->second.empty())
    items_.erase(queue);
  else
    list_first_of(order_key);
  return item;
}

void Lane::rest_until(base::Instant instant) { resting_until_ = std::max(resting_until_, instant); }

std::optional<base::Instant> Lane::note(bool success, base::Instant now) {
  if (success)
    failing_since_.reset();
  else if (!failing_since_)
    failing_since_ = now;
  return failing_since_;
}

std::optional<base::Instant> Lane::next_due() const {
  if (full()) return std::nullopt;
  if (!ready_.empty()) return open_from();
  if (waiting_.empty()) return std::nullopt;
  return std::max(open_from(), waiting_.begin()->first);
}

bool Lane::busy(const std::string& order_key) const {
  return std::any_of(in_flight_.begin(), in_flight_.end(),
                     [&](const auto& flight) { return flight.second.first == order_key; });
}

bool Lane::full() const {
  const auto slots = destination_.max_in_flight ? static_cast<std::size_t>(*destination_.max_in_flight)
                                                : form_of(destination_.channel).manner().slots;
  return in_flight_.size() + unrecorded_.size() >= (parked() ? 1 : slots);
}

base::Instant Lane::open_from() const { return std::max(resting_until_, parked_until_.value_or(resting_until_)); }

void Lane::list_first_of(const std::string& order_key) {
  if (busy(order_key)) return;
  const auto& [sequence, item] = *items_.at(order_key).begin();
  waiting_.emplace(item.due, Place(order_key, sequence));
}

void Lane::unlist_first_of(const std::string& order_key) {
  const auto queue = items_.find(order_key);
  if (queue == items_.end()) return;
  const auto& [sequence, item] = *queue->second.begin();
  waiting_.erase({item.due, Place(order_key, sequence)});
  ready_.erase({sequence, order_key});
}

}  // namespace alert
