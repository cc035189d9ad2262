#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace http {

/// The parts of an absolute http or https URL that a request needs.
struct Url {
  bool tls = true;
  std::string host;               ///< lower case; an IPv6 literal without its brackets
  std::string port;               ///< never empty
  std::string target;             ///< path and query, "/" at least
  std::string authority() const;  ///< for the Host header: the port only when it is not the scheme's own
};

/// Error says what is wrong without repeating the URL (it may be a secret). Refuses user information and fragments.
base::Result<Url> parse_url(std::string_view text);

/// True when `text` is `origin` (what stands before the target in a URL that parse_url() took) and a target that needs
/// no parsing: parse_url() would take `text` too, with the same host and port, and what follows the origin as target.
/// False says nothing.
bool has_plain_target(std::string_view text, std::string_view origin);

}  // namespace http
