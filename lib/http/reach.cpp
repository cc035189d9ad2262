#include "http/reach.h"

#include <algorithm>

#include "http/address.h"

namespace http {

std::optional<std::string_view> objection_to(const Addresses& addresses, Reach reach, bool tls) {
  const auto all = [&](bool (*is_fine)(const boost::asio::ip::address&)) {
    return std::all_of(addresses.begin(), addresses.end(), is_fine);
  };
  if (reach == Reach::kPublicAddress && !all(is_public)) return "is not at a public address, which this request needs";
  if (!tls && reach != Reach::kPrivateToo) return "must be asked over https";
  if (!tls && !all(is_private)) return "is not at a private address and must be asked over https";
  return std::nullopt;
}

}  // namespace http
