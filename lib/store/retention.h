#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace store {

/// How long what is over is kept. What is going on stays whatever its age: open incidents, pending deliveries, what is
/// held of each pair, and of the change log what still tells who has access.
struct Retention {
  base::Duration history = std::chrono::hours(24 * 365 * 5);   ///< of the change log, by the time of the change
  base::Duration observations = std::chrono::hours(24 * 400);  ///< answers that were heard until another one came
  base::Duration incidents =
      std::chrono::hours(24 * 400);                     ///< since they were resolved; announced changes, mutes, hours
  base::Duration alerts = std::chrono::hours(24 * 90);  ///< with the bytes and attempts of their deliveries
  base::Duration dead_letters = std::chrono::hours(24 * 400);  ///< alerts with a delivery that was given up
  /// Bytes in use. Above it alerts, observations and incidents may go that are older than kLeastKept, the oldest first.
  /// Nothing goes of the change log.
  std::optional<std::uint64_t> max_size;
};
constexpr base::Duration kLeastKept = std::chrono::hours(24 * 7);

/// What one step of throwing away did.
struct Pruned {
  std::uint64_t changes = 0;
  std::uint64_t observations = 0;
  std::uint64_t incidents = 0;  ///< with announced changes and mutes
  std::uint64_t alerts = 0;
  std::uint64_t pages = 0;  ///< given back to the file system
  bool more = false;        ///< this pass is not over

  /// The next step of the same pass.
  void add(const Pruned& step) {
    changes += step.changes;
    observations += step.observations;
    incidents += step.incidents;
    alerts += step.alerts;
    pages += step.pages;
    more = step.more;
  }
};

}  // namespace store
