#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "http/deadlines.h"
#include "http/message.h"

namespace http {

class Connection;

/// What requests must share to share a connection. The reach belongs to it: an address that one request may talk to can
/// be forbidden to another.
struct Route {
  bool tls = true;
  std::string host;
  std::string port;
  Reach reach = Reach::kAnyAddress;
  bool operator<(const Route& other) const {
    return std::tie(tls, host, port, reach) < std::tie(other.tls, other.host, other.port, other.reach);
  }
};

/// Remembers which connections wait for work, and since when. Owns none. The last to come is the first to go out again,
/// so that those beyond the need grow old and can be closed.
class IdleConnections {
 public:
  using TimePoint = Deadlines::Clock::time_point;

  void put(const Route& route, Connection& connection, TimePoint now);
  /// The connection that has waited for the shortest time, or nullptr.
  Connection* take(const Route& route);
  void remove(const Route& route, const Connection& connection);
  std::size_t count(const Route& route) const;

  /// Takes out those that have waited since before or at `since`.
  std::vector<Connection*> take_older(TimePoint since);
  /// Since when the oldest one waits; max() when there is none.
  TimePoint oldest() const;

 private:
  struct Waiting {
    Connection* connection;
    TimePoint since;
  };
  std::map<Route, std::deque<Waiting>> waiting_;  ///< oldest first; no empty entries
};

}  // namespace http
