#pragma once

#include <optional>
#include <string>

#include "http/message.h"
#include "http/url.h"

namespace http {

/// What keeps the request from being sent: a method or header that is no HTTP, that would smuggle a second line, or a
/// header that is the transport's own business. Nothing when it is fine. The text repeats no value.
std::optional<std::string> fault_in(const Request& request);
/// True when `value` may stand in a header: no CR, LF, NUL or other control character but the tab.
bool is_header_value(std::string_view value);

/// The request as bytes on the wire (RFC 9112), head and body in one piece. `authorization` may be empty: then no such
/// header is sent. Requires a request without fault and an authorization that is a header value.
std::string to_wire(const Request& request, const Url& url, std::string_view authorization);

}  // namespace http
