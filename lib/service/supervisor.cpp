#include "service/supervisor.h"

#include <systemd/sd-daemon.h>

namespace service {

void Supervisor::ready() const { ::sd_notify(0, "READY=1"); }
void Supervisor::stopping() const { ::sd_notify(0, "STOPPING=1"); }
void Supervisor::status(const std::string& line) const { ::sd_notify(0, ("STATUS=" + line).c_str()); }
void Supervisor::feed_watchdog() const { ::sd_notify(0, "WATCHDOG=1"); }

std::optional<base::Duration> Supervisor::watchdog_period() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<base::Duration>(std::chrono::microseconds(microseconds));
}

}  // namespace service
