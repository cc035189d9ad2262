#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "base/result.h"
#include "http/idle_connections.h"
#include "http/message.h"

namespace http {

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

/// One route and the connections that wait there.
struct Site {
  Route route;
  std::string authority;  ///< for the Host header
  IdleConnections idle;
};

/// All sites that were ever asked: the settings name them, so they are few, and they stay where they are.
class Sites {
 public:
  struct Place {
    Site* site = nullptr;
    std::string target;  ///< path and query
  };

  /// Error says what is wrong with the URL without repeating it.
  base::Result<Place> find(std::string url, Reach reach);

  auto begin() { return sites_.begin(); }
  auto end() { return sites_.end(); }

 private:
  std::map<Route, Site> sites_;
  /// Most requests go where the last one went: what its URL said before the target, and where that led.
  std::string last_origin_;
  Site* last_ = nullptr;
};

}  // namespace http
