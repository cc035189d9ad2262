#pragma once

#include <optional>
#include <set>
#include <tuple>
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
  /// A running probe could not be asked: it waits until `ready`, and keeps its place among those that wait as long.
  void defer(const ProbeId& probe, base::Instant ready);
  /// A waiting probe is due at `due` if that is earlier; a running one is not touched.
  void hasten(const ProbeId& probe, base::Instant due);

  /// When the earliest waiting probe is due.
  std::optional<base::Instant> next_due() const;
  /// The next regular time after `now`: one interval plus a random part of the jitter.
  base::Instant after_interval(base::Instant now, base::Random& random) const;

  bool contains(const ProbeId& probe) const { return entries_.contains(probe); }
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t running() const { return entries_.size() - waiting_.size(); }

 private:
  struct Entry {
    base::Instant ready;  ///< not to be asked before
    base::Instant due;    ///< when its turn came: the longest overdue goes first
    bool running = false;
  };
  using Place = std::tuple<base::Instant, base::Instant, ProbeId>;  ///< ready, due
  static Place place_of(const ProbeId& probe, const Entry& entry) { return {entry.ready, entry.due, probe}; }
  void wait(const ProbeId& probe, Entry& entry, base::Instant ready, base::Instant due);

  ScheduleOptions options_;
  std::set<Place> waiting_;
  std::unordered_map<ProbeId, Entry> entries_;
};

}  // namespace audit
