#include "store/packed_secrets.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace store {
namespace {

// The first byte says how the rest is to be read.
constexpr char kPlain = 0;   // two bytes: length of the token; token; secret
constexpr char kPacked = 1;  // eight bytes: user id; a byte each: lengths of the token's rest and of the secret; codes

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kBits = 6;
constexpr std::size_t kLongest = 255;  // characters of one packed text
constexpr std::size_t kUserBytes = 8;
constexpr std::size_t kPackedHead = 1 + kUserBytes + 2;

std::size_t packed_size(std::size_t characters) { return (characters * kBits + 7) / 8; }

bool packable(std::string_view text) {
  return text.size() <= kLongest && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

/// "756201191646691328-Ab3..." in two.
struct Shape {
  std::uint64_t user;
  std::string_view rest;
};
std::optional<Shape> shape_of(std::string_view token) {
  Shape shape{};
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), shape.user);
  const auto digits = static_cast<std::size_t>(end - token.data());
  const bool usual = error == std::errc() && token[0] != '0' && digits < token.size() && token[digits] == '-';
  if (!usual) return std::nullopt;
  shape.rest = token.substr(digits + 1);
  return packable(shape.rest) ? std::optional(shape) : std::nullopt;
}

/// Writes and reads codes of six bits, the high bits first.
class Writer {
 public:
  explicit Writer(std::string& to) : to_(to) {}
  void put(std::string_view text) {
    for (const char c : text) put(static_cast<unsigned>(kAlphabet.find(c)));
  }
  void end() {
    if (count_ > 0) to_ += static_cast<char>(bits_ << (8 - count_));
  }

 private:
  void put(unsigned code) {
    bits_ = bits_ << kBits | code;
    count_ += kBits;
    if (count_ < 8) return;
    count_ -= 8;
    to_ += static_cast<char>(bits_ >> count_);
    bits_ &= (1U << count_) - 1;
  }
  std::string& to_;
  unsigned bits_ = 0;
  std::size_t count_ = 0;
};

void read_codes(std::string_view from, std::size_t first, std::size_t count, std::string& to) {
  for (std::size_t index = first; index < first + count; ++index) {
    const std::size_t bit = index * kBits;
    const auto high = static_cast<unsigned char>(from[bit / 8]);
    const auto low = bit / 8 + 1 < from.size() ? static_cast<unsigned char>(from[bit / 8 + 1]) : 0U;
    to += kAlphabet[(static_cast<unsigned>(high) << 8 | low) >> (16 - kBits - bit % 8) & 63U];
  }
}

std::size_t byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

std::string packed(const Shape& shape, std::string_view secret) {
  std::string text;
  text.reserve(kPackedHead + packed_size(shape.rest.size() + secret.size()));  // no copy is left behind by growing
  text += kPacked;
  for (std::size_t byte = 0; byte < kUserBytes; ++byte) text += static_cast<char>(shape.user >> (8 * byte));
  text += static_cast<char>(shape.rest.size());
  text += static_cast<char>(secret.size());
  Writer writer(text);
  writer.put(shape.rest);
  writer.put(secret);
  writer.end();
  return text;
}

std::string plain(std::string_view token, std::string_view secret) {
  std::string text;
  text.reserve(3 + token.size() + secret.size());
  text += kPlain;
  text += static_cast<char>(token.size() >> 8);
  text += static_cast<char>(token.size());
  text.append(token).append(secret);
  return text;
}

xads::AccessToken unpacked(std::string_view text) {
  std::uint64_t user = 0;
  for (std::size_t byte = 0; byte < kUserBytes; ++byte) user |= std::uint64_t{byte_at(text, 1 + byte)} << (8 * byte);
  const std::size_t rest_size = byte_at(text, 1 + kUserBytes);
  const std::size_t secret_size = byte_at(text, 2 + kUserBytes);
  const std::string_view codes = text.substr(kPackedHead);
  std::array<char, 20> digits;  // as many as 64 bits have
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), user).ptr;
  std::string token;
  token.reserve(digits.size() + 1 + rest_size);
  token.append(digits.data(), end).append(1, '-');
  read_codes(codes, 0, rest_size, token);
  std::string secret;
  secret.reserve(secret_size);
  read_codes(codes, rest_size, secret_size, secret);
  return {base::Secret(std::move(token)), base::Secret(std::move(secret))};
}

}  // namespace

base::Secret pack_secrets(const xads::AccessToken& secrets) {
  const auto [token, secret] = xads::reveal(secrets);
  if (token.size() + secret.size() > xads::kTokenRoom)
    throw std::runtime_error(fmt::format(
        "an access token and its secret have more than {} bytes together, and X's have about 100: these are no such",
        xads::kTokenRoom));
  const auto shape = shape_of(token);
  return base::Secret(shape && packable(secret) ? packed(*shape, secret) : plain(token, secret));
}

base::Result<xads::AccessToken> unpack_secrets(std::string_view text) {
  const auto fails = [] { return base::Failure{"it does not hold two secrets"}; };
  if (text.empty()) return fails();
  if (text[0] == kPacked && text.size() >= kPackedHead) {
    const std::size_t characters = byte_at(text, 1 + kUserBytes) + byte_at(text, 2 + kUserBytes);
    if (text.size() != kPackedHead + packed_size(characters)) return fails();
    return unpacked(text);
  }
  if (text[0] != kPlain || text.size() < 3) return fails();
  const std::size_t length = byte_at(text, 1) << 8 | byte_at(text, 2);
  if (text.size() < 3 + length) return fails();
  return xads::AccessToken{base::Secret(std::string(text.substr(3, length))),
                           base::Secret(std::string(text.substr(3 + length)))};
}

}  // namespace store
