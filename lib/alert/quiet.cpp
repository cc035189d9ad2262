#include "alert/quiet.h"

#include <algorithm>

namespace alert {
namespace {

constexpr base::Duration kListEvery = std::chrono::hours(24);

bool in_force(const Mute& mute, base::Instant now) { return !mute.withdrawn && now < mute.until; }

}  // namespace

void Quiet::put(const Mute& mute, base::Instant now) {
  if (in_force(mute, now))
    mutes_.insert_or_assign(mute.id, mute);
  else
    mutes_.erase(mute.id);
}

std::optional<base::Instant> Quiet::until(const Alert& alert, base::Instant now) const {
  std::optional<base::Instant> until;
  const auto add = [&](base::Instant end) { until = std::max(until.value_or(end), end); };
  for (const auto& [id, mute] : mutes_) {
    if (in_force(mute, now) && fits(mute.match, alert)) add(mute.until);
  }
  for (const MaintenanceWindow& window : *windows_) {
    const auto end = fits(window.match, alert) ? open_until(window, now) : std::nullopt;
    if (end) add(*end);
  }
  return until;
}

std::vector<Mute> Quiet::to_be_listed(base::Instant now) const {
  std::vector<Mute> listed;
  if (listed_at_ && now - *listed_at_ < kListEvery) return listed;
  for (const auto& [id, mute] : mutes_) {
    if (in_force(mute, now)) listed.push_back(mute);
  }
  return listed;
}

}  // namespace alert
