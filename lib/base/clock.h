#pragma once

#include "base/time.h"

namespace base {

/// The two times of one instant. Decisions about waiting use `steady`, records and signatures use `utc`.
struct Moment {
  Instant utc;     ///< the wall clock: may jump, forwards and back
  Instant steady;  ///< never goes back; starts as the wall clock of the program's start and ticks evenly from there
};

/// Tells the time. Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Moment now() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  SystemClock();
  Moment now() const override;

 private:
  Instant started_utc_;
  std::chrono::steady_clock::time_point started_steady_;
};

/// A clock for tests: stands still until told. One thread only.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : moment_{start, start} {}
  Moment now() const override { return moment_; }

  void advance(Duration by) {
    moment_.utc += by;
    moment_.steady += by;
  }
  /// Moves the wall clock alone, as an operator or NTP would.
  void step_wall(Duration by) { moment_.utc += by; }

 private:
  Moment moment_;
};

}  // namespace base
