#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace http {

/// Where a listener of ours stands.
struct Endpoint {
  std::string address = "127.0.0.1";  ///< an IP address, without brackets
  std::uint16_t port = 0;             ///< 0: any free one
  bool operator==(const Endpoint&) const = default;

  bool loopback() const;
  /// As a browser writes it in Host, always with the port: "[::1]:9487".
  std::string authority() const;
};

/// "127.0.0.1:9487" or "[::1]:9487": an IP address, since a name may mean another one tomorrow.
base::Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace http
