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

}  // namespace http
