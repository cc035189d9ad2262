#include "base/encoding.h"

#include <openssl/evp.h>

#include <algorithm>

namespace base {

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP writes a closing NUL
  const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), as_bytes(bytes).data(),
                                       static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  const bool blank = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' '; });
  if (text.size() % 4 != 0 || blank)
    return Failure{"it is not base64 (its length must be a multiple of four, without blanks)"};
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), as_bytes(text).data(),
                                       static_cast<int>(text.size()));
  if (length < 0) return Failure{"it is not base64"};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  if (to_base64(bytes) != text) return Failure{"it is not base64 (padding or spare bits are wrong)"};
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(2 * bytes.size(), '\0');
  auto digit = text.begin();
  for (const unsigned char byte : as_bytes(bytes)) {
    *digit++ = kDigits[byte >> 4];
    *digit++ = kDigits[byte & 15];
  }
  return text;
}

}  // namespace base
