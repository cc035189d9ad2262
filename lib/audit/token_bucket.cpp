#include "audit/token_bucket.h"

#include <algorithm>

#include "base/ensure.h"

namespace audit {

using std::chrono::nanoseconds;

TokenBucket::TokenBucket(int capacity, base::Duration window, base::Instant now)
    : capacity_(capacity), window_(window), full_at_(now) {
  ENSURE(capacity > 0 && window > base::Duration::zero());
}

nanoseconds TokenBucket::interval() const { return nanoseconds(window_) / capacity_; }

nanoseconds TokenBucket::debt(base::Instant now) const { return std::max(full_at_ - now, nanoseconds::zero()); }

bool TokenBucket::try_take(base::Instant now) {
  if (now < next_at(now)) return false;
  full_at_ = std::max(full_at_, Fine(now)) + interval();
  return true;
}

base::Instant TokenBucket::next_at(base::Instant now) const {
  const auto refilled = std::chrono::ceil<base::Duration>(full_at_ - (capacity_ - 1) * interval());
  return std::max({now, refilled, parked_until_});
}

void TokenBucket::resize(int capacity, base::Instant now) {
  ENSURE(capacity > 0);
  const auto spent = std::min<std::int64_t>(debt(now) / interval(), capacity);
  capacity_ = capacity;
  full_at_ = now + spent * interval();
}

void TokenBucket::cap_level(int calls, base::Instant now) {
  const int missing = std::clamp(capacity_ - calls, 0, capacity_);
  full_at_ = std::max(full_at_, Fine(now + missing * interval()));
}

void TokenBucket::park(base::Instant until) { parked_until_ = std::max(parked_until_, until); }

int TokenBucket::level(base::Instant now) const {
  const auto missing = (debt(now) + interval() - nanoseconds(1)) / interval();
  return static_cast<int>(std::max<std::int64_t>(capacity_ - missing, 0));
}

void TokenBucket::restore(base::Instant full_at, base::Instant parked_until) {
  full_at_ = full_at;
  parked_until_ = parked_until;
}

}  // namespace audit
