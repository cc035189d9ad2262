#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/delivery.h"
#include "base/time.h"
#include "service/pair.h"
#include "store/batch.h"
#include "store/store.h"
#include "verdict/cause.h"
#include "xads/observation.h"

namespace service {

/// What the loop knows at once, without looking at each pair.
struct Figures {
  std::size_t waiting = 0, running = 0, parked = 0;  ///< pairs
  std::map<Blindness, std::uint64_t> blind;          ///< pairs; a reason that is missing has none
  base::Duration clock_offset{0};                    ///< ours less X's
  bool paused = false;                               ///< the database takes nothing
};

/// What is not delivered, as the database holds it.
struct Undelivered {
  std::uint64_t pending = 0, dead = 0;
  std::optional<base::Instant> oldest;  ///< UTC, when the oldest pending one was made
};

/// The figures that Prometheus scrapes. One for a process: counters live longer than an assembly of settings. Labels
/// have few, known values; nothing is counted by account or token. Any thread.
class Metrics {
 public:
  /// `store_path`: of the database whose size is told.
  Metrics(const std::string& version, std::string store_path, base::Instant now);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The text format of Prometheus: text/plain; version=0.0.4; charset=utf-8.
  std::string text() const;

  void heard(const xads::Answer& answer, base::Duration took);  ///< a finished audit of a pair
  void tried(const alert::DeliveryAttempt& attempt);            ///< a committed attempt, or a dead letter
  void opened(verdict::Cause cause);                            ///< an incident, committed
  void wrote(base::Duration took);                              ///< one transaction
  void reloaded(bool good, base::Instant now);                  ///< settings; `now` in UTC

  void show(const Figures& figures);
  void show(const Undelivered& undelivered);
  void show(const std::map<verdict::Severity, std::uint64_t>& open_incidents);
  /// What Engine::gauges() gave. Figures that are not there stay as they are.
  void show(const std::vector<store::Gauge>& gauges);

 private:
  struct Families;
  std::string store_path_;
  std::unique_ptr<Families> families_;
};

}  // namespace service
