#include "schedule_text.h"

#include <fmt/format.h>

#include "base/time.h"

namespace app {

std::string schedule_text(const Gauges& gauges) {
  const auto value = [&](const char* name) {
    const auto gauge = gauges.find(name);
    return gauge == gauges.end() ? 0 : gauge->second;
  };
  const auto rough = [&](const char* name) { return base::to_rough_text(base::Duration(value(name))); };
  std::string text = fmt::format("schedule: {} waiting, {} running, {} parked; lateness p99 {}", value("pairs_waiting"),
                                 value("pairs_running"), value("pairs_parked"),
                                 base::to_text(base::Duration(value("lateness_p99_ms"))));
  if (value("detection_bound_ms") > 0)
    text += fmt::format("; oldest answer {} of bound {}", rough("oldest_answer_ms"), rough("detection_bound_ms"));
  const auto windows = [&](const char* name, const char* what) {
    if (value(name) > 0) text += fmt::format("; {} window{} {}", value(name), value(name) == 1 ? "" : "s", what);
  };
  windows("buckets_yielding", "left to others");
  windows("buckets_parked", "parked after a 429");
  windows("buckets_unfit", "too small for what is asked, see adsauditd budget");
  if (value("in_flight_limit") > 0)
    text += fmt::format("; {} of at most {} questions under way", value("in_flight"), value("in_flight_limit"));
  if (value("written_at_ms") > 0)
    text += fmt::format("; as of {}", base::to_text(base::from_epoch_ms(value("written_at_ms"))));
  return text;
}

std::string undelivered_text(const std::string& destination, const store::DeliveryCounts& counts) {
  const std::string dead = counts.dead == 0 ? "" : fmt::format(", {} dead; see adsauditd alerts dead", counts.dead);
  return fmt::format("{}: {} pending{}", destination, counts.pending, dead);
}

}  // namespace app
