#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace http {

/// What keeps the request from being sent: a method or header that is no HTTP, that would smuggle a second line, or a
/// header that is the transport's own business. Nothing when it is fine. The text repeats no value.
std::optional<std::string> fault_in(const Request& request);
/// RFC 9110 section 5.6.2: a method or the name of a header.
bool is_token(std::string_view text);
/// True when `value` may stand in a header: no CR, LF, NUL or other control character but the tab.
bool is_header_value(std::string_view value);

struct Destination {
  std::string_view authority;  ///< for the Host header
  std::string_view target;     ///< path and query
};

/// Puts the request as bytes on the wire (RFC 9112), head and body in one piece, in place of what `text` held: a text
/// that is used again keeps its room. `authorization` may be empty: then no such header is sent. Requires a request
/// without fault and an authorization that is a header value. The request's URL is not looked at.
void write_request(const Request& request, const Destination& destination, std::string_view authorization,
                   std::string& text);

}  // namespace http
