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

void Schedule::add(const ProbeId& probe, base::Instant due) {
  ENSURE(!contains(probe));
  due_.emplace(probe, due);
  waiting_.emplace(due, probe);
}

void Schedule::remove(const ProbeId& probe) {
  const auto entry = due_.find(probe);
  if (entry == due_.end()) return;
  if (entry->second) waiting_.erase({*entry->second, probe});
  due_.erase(entry);
}

std::optional<ProbeId> Schedule::take_due(base::Instant now) {
  if (waiting_.empty() || waiting_.begin()->first > now) return std::nullopt;
  const ProbeId probe = waiting_.begin()->second;
  waiting_.erase(waiting_.begin());
  due_.at(probe) = std::nullopt;
  return probe;
}

void Schedule::put_back(const ProbeId& probe, base::Instant due) {
  const auto entry = due_.find(probe);
  if (entry == due_.end()) return;
  ENSURE(!entry->second);  // twice waiting would ask twice
  entry->second = due;
  waiting_.emplace(due, probe);
}

void Schedule::hasten(const ProbeId& probe, base::Instant due) {
  const auto entry = due_.find(probe);
  if (entry == due_.end() || !entry->second || *entry->second <= due) return;
  waiting_.erase({*entry->second, probe});
  entry->second = due;
  waiting_.emplace(due, probe);
}

std::optional<base::Instant> Schedule::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

base::Instant Schedule::after_interval(base::Instant now, base::Random& random) const {
  const double most = options_.jitter * static_cast<double>(options_.interval.count());
  return now + options_.interval + base::Duration(static_cast<base::Duration::rep>(random.next_unit() * most));
}

}  // namespace audit
