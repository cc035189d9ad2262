#include "http/endpoint.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace http {

namespace ip = boost::asio::ip;

bool Endpoint::loopback() const {
  boost::system::error_code error;
  return ip::make_address(address, error).is_loopback() && !error;
}

std::string Endpoint::authority() const {
  const bool brackets = address.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

base::Result<Endpoint> parse_endpoint(std::string_view text) {
  constexpr const char* kAdvice = "is not an address and a port, such as 127.0.0.1:9487 or \"[::1]:9487\"";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return base::Failure{kAdvice};
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  Endpoint endpoint{std::string(host)};
  const auto address = ip::make_address(endpoint.address, error);
  if (error || address.is_v6() != brackets) return base::Failure{kAdvice};
  const std::string_view port = text.substr(colon + 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (failed != std::errc() || end != port.data() + port.size()) return base::Failure{kAdvice};
  return endpoint;
}

}  // namespace http
