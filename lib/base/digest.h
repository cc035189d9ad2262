#pragma once

#include <array>
#include <string_view>

namespace base {

using Sha1 = std::array<unsigned char, 20>;
using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
/// OAuth 1.0a asks for it (RFC 5849 section 3.4.2); not for anything new.
Sha1 hmac_sha1(std::string_view key, std::string_view bytes);

/// Compares in a time that does not depend on where the texts differ.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace base
