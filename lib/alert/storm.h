#pragma once

#include <deque>
#include <map>
#include <string>

#include "alert/destination.h"
#include "base/time.h"

namespace alert {

/// Counts the messages that people get, so that many become few. Holds no clock: all times are of the steady one and
/// do not go back.
class Storm {
 public:
  /// One more message was written for this destination.
  void count(const Destination& destination, base::Instant now);
  /// As many as its people want within a minute have been written in the last one.
  bool over_limit(const Destination& destination, base::Instant now);

 private:
  std::map<std::string, std::deque<base::Instant>> lately_;  ///< by destination
};

/// What people want at most: the destination's own word, or the channel's. 0: no limit.
int most_per_minute(const Destination& destination);

}  // namespace alert
