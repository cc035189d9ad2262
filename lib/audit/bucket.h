#pragma once

#include "audit/allowance.h"
#include "audit/token_bucket.h"
#include "xads/observation.h"

namespace audit {

/// What may be spent of one limit of X: by pace (share and reserve), and by what X says is left of its present window.
/// Sizes follow the allowance of whoever asks; call fit() before anything else. All times are steady.
class Bucket {
 public:
  /// Full, at the documented limit.
  explicit Bucket(Endpoint endpoint);

  /// Takes the sizes of this allowance; what was spent stays spent. `emptied_at`: nothing is known of what was spent
  /// before, so it is as if all had been.
  void fit(const Allowance& allowance, std::optional<base::Instant> emptied_at, base::Instant now);

  /// When it will have a call for this purpose, if nobody takes it before; `now` when it has.
  base::Instant next_at(Purpose purpose, base::Instant now) const;
  /// Requires next_at(purpose, now) <= now.
  void take(Purpose purpose, base::Instant now);

  /// False when X allows as many as we thought.
  bool learn_limit(int limit);
  /// What X says is left until `reset` (steady; nothing, when the header makes no sense). While others use the window,
  /// our share is that of what is left. Within one window what is ours only shrinks: answers may come late and out of
  /// order. True when others have begun to use this window, once for each.
  bool learn_remaining(int remaining, std::optional<base::Instant> reset, base::Instant now);
  void park(base::Instant until);

  int limit() const { return limit_; }
  /// Of X's limit, whoever uses it, by the headers of a window that is not over: from 0 to 1. 1 when nothing is known.
  double left(base::Instant now) const {
    return remaining_ < 0 || reset_ <= now ? 1 : static_cast<double>(remaining_) / limit_;
  }
  base::Instant parked_until() const { return parked_until_; }
  bool yields(base::Instant now) const { return yielding_ && reset_ > now; }
  /// A fresh bucket would do the same.
  bool says_nothing(base::Instant now) const;

  BucketState state(base::Duration utc_minus_steady, base::Instant now) const;
  void restore(const BucketState& state, base::Duration utc_minus_steady, base::Instant now);

 private:
  int ours_of(int remaining) const;
  /// Answers may arrive after those that were sent later.
  bool late(base::Instant stated_reset, base::Instant now) const;

  Endpoint endpoint_;
  bool sized_ = false;     ///< fit() has been called
  bool yielding_ = false;  ///< until reset_
  bool assumed_ = false;   ///< reset_ is a guess
  int limit_;
  int reserve_size_ = 0;
  int remaining_ = -1;  ///< of X's window that ends at reset_, less what we took since; -1 when nothing is known
  int left_ = -1;       ///< calls of that window that are for us; -1 before fit()
  TokenBucket share_;
  TokenBucket reserve_;  ///< not used when reserve_size_ is 0
  base::Instant parked_until_{};
  base::Instant reset_{};       ///< as the first header of the window said
  base::Instant told_until_{};  ///< end of the yielding that was told last
};

}  // namespace audit
