#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace http {

/// The parts of an absolute URL that a request needs.
struct Url {
  bool tls = true;                ///< from the first byte on
  std::string host;               ///< lower case; an IPv6 literal without its brackets
  std::string port;               ///< never empty
  std::string target;             ///< path and query, "/" at least
  std::string authority() const;  ///< for HTTP's Host header: the port only when it is not the scheme's own
};

/// An http or https URL. Error says what is wrong without repeating the URL (it may be a secret). Refuses user
/// information and fragments.
base::Result<Url> parse_url(std::string_view text);
/// A mail server's URL: smtp (port 587, RFC 6409) or smtps (port 465, RFC 8314), host and port and nothing else.
/// Errors as above.
base::Result<Url> parse_mail_url(std::string_view text);
/// True when the scheme is smtp or smtps, whatever follows.
bool is_mail_url(std::string_view text);

/// True when `text` is `origin` (what stands before the target in a URL that parse_url() took) and a target that needs
/// no parsing: parse_url() would take `text` too, with the same host and port, and what follows the origin as target.
/// False says nothing.
bool has_plain_target(std::string_view text, std::string_view origin);

}  // namespace http
