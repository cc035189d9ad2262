#pragma once

#include "base/time.h"

namespace verdict {

/// Believes a sign only when enough answers in a row show it over some time, and its end in the same way: a single odd
/// answer says nothing. Steady time; `now` must not go back.
class Agreement {
 public:
  struct Terms {
    int begin = 2;                 ///< signs in a row that begin it
    int end = 2;                   ///< answers in a row without it that end it
    base::Duration least_span{0};  ///< from the first to the last of either
  };
  enum class News { kNone, kBegan, kEnded };

  explicit Agreement(Terms terms, bool holds = false) : terms_(terms), holds_(holds) {}

  News hear(bool sign, base::Instant now);
  bool holds() const { return holds_; }
  /// Some answers speak against what holds, but not enough of them yet: more answers would help.
  bool undecided() const { return against_ > 0; }

 private:
  Terms terms_;
  bool holds_;
  int against_ = 0;  ///< answers in a row that contradict holds_
  base::Instant first_against_{};
};

}  // namespace verdict
