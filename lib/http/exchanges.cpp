#include "http/exchanges.h"

#include <algorithm>
#include <utility>

#include "base/ensure.h"

namespace http {
namespace {

Exchanges::Id id_of(std::size_t place, std::uint32_t generation) {
  return static_cast<Exchanges::Id>(generation) << 32 | (place + 1);
}

}  // namespace

Exchanges::Id Exchanges::add(Exchange exchange) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Place& place = places_[index];
  exchange.number = ++last_number_;
  place.exchange = std::move(exchange);
  ++size_;
  return id_of(index, place.generation);
}

Exchange* Exchanges::find(Id id) {
  const auto index = static_cast<std::uint32_t>(id) - 1;
  if (index >= places_.size()) return nullptr;
  Place& place = places_[index];
  return place.exchange && place.generation == id >> 32 ? &*place.exchange : nullptr;
}

Exchange& Exchanges::at(Id id) {
  Exchange* exchange = find(id);
  ENSURE(exchange != nullptr);
  return *exchange;
}

Exchange Exchanges::take(Id id) {
  Exchange exchange = std::move(at(id));
  const auto index = static_cast<std::uint32_t>(id) - 1;
  places_[index].exchange.reset();
  ++places_[index].generation;
  free_.push_back(index);
  --size_;
  return exchange;
}

std::vector<Exchanges::Id> Exchanges::ending_by(Deadlines::Clock::time_point time) const {
  std::vector<std::pair<std::uint64_t, Id>> found;
  for (std::size_t index = 0; index < places_.size(); ++index) {
    const Place& place = places_[index];
    if (place.exchange && place.exchange->ends_at <= time)
      found.emplace_back(place.exchange->number, id_of(index, place.generation));
  }
  std::sort(found.begin(), found.end());
  std::vector<Id> ids;
  for (const auto& [number, id] : found) ids.push_back(id);
  return ids;
}

Deadlines::Clock::time_point Exchanges::first_end() const {
  auto first = Deadlines::Clock::time_point::max();
  for (const Place& place : places_) {
    if (place.exchange) first = std::min(first, place.exchange->ends_at);
  }
  return first;
}

}  // namespace http
