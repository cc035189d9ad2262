#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace http {

/// The envelope of a mail: what its server is told before it gets the message (RFC 5321 section 3.3).
struct Mail {
  std::string from;             ///< one address, without angle brackets
  std::vector<std::string> to;  ///< at least one address, likewise
  std::string username;         ///< empty: does not sign in
  base::Secret password;
};

/// What keeps `message` from being sent in this envelope: an address or a line break with which a text of a stranger
/// could give the server orders of its own. Nothing when it is fine. The complaint repeats nothing of either. Pure.
std::optional<std::string_view> fault_in(const Mail& mail, std::string_view message);

}  // namespace http
