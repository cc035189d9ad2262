#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace service {

/// What the service manager is told (sd_notify(3)). Without one, every call does nothing. Any thread.
class Supervisor {
 public:
  void ready() const;
  void stopping() const;
  /// It reads its settings again; ready() is the end of it.
  void reloading() const;
  void status(const std::string& line) const;
  /// One proof of life.
  void feed_watchdog() const;
  /// How long the manager waits between two proofs, when it watches.
  static std::optional<base::Duration> watchdog_period();
};

}  // namespace service
