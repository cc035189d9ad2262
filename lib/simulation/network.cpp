#include "simulation/network.h"

#include <algorithm>
#include <functional>

namespace simulation {

base::Duration Network::delay() {
  // Most answers are quick, few are slow.
  const double slow = random_.next_unit();
  const auto span = double((lines_.most_delay - lines_.least_delay).count());
  return lines_.least_delay + base::Duration(static_cast<std::int64_t>(slow * slow * slow * span));
}

void Network::send(Sent sent, base::Instant due) {
  std::size_t place = sent_.size();
  if (free_.empty()) {
    sent_.push_back(std::move(sent));
  } else {
    place = free_.back();
    free_.pop_back();
    sent_[place] = std::move(sent);
  }
  queue_.push_back({due, numbers_++, place});
  std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
}

std::optional<base::Instant> Network::next_due() const {
  return queue_.empty() ? std::nullopt : std::optional(queue_.front().at);
}

std::optional<Sent> Network::take_due(base::Instant now) {
  if (queue_.empty() || queue_.front().at > now) return std::nullopt;
  std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
  const std::size_t place = queue_.back().place;
  queue_.pop_back();
  free_.push_back(place);
  return std::move(sent_[place]);
}

}  // namespace simulation
