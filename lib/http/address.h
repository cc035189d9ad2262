#pragma once

#include <boost/asio/ip/address.hpp>

namespace http {

/// False for loopback, private, link-local, shared (100.64/10), multicast, unspecified, reserved and documentation
/// addresses, and for IPv6 addresses that carry one of them (v4-mapped, v4-compatible, 6to4, NAT64, unique local).
bool is_public(const boost::asio::ip::address& address);
/// Loopback, private (RFC 1918), unique local, and these mapped into IPv6: where http in the clear may go when allowed.
bool is_private(const boost::asio::ip::address& address);

}  // namespace http
