#include "audit/schedule.h"

#include <cstring>
#include <string>

#include "base/digest.h"
#include "base/ensure.h"

namespace audit {

base::Duration phase(std::string_view token_name, std::string_view account, base::Duration interval) {
  const auto digest = base::sha256(std::string(token_name) + '\n' + std::string(account));
  std::uint32_t slot;
  std::memcpy(&slot, digest.data(), sizeof slot);
  const double fraction = static_cast<double>(slot) / 4294967296.0;  // 2^32 slots
  return base::Duration(static_cast<base::Duration::rep>(fraction * static_cast<double>(interval.count())));
}

void Schedule::wait(const ProbeId& probe, Entry& entry, base::Instant ready, base::Instant due) {
  entry = {.ready = ready, .due = due};
  waiting_.insert(place_of(probe, entry));
}

void Schedule::add(const ProbeId& probe, base::Instant due) {
  ENSURE(!contains(probe));
  wait(probe, entries_[probe], due, due);
}

void Schedule::remove(const ProbeId& probe) {
  const auto entry = entries_.find(probe);
  if (entry == entries_.end()) return;
  waiting_.erase(place_of(probe, entry->second));
  entries_.erase(entry);
}

std::optional<ProbeId> Schedule::take_due(base::Instant now) {
  if (waiting_.empty() || std::get<0>(*waiting_.begin()) > now) return std::nullopt;
  const ProbeId probe = std::get<2>(*waiting_.begin());
  waiting_.erase(waiting_.begin());
  entries_.at(probe).running = true;
  return probe;
}

void Schedule::put_back(const ProbeId& probe, base::Instant due) {
  const auto entry = entries_.find(probe);
  if (entry == entries_.end()) return;
  ENSURE(entry->second.running);  // twice waiting would ask twice
  wait(probe, entry->second, due, due);
}

void Schedule::defer(const ProbeId& probe, base::Instant ready) {
  const auto entry = entries_.find(probe);
  if (entry == entries_.end()) return;
  ENSURE(entry->second.running);
  wait(probe, entry->second, ready, entry->second.due);
}

void Schedule::hasten(const ProbeId& probe, base::Instant due) {
  const auto entry = entries_.find(probe);
  if (entry == entries_.end() || entry->second.running || entry->second.ready <= due) return;
  waiting_.erase(place_of(probe, entry->second));
  wait(probe, entry->second, due, due);
}

std::optional<base::Instant> Schedule::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return std::get<0>(*waiting_.begin());
}

base::Instant Schedule::after_interval(base::Instant now, base::Random& random) const {
  const double most = options_.jitter * static_cast<double>(options_.interval.count());
  return now + options_.interval + base::Duration(static_cast<base::Duration::rep>(random.next_unit() * most));
}

}  // namespace audit
