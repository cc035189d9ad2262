#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

std::string to_base64(std::string_view bytes);
/// Strict: standard alphabet, padded, no blanks.
Result<std::string> from_base64(std::string_view text);
std::string to_hex(std::string_view bytes);

inline std::string_view as_view(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const unsigned char> as_bytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace base
