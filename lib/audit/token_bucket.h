#pragma once

#include "base/time.h"

namespace audit {

/// Gives at most `capacity` calls in any half-open span of one window, wherever the span begins: the generic cell rate
/// algorithm (ITU-T I.371), which keeps one instant, the one when the bucket will be full again. A burst b of a tenth
/// of the capacity and one more may be taken at once; the rest comes evenly, a call each interval T, so that a span
/// sees at most (b - 1) + ceil(window / T) = capacity calls. What goes at once cannot also come evenly: the pace that
/// lasts is capacity - b + 1 calls per window. Holds no clock: every call says what time it is (the steady one). `now`
/// must not go back.
class TokenBucket {
 public:
  /// Calls that may be taken at once.
  static constexpr int burst_of(int capacity) { return 1 + capacity / 10; }
  /// Calls per window that a bucket of this capacity gives for ever.
  static constexpr int pace_of(int capacity) { return capacity - capacity / 10; }
  /// The least capacity of this pace.
  static constexpr int capacity_for(int pace) { return pace < 2 ? 1 : pace + (pace - 1) / 9; }

  /// Starts full. Requires capacity > 0 and window > 0.
  TokenBucket(int capacity, base::Duration window);

  /// Takes one call if there is one.
  bool try_take(base::Instant now);
  /// Earliest time when try_take() will succeed, if nobody takes a call before; never earlier than `now`.
  base::Instant next_at(base::Instant now) const;
  /// Earliest time when a call may go to somebody who can do without: at least half of the burst is left afterwards,
  /// and a burst of one has been full for an interval, so that who needs the call finds it.
  base::Instant next_spare_at(base::Instant now) const;

  /// Changes the capacity; what was spent stays spent, so that no window sees more than the larger capacity.
  void resize(int capacity, base::Instant now);
  /// As if somebody had taken all at `then`. Never fills it.
  void empty(base::Instant then);
  /// Puts back what full_at() said before a restart, under this capacity. Not later than a window after `now`.
  void restore(base::Instant full_at, base::Instant now);

  int capacity() const { return capacity_; }
  /// Whole calls that could be taken at once now.
  int level(base::Instant now) const;
  base::Instant full_at() const;

 private:
  // Nanoseconds: a limit in the millions gives a call in less than a millisecond.
  using Fine = std::chrono::sys_time<std::chrono::nanoseconds>;
  std::chrono::nanoseconds interval() const;  ///< T, rounded up
  Fine forgiven_at() const;                   ///< when the latest call leaves the last window that saw it

  base::Duration window_;
  int capacity_;
  Fine full_at_{};          ///< encodes the level; after shrinking it may be more than a window ahead
  base::Instant latest_{};  ///< when a call was taken last, as far as is known
};

}  // namespace audit
