#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "http/endpoint.h"

namespace service {

/// What the operator wants of the status listener.
struct StatusOptions {
  std::optional<http::Endpoint> listen = http::Endpoint{"127.0.0.1", 9487};  ///< nothing: it is off
  /// Names that Host may hold besides those of loopback and the address itself: "ads.example", "ads.example:8443".
  std::vector<std::string> hosts;
  bool allow_remote = false;  ///< an address that others reach is meant
  base::Secret token;         ///< whoever asks must know it; empty: everybody may ask
};

}  // namespace service
