#include "http/request_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ensure.h"
#include "base/text.h"

namespace http {
namespace {

/// Framing and routing are decided here alone; two opinions about them are how requests get smuggled.
constexpr std::array<std::string_view, 8> kOwnHeaders{"host", "content-length", "transfer-encoding", "connection",
                                                      "te",   "trailer",        "upgrade",           "expect"};

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
             std::string_view::npos;
}

bool names(const Header& header, std::string_view lower_name) { return base::to_lower(header.name) == lower_name; }

bool needs_length(const Request& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

}  // namespace

bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

std::optional<std::string> fault_in(const Request& request) {
  if (!is_token(request.method) || request.method == "CONNECT") return "the method is not one that can be sent";
  for (const Header& header : request.headers) {
    if (!is_token(header.name)) return "a header's name holds a character that HTTP forbids";
    if (!is_header_value(header.value))
      return fmt::format("the header {} holds a line break or another control character", header.name);
    if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), base::to_lower(header.name)) != kOwnHeaders.end())
      return fmt::format("the header {} is set by the transport", header.name);
  }
  return std::nullopt;
}

std::string to_wire(const Request& request, const Url& url, std::string_view authorization) {
  ENSURE(is_header_value(authorization));
  std::string text;
  text.reserve(512 + url.target.size() + authorization.size() + request.body.size());
  text.append(request.method).append(" ").append(url.target).append(" HTTP/1.1\r\nHost: ").append(url.authority());
  text += "\r\n";
  bool has_agent = false;
  for (const Header& header : request.headers) {
    text.append(header.name).append(": ").append(header.value).append("\r\n");
    has_agent = has_agent || names(header, "user-agent");
  }
  if (!has_agent) text += "User-Agent: adsauditd\r\n";
  if (!authorization.empty()) text.append("Authorization: ").append(authorization).append("\r\n");
  if (needs_length(request)) text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  return text.append("\r\n").append(request.body);
}

}  // namespace http
