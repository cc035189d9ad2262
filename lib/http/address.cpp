#include "http/address.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace http {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Block4 {
  std::uint32_t first;
  int prefix;  ///< bits that count, 1 to 32
};
struct Block6 {
  std::array<std::uint8_t, 16> first;
  int prefix;  ///< bits that count, 1 to 128
};

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0) {
  return a << 24 | b << 16 | c << 8;
}

// The IANA registry of special-purpose IPv4 addresses (RFC 6890), what is not globally reachable, and multicast.
constexpr std::array kSpecial4{
    Block4{ipv4(0, 0), 8},           // "this network", with the unspecified address
    Block4{ipv4(10, 0), 8},          // private
    Block4{ipv4(100, 64), 10},       // shared by carriers
    Block4{ipv4(127, 0), 8},         // loopback
    Block4{ipv4(169, 254), 16},      // link-local, cloud metadata
    Block4{ipv4(172, 16), 12},       // private
    Block4{ipv4(192, 0, 0), 24},     // protocol assignments
    Block4{ipv4(192, 0, 2), 24},     // documentation
    Block4{ipv4(192, 88, 99), 24},   // 6to4 relays, withdrawn
    Block4{ipv4(192, 168), 16},      // private
    Block4{ipv4(198, 18), 15},       // benchmarks
    Block4{ipv4(198, 51, 100), 24},  // documentation
    Block4{ipv4(203, 0, 113), 24},   // documentation
    Block4{ipv4(224, 0), 4},         // multicast
    Block4{ipv4(240, 0), 4},         // reserved, with broadcast
};
constexpr std::array kPrivate4{Block4{ipv4(10, 0), 8}, Block4{ipv4(127, 0), 8}, Block4{ipv4(172, 16), 12},
                               Block4{ipv4(192, 168), 16}};

constexpr Block6 kGlobalUnicast{{0x20}, 3};
constexpr Block6 kSixToFour{{0x20, 0x02}, 16};          // RFC 3056: IPv4 in bytes 2 to 5
constexpr Block6 kNat64{{0x00, 0x64, 0xFF, 0x9B}, 96};  // RFC 6052: IPv4 in bytes 12 to 15
constexpr Block6 kUniqueLocal{{0xFC}, 7};               // RFC 4193
constexpr std::array kSpecial6{
    Block6{{0x20, 0x01}, 23},              // protocol assignments, with Teredo and ORCHID
    Block6{{0x20, 0x01, 0x0D, 0xB8}, 32},  // documentation
    Block6{{0x3F, 0xFF}, 20},              // documentation (RFC 9637)
};

bool is_in(const Block4& block, const address_v4& address) {
  return (address.to_uint() ^ block.first) >> (32 - block.prefix) == 0;
}

bool is_in(const Block6& block, const address_v6& address) {
  const auto bytes = address.to_bytes();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const int bits = std::clamp(block.prefix - static_cast<int>(at) * 8, 0, 8);
    const int difference = bytes[at] ^ block.first[at];
    if (difference >> (8 - bits) != 0) return false;
  }
  return true;
}

template <class Blocks, class Address>
bool is_in_any(const Blocks& blocks, const Address& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const auto& block) { return is_in(block, address); });
}

/// The IPv4 address in the four bytes that start at `at`.
address_v4 carried_at(const address_v6& address, std::size_t at) {
  const auto bytes = address.to_bytes();
  return address_v4(address_v4::bytes_type{bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool is_public4(const address_v4& address) { return !is_in_any(kSpecial4, address); }

bool is_public6(const address_v6& address) {
  if (address.is_v4_mapped() || is_in(kNat64, address)) return is_public4(carried_at(address, 12));
  if (is_in(kSixToFour, address)) return is_public4(carried_at(address, 2));
  // Loopback, unspecified, v4-compatible, link-local, unique local and multicast lie outside of global unicast.
  return is_in(kGlobalUnicast, address) && !is_in_any(kSpecial6, address);
}

}  // namespace

bool is_public(const address& address) {
  return address.is_v4() ? is_public4(address.to_v4()) : is_public6(address.to_v6());
}

bool is_private(const address& address) {
  if (address.is_v4()) return is_in_any(kPrivate4, address.to_v4());
  const address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return is_in_any(kPrivate4, carried_at(v6, 12));
  return v6.is_loopback() || is_in(kUniqueLocal, v6);
}

}  // namespace http
