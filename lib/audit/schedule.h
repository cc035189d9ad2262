#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "audit/probe.h"
#include "base/random.h"
#include "base/time.h"

namespace audit {

struct ScheduleOptions {
  base::Duration interval{15 * 60'000};
  double jitter = 0.10;  ///< of the interval; an audit comes up to this much later, never earlier
};

/// Where within its interval a probe is asked: from a hash of its names, so that a restart makes no herd.
base::Duration phase(std::string_view token_name, std::string_view account, base::Duration interval);

/// Which probe is next. Each probe is waiting or running, never both. All times are steady. Loop thread only.
class Schedule {
 public:
  explicit Schedule(ScheduleOptions options) : options_(options) {}

  /// Requires an unknown probe.
  void add(const ProbeId& probe, base::Instant due);
  /// Waiting or running; a running probe that was removed is not put back.
  void remove(const ProbeId& probe);

  /// The waiting probe with the earliest due time, if that time has come. It is running from then on.
  std::optional<ProbeId> take_due(base::Instant now);
  /// A running probe waits again until `due`. Does nothing for a probe that was removed meanwhile.
  void put_back(const ProbeId& probe, base::Instant due);
  /// A waiting probe is due at `due` if that is earlier; a running one is not touched.
  void hasten(const ProbeId& probe, base::Instant due);

  /// When the earliest waiting probe is due.
  std::optional<base::Instant> next_due() const;
  /// The next regular time after `now`: one interval plus a random part of the jitter.
  base::Instant after_interval(base::Instant now, base::Random& random) const;

  bool contains(const ProbeId& probe) const { return due_.contains(probe); }
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t running() const { return due_.size() - waiting_.size(); }

 private:
  ScheduleOptions options_;
  std::set<std::pair<base::Instant, ProbeId>> waiting_;
  std::unordered_map<ProbeId, std::optional<base::Instant>> due_;  ///< empty while running
};

}  // namespace audit
