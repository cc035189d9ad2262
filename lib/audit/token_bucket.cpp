#include "audit/token_bucket.h"

#include <algorithm>

#include "base/ensure.h"

namespace audit {

using std::chrono::nanoseconds;

namespace {

__extension__ using Wide = __int128;  // a product of two spans in nanoseconds

/// Debt that a resize may keep, in windows. It bounds the arithmetic; no real bucket comes near.
constexpr int kMostWindows = 100'000;

}  // namespace

TokenBucket::TokenBucket(int capacity, base::Duration window) : window_(window), capacity_(capacity) {
  ENSURE(capacity > 0 && window > base::Duration::zero());
}

nanoseconds TokenBucket::interval() const {
  const int pace = pace_of(capacity_);
  return (nanoseconds(window_) + nanoseconds(pace - 1)) / pace;
}

TokenBucket::Fine TokenBucket::forgiven_at() const { return latest_ + window_; }

bool TokenBucket::try_take(base::Instant now) {
  if (now < next_at(now)) return false;
  const Fine full = forgiven_at() <= now ? Fine(now) : std::max(full_at_, Fine(now));
  full_at_ = full + interval();
  latest_ = now;
  return true;
}

base::Instant TokenBucket::next_at(base::Instant now) const {
  const Fine refilled = full_at_ - (burst_of(capacity_) - 1) * interval();
  return std::max(now, std::chrono::ceil<base::Duration>(std::min(refilled, forgiven_at())));
}

base::Instant TokenBucket::next_spare_at(base::Instant now) const {
  const Fine roomy = std::min(full_at_, forgiven_at()) + (1 - burst_of(capacity_) / 2) * interval();
  return std::max(now, std::chrono::ceil<base::Duration>(roomy));
}

void TokenBucket::resize(int capacity, base::Instant now) {
  ENSURE(capacity > 0);
  const nanoseconds before = interval();
  capacity_ = capacity;
  const nanoseconds debt = full_at_ - now;
  if (debt <= nanoseconds::zero()) return;
  const Wide scaled = (Wide{debt.count()} * interval().count() + before.count() - 1) / before.count();
  const Wide most = Wide{nanoseconds(window_).count()} * kMostWindows;
  full_at_ = now + nanoseconds(static_cast<nanoseconds::rep>(std::min(scaled, most)));
}

void TokenBucket::empty(base::Instant then) {
  full_at_ = std::max(full_at_, then + burst_of(capacity_) * interval());
  latest_ = std::max(latest_, then);
}

void TokenBucket::restore(base::Instant full_at, base::Instant now) {
  full_at_ = std::min(full_at, now + window_);
  latest_ = std::min(full_at, now);
}

int TokenBucket::level(base::Instant now) const {
  if (std::min(full_at_, forgiven_at()) <= now) return burst_of(capacity_);
  const auto missing = (full_at_ - now + interval() - nanoseconds(1)) / interval();
  return static_cast<int>(std::max<std::int64_t>(burst_of(capacity_) - missing, 0));
}

base::Instant TokenBucket::full_at() const {
  return std::chrono::ceil<base::Duration>(std::min(full_at_, forgiven_at()));
}

}  // namespace audit
