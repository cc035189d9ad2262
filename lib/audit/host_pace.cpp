#include "audit/host_pace.h"

#include <algorithm>

#include "base/ensure.h"

namespace audit {
namespace {

using namespace std::chrono_literals;

constexpr int kTroublesInARow = 5;
constexpr base::Duration kFirstPause = 1s;
constexpr base::Duration kLongestPause = 5min;
/// A host that asks for more is asked again after this nevertheless: it may have been wrong by a unit.
constexpr base::Duration kLongestWish = 15min;
/// Round trips from nothing to the most, at least; fewer would press a host that has just been in trouble.
constexpr std::size_t kRoundTripsToRecover = 64;

}  // namespace

HostPace::HostPace(std::size_t most_in_flight)
    : most_(most_in_flight),
      limit_(most_in_flight),
      quick_until_(most_in_flight),
      halved_at_(base::Instant::min()),
      opened_at_(base::Instant::min()) {
  ENSURE(most_in_flight > 0);
}

void HostPace::continue_after(const HostPace& other) {
  const std::size_t most = most_;
  const bool unhurt = other.limit_ == other.most_ && !other.closed_;
  *this = other;
  most_ = most;
  limit_ = unhurt ? most : std::min(limit_, most);
  quick_until_ = std::min(quick_until_, most);
  in_flight_ = 0;
  trying_ = false;
}

std::optional<base::Instant> HostPace::wait(base::Instant now) const {
  if (closed_ && now < paused_until_) return paused_until_;
  const bool free = closed_ ? !trying_ : in_flight_ < limit_;
  if (free) return std::nullopt;
  return base::Instant::max();
}

void HostPace::started(base::Instant now) {
  ENSURE(!wait(now));
  ++in_flight_;
  trying_ = closed_;
}

void HostPace::succeeded(base::Instant started_at, base::Instant /*now*/) {
  ENSURE(in_flight_ > 0);
  --in_flight_;
  if (stale(started_at)) return;
  if (closed_) {
    closed_ = trying_ = false;
    opened_at_ = started_at;
    limit_ = 1;
    return;
  }
  troubles_ = 0;
  if (started_at > halved_at_) grow();
}

void HostPace::troubled(base::Instant started_at, std::optional<base::Duration> retry_after, base::Instant now) {
  ENSURE(in_flight_ > 0);
  --in_flight_;
  if (stale(started_at)) return;
  const base::Duration growing = std::clamp<base::Duration>(2 * pause_, kFirstPause, kLongestPause);
  if (retry_after && *retry_after > 0ms) {
    pause(std::min<base::Duration>(*retry_after, kLongestWish), now);
  } else if (closed_ || ++troubles_ == kTroublesInARow) {
    pause(growing, now);
  } else if (started_at > halved_at_) {
    limit_ = std::max<std::size_t>(limit_ / 2, 1);
    quick_until_ = 1;
    successes_ = 0;
    halved_at_ = now;
  }
}

bool HostPace::stale(base::Instant started_at) const {
  return closed_ ? !trying_ || started_at < paused_until_ : started_at < opened_at_;
}

void HostPace::pause(base::Duration length, base::Instant now) {
  if (!closed_) quick_until_ = std::max<std::size_t>(limit_ / 2, 1);
  closed_ = true;
  trying_ = false;
  troubles_ = 0;
  successes_ = 0;
  pause_ = length;
  paused_until_ = now + length;
}

void HostPace::grow() {
  if (limit_ < quick_until_) {
    ++limit_;
  } else if (++successes_ >= limit_) {
    successes_ = 0;
    limit_ = std::min(most_, limit_ + std::max<std::size_t>(most_ / kRoundTripsToRecover, 1));
  }
  if (limit_ >= quick_until_) pause_ = 0ms;
}

void HostPace::abandoned() {
  ENSURE(in_flight_ > 0);
  --in_flight_;
  trying_ = false;
}

std::size_t HostPace::limit() const { return closed_ ? 1 : limit_; }

std::size_t HostPace::in_flight() const { return in_flight_; }

std::optional<base::Instant> HostPace::paused_until(base::Instant now) const {
  if (!closed_ || now >= paused_until_) return std::nullopt;
  return paused_until_;
}

}  // namespace audit
