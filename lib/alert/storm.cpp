#include "alert/storm.h"

#include "alert/form.h"

namespace alert {
namespace {

constexpr base::Duration kMinute = std::chrono::minutes(1);

}  // namespace

int most_per_minute(const Destination& destination) {
  return destination.most_per_minute.value_or(form_of(destination.channel).manner().most_per_minute);
}

void Storm::count(const Destination& destination, base::Instant now) {
  const int most = most_per_minute(destination);
  if (most == 0) return;
  auto& lately = lately_[destination.name];
  lately.push_back(now);
  while (lately.size() > static_cast<std::size_t>(most)) lately.pop_front();  // older ones decide nothing
}

bool Storm::over_limit(const Destination& destination, base::Instant now) {
  const int most = most_per_minute(destination);
  if (most == 0) return false;
  const auto& lately = lately_[destination.name];
  return lately.size() >= static_cast<std::size_t>(most) && now - lately.front() < kMinute;
}

}  // namespace alert
