#include "http/request_text.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace http {
namespace {

/// Framing and routing are decided here alone; two opinions about them are how requests get smuggled.
constexpr std::array<std::string_view, 8> kOwnHeaders{"host", "content-length", "transfer-encoding", "connection",
                                                      "te",   "trailer",        "upgrade",           "expect"};

/// RFC 9110 section 5.6.2.
constexpr auto kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool names(const Header& header, std::string_view name) {
  return header.name.size() == name.size() && ::strncasecmp(header.name.data(), name.data(), name.size()) == 0;
}

bool needs_length(const Request& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return kTokenCharacters[c]; });
}

bool is_header_value(std::string_view value) {
  unsigned char bad = 0;  // looks at every byte without a branch, because that can be done for many at once
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    bad = static_cast<unsigned char>(bad | ((byte < 0x20) & (byte != '\t')) | (byte == 0x7F));
  }
  return bad == 0;
}

std::optional<std::string> fault_in(const Request& request) {
  if (!is_token(request.method) || request.method == "CONNECT") return "the method is not one that can be sent";
  for (const Header& header : request.headers) {
    if (!is_token(header.name)) return "a header's name holds a character that HTTP forbids";
    if (!is_header_value(header.value))
      return fmt::format("the header {} holds a line break or another control character", header.name);
    if (std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(), [&](auto name) { return names(header, name); }))
      return fmt::format("the header {} is set by the transport", header.name);
  }
  return std::nullopt;
}

void write_request(const Request& request, const Destination& destination, std::string_view authorization,
                   std::string& text) {
  ENSURE(is_header_value(authorization));
  text.clear();
  text.append(request.method).append(" ").append(destination.target).append(" HTTP/1.1\r\nHost: ");
  text.append(destination.authority).append("\r\n");
  bool has_agent = false;
  for (const Header& header : request.headers) {
    text.append(header.name).append(": ").append(header.value).append("\r\n");
    has_agent = has_agent || names(header, "user-agent");
  }
  if (!has_agent) text += "User-Agent: adsauditd\r\n";
  if (!authorization.empty()) text.append("Authorization: ").append(authorization).append("\r\n");
  if (needs_length(request)) text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  text.append("\r\n").append(request.body);
}

}  // namespace http
