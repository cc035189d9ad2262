#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace service {

/// One kind of work as it stands now: the questions to X, or the deliveries.
struct Movement {
  std::optional<base::Instant> due;  ///< steady; when the next one may be started, perhaps in the past
  std::size_t under_way = 0;         ///< started and not ended; each ends by a deadline of its own
};

/// Judges whether one kind of work moves, for the watchdog: a loop that turns while nothing comes of it is no proof of
/// life. Holds no clock: `now` is steady and must not go back. Loop thread only.
class Pulse {
 public:
  /// What is due waits no longer than this for a loop that turns.
  static constexpr base::Duration kMostLate{60'000};
  /// Of several that are under way one ends within this: far more than any deadline.
  static constexpr base::Duration kMostSilent{300'000};

  explicit Pulse(base::Instant now) : moved_at_(now) {}
  /// One has ended.
  void beat(base::Instant now) { moved_at_ = now; }
  /// Nothing may be started at present (no room to write): that is told by others.
  void excuse(base::Instant now) { moved_at_ = now; }
  /// Why it does not move; empty when it does, or has nothing to do.
  std::string_view complaint(const Movement& movement, base::Instant now);

 private:
  base::Instant moved_at_;  ///< one ended, or none was under way
};

}  // namespace service
