#include "http/deadlines.h"

#include <utility>

namespace http {

Deadlines::Entry Deadlines::add(Clock::time_point at, Action action) {
  const Entry entry = entries_.emplace(at, std::move(action));
  arm();
  return entry;
}

void Deadlines::remove(Entry entry) {
  entries_.erase(entry);
  if (entries_.empty()) clear();  // an armed timer would keep the loop running for nothing
}

void Deadlines::clear() {
  entries_.clear();
  timer_.cancel();
  armed_for_ = Clock::time_point::max();
}

void Deadlines::arm() {
  // A timer that fires before there is anything to do costs less than one that is set again for every entry.
  if (entries_.empty() || armed_for_ <= entries_.begin()->first) return;
  armed_for_ = entries_.begin()->first;
  timer_.expires_at(armed_for_);
  timer_.async_wait([this, alive = std::weak_ptr<const bool>(alive_)](boost::system::error_code error) {
    if (!error && !alive.expired()) run_due();
  });
}

void Deadlines::run_due() {
  armed_for_ = Clock::time_point::max();
  const auto now = Clock::now();
  while (!entries_.empty() && entries_.begin()->first <= now) {
    const Action action = std::move(entries_.begin()->second);
    entries_.erase(entries_.begin());
    action();
  }
  arm();
}

}  // namespace http
