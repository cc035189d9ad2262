#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "store/store.h"

namespace app {

using Gauges = std::map<std::string, std::int64_t>;

/// "schedule: 1200 waiting, 3 running, 0 parked; lateness p99 12ms; oldest answer 14m 2s of bound 17m 31s; ..."
std::string schedule_text(const Gauges& gauges);
/// "siem: 3 pending", "ops: 0 pending, 1 dead; see adsauditd alerts dead"
std::string undelivered_text(const std::string& destination, const store::DeliveryCounts& counts);

}  // namespace app
