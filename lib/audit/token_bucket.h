#pragma once

#include "base/time.h"

namespace audit {

/// Spends at most `capacity` calls per rate-limit window, refilled evenly.
/// Holds no clock: every call says what time it is (the steady one). `now` must not go back.
class TokenBucket {
 public:
  /// Starts full. Requires capacity > 0 and window > 0.
  TokenBucket(int capacity, base::Duration window, base::Instant now);

  /// Takes one call if there is one.
  bool try_take(base::Instant now);
  /// Earliest time when try_take() will succeed, if nobody takes a call before; never earlier than `now`.
  base::Instant next_at(base::Instant now) const;

  /// Changes the size; what was spent stays spent.
  void resize(int capacity, base::Instant now);
  /// No more than `calls` are left (another user of the same window has spent the rest).
  void cap_level(int calls, base::Instant now);
  /// Gives nothing before `until`.
  void park(base::Instant until);

  int capacity() const { return capacity_; }
  /// Whole calls that could be taken now, parking aside.
  int level(base::Instant now) const;

  base::Instant full_at() const { return std::chrono::ceil<base::Duration>(full_at_); }
  base::Instant parked_until() const { return parked_until_; }
  /// Puts back what full_at() and parked_until() said before a restart.
  void restore(base::Instant full_at, base::Instant parked_until);

 private:
  // Nanoseconds: a limit in the millions refills a call in less than a millisecond.
  using Fine = std::chrono::sys_time<std::chrono::nanoseconds>;
  std::chrono::nanoseconds interval() const;  ///< time to refill one call
  std::chrono::nanoseconds debt(base::Instant now) const;

  int capacity_;
  base::Duration window_;
  Fine full_at_;  ///< when the bucket will be full again; encodes the level
  base::Instant parked_until_{};
};

}  // namespace audit
