#include "service/pulse.h"

namespace service {

std::string_view Pulse::complaint(const Movement& movement, base::Instant now) {
  if (movement.under_way == 0) moved_at_ = now;
  if (movement.due && now - *movement.due > kMostLate) return "what is due is not started";
  if (now - moved_at_ > kMostSilent) return "nothing that was started ends";
  return {};
}

}  // namespace service
