#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "http/byte_stream.h"
#include "http/resolver.h"
#include "http/url.h"

namespace http {

/// A place that would be asked.
struct Door {
  std::string host;
  std::string port;
  bool tls = true;  ///< from the first byte on

  Door() = default;
  explicit Door(const Url& url) : host(url.host), port(url.port), tls(url.tls) {}
  bool operator<(const Door& other) const {
    return std::tie(host, port, tls) < std::tie(other.host, other.port, other.tls);
  }
};

/// How it went at a door.
struct Knock {
  Addresses addresses;          ///< of the host; empty: it has none, or none was told in time
  bool connected = false;       ///< one of them took the connection
  std::string failure;          ///< for people; empty: the door is open
  std::optional<TlsPeer> peer;  ///< who opened it; nothing in the clear, or when the handshake was left out
};

/// Looks up the name, connects, and shakes hands where TLS is spoken; sends nothing. All doors at once, and all that is
/// not decided after `patience` has failed. `context`: nullptr leaves the handshake out.
std::map<Door, Knock> knock(const std::set<Door>& doors, TlsContext* context, base::Duration patience);

}  // namespace http
