#pragma once

#include <deque>
#include <vector>

#include "http/deadlines.h"

namespace http {

class Connection;

/// Remembers which connections of one site wait for work, and since when. Owns none. The last to come is the first to
/// go out again, so that those beyond the need grow old and can be closed.
class IdleConnections {
 public:
  using TimePoint = Deadlines::Clock::time_point;

  void put(Connection& connection, TimePoint now) { waiting_.push_back({&connection, now}); }
  /// The connection that has waited for the shortest time, or nullptr.
  Connection* take();
  void remove(const Connection& connection);
  std::size_t size() const { return waiting_.size(); }

  /// Takes out those that have waited since before or at `since`.
  std::vector<Connection*> take_older(TimePoint since);
  /// Since when the oldest one waits; max() when there is none.
  TimePoint oldest() const { return waiting_.empty() ? TimePoint::max() : waiting_.front().since; }

 private:
  struct Waiting {
    Connection* connection;
    TimePoint since;
  };
  std::deque<Waiting> waiting_;  ///< oldest first
};

}  // namespace http
