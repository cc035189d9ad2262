#pragma once

#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace service {

/// Signs of life, given by the loop and looked at from other threads. Instants are steady.
class Health {
 public:
  /// A loop that turns gives a sign every few seconds; one that is taken apart and built anew for other settings takes
  /// a while.
  static constexpr base::Duration kMostSilent{30'000};

  explicit Health(base::Instant now) { give_sign(now); }
  void give_sign(base::Instant now) { sign_at_.store(base::to_epoch_ms(now), std::memory_order_relaxed); }
  /// Audits and alerts go on: it has loaded, is not stopping, and can write.
  void set_ready(bool ready) { ready_.store(ready, std::memory_order_relaxed); }

  bool healthy(base::Instant now) const {
    return now - base::from_epoch_ms(sign_at_.load(std::memory_order_relaxed)) <= kMostSilent;
  }
  bool ready(base::Instant now) const { return ready_.load(std::memory_order_relaxed) && healthy(now); }

 private:
  std::atomic<std::int64_t> sign_at_{0};  ///< milliseconds
  std::atomic<bool> ready_{false};
};

}  // namespace service
