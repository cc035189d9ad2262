#include "rate_windows.h"

#include <algorithm>

namespace fakes {

WindowLevel RateWindows::spend(const std::string& key, std::int64_t limit, std::int64_t length_s, std::int64_t now_s,
                               std::int64_t calls) {
  Window& window = windows_[key];
  if (now_s >= window.ends_s) window = {now_s + length_s, 0};
  const bool allowed = window.used < limit;
  if (allowed) window.used += calls;
  return {limit, std::max<std::int64_t>(0, limit - window.used), window.ends_s, allowed};
}

}  // namespace fakes
