#include "base/id.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace base {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTextLength = 26;

}  // namespace

IdBytes make_id_bytes(Instant now, Random& random) {
  IdBytes bytes;
  const auto ms = static_cast<std::uint64_t>(to_epoch_ms(now));
  for (int i = 0; i < 6; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  random.fill(std::span(bytes).subspan(6));
  return bytes;
}

Instant id_bytes_made_at(const IdBytes& bytes) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | bytes[i];
  return from_epoch_ms(ms);
}

std::string id_bytes_to_text(const IdBytes& bytes) {
  // 130 bits of text for 128 bits of id: the first character carries three bits only.
  std::string text;
  unsigned buffer = 0;
  int bits = 2;
  for (const unsigned char byte : bytes) {
    buffer = buffer << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[buffer >> (bits - 5) & 31];
  }
  return text;
}

Result<IdBytes> id_bytes_from_text(std::string_view text) {
  if (text.size() != kTextLength) return Failure{"it needs 26 characters after its prefix"};
  IdBytes bytes{};
  std::size_t at = 0;
  unsigned buffer = 0;
  int bits = -2;
  for (const char character : text) {
    const auto digit = kAlphabet.find(character);
    if (digit == std::string_view::npos)
      return Failure{"'" + clean_text({&character, 1}) + "' is not one of its characters"};
    buffer = buffer << 5 | static_cast<unsigned>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = static_cast<unsigned char>(buffer >> bits);
    }
  }
  if (text.front() > '7') return Failure{"it is too large"};
  return bytes;
}

}  // namespace base
