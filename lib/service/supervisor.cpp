#include "service/supervisor.h"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <ctime>

namespace service {

void Supervisor::ready() const { ::sd_notify(0, "READY=1"); }
void Supervisor::stopping() const { ::sd_notify(0, "STOPPING=1"); }
void Supervisor::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = std::uint64_t{1'000'000} * static_cast<std::uint64_t>(now.tv_sec) +
                            static_cast<std::uint64_t>(now.tv_nsec) / 1000;
  ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds)).c_str());
}
void Supervisor::status(const std::string& line) const { ::sd_notify(0, ("STATUS=" + line).c_str()); }
void Supervisor::feed_watchdog() const { ::sd_notify(0, "WATCHDOG=1"); }

std::optional<base::Duration> Supervisor::watchdog_period() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<base::Duration>(std::chrono::microseconds(microseconds));
}

}  // namespace service
