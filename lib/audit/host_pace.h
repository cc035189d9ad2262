#pragma once

#include <cstddef>
#include <optional>

#include "base/time.h"

namespace audit {

/// How hard one host may be pressed: so many questions at once, half of that after trouble, a little more with every
/// success; no question at all for a while when it asks for that, or when one trouble follows another, and then one
/// question alone to see whether it is well. Trouble is a 5xx, a broken connection, a time-out; a refusal is none.
/// All times are steady. Loop thread only.
///
///   open -5 troubles in a row, or retry-after-> paused -time-> half-open (one question)
///   half-open -success-> open (from one at a time, growing)    half-open -trouble-> paused, twice as long
class HostPace {
 public:
  explicit HostPace(std::size_t most_in_flight);

  /// Goes on where another one, of the same host, stands, whose questions have all ended or are forgotten.
  void continue_after(const HostPace& other);

  /// Nothing: another question may start now. Otherwise when to look again; Instant::max() when an answer must come
  /// first.
  std::optional<base::Instant> wait(base::Instant now) const;
  void started(base::Instant now);
  /// Every started question ends in one of these. `abandoned`: nobody waits for its answer any more; when the host is
  /// half-open, another question may try.
  void succeeded(base::Instant started_at, base::Instant now);
  void troubled(base::Instant started_at, std::optional<base::Duration> retry_after, base::Instant now);
  void abandoned();

  std::size_t limit() const;      ///< how many may be under way when there is no pause
  std::size_t in_flight() const;  ///< how many are
  /// Until when no question starts at all; nothing when open or half-open.
  std::optional<base::Instant> paused_until(base::Instant now) const;

 private:
  /// Started before the present pause, or before the one that ended last: its answer says nothing about the present.
  bool stale(base::Instant started_at) const;
  void pause(base::Duration length, base::Instant now);
  void grow();

  std::size_t most_;
  std::size_t limit_;
  std::size_t quick_until_;  ///< below this limit each success adds one: it is half of what went well before a pause
  std::size_t in_flight_ = 0;
  std::size_t successes_ = 0;  ///< since the limit grew last
  int troubles_ = 0;           ///< in a row
  bool closed_ = false;        ///< paused or half-open
  bool trying_ = false;        ///< half-open, and its one question is under way
  base::Instant paused_until_{};
  base::Duration pause_{0};  ///< the latest; zero after a recovery
  base::Instant halved_at_;  ///< the limit changes again for questions that started later only
  base::Instant opened_at_;  ///< start of the question that ended the latest pause
};

}  // namespace audit
