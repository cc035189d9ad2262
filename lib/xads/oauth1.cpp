#include "xads/oauth1.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "http/url.h"

namespace xads {
namespace {

/// RFC 3986 section 2.3. A table of our own, because std::isalnum() asks the locale.
constexpr auto kUnreserved = [] {
  std::array<bool, 256> unreserved{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))
    unreserved[static_cast<unsigned char>(c)] = true;
  return unreserved;
}();

/// How many characters at the start of `text` stay as they are.
std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && kUnreserved[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

void append_encoded(std::string& to, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (std::size_t plain; (plain = plain_length(text)) < text.size(); text.remove_prefix(plain + 1)) {
    const auto byte = static_cast<unsigned char>(text[plain]);
    const std::array<char, 3> escape{'%', kDigits[byte >> 4], kDigits[byte & 15]};
    to.append(text.data(), plain).append(escape.data(), escape.size());
  }
  to += text;
}

/// Encodes what is encoded already: of its characters only the percent sign changes.
void append_encoded_again(std::string& to, std::string_view encoded) {
  for (std::size_t percent; (percent = encoded.find('%')) != std::string_view::npos; encoded.remove_prefix(percent + 1))
    to.append(encoded.data(), percent).append("%25");
  to.append(encoded);
}

/// `text` itself where it stays as it is, which keys and tokens of X's do; else its encoded form, in `room`.
std::string_view encoded_view(std::string_view text, std::string& room) {
  if (plain_length(text) == text.size()) return text;
  room = percent_encode(text);
  return room;
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::vector<Parameter> encoded_and_sorted(const std::vector<Parameter>& parameters) {
  std::vector<Parameter> encoded;
  encoded.reserve(parameters.size());
  for (const auto& [name, value] : parameters) encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::sort(encoded.begin(), encoded.end());  // by encoded name, then by encoded value, byte by byte
  return encoded;
}

bool comes_before(const Parameter& encoded, const ProtocolParameter& protocol) {
  if (encoded.first != protocol.name) return encoded.first < protocol.name;
  return encoded.second < protocol.value;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  append_encoded(encoded, text);
  return encoded;
}

std::string base_string_url(std::string_view url) {
  const auto parsed = http::parse_url(url);
  ENSURE(parsed.ok());
  const http::Url& parts = parsed.value();
  const std::string_view path = std::string_view(parts.target).substr(0, parts.target.find('?'));
  return std::string(parts.tls ? "https://" : "http://").append(parts.authority()).append(path);
}

std::string parameter_string(const std::vector<Parameter>& parameters) {
  std::string text;
  for (const auto& [name, value] : encoded_and_sorted(parameters)) {
    if (!text.empty()) text += '&';
    text.append(name).append(1, '=').append(value);
  }
  return text;
}

Signable make_signable(std::string_view method, std::string_view base_url, const std::vector<Parameter>& parameters) {
  std::string start;
  start.reserve(method.size() + base_url.size() + 32);  // a slash becomes three characters, and a URL has few of them
  start.append(to_upper(method)).append(1, '&');
  append_encoded(start, base_url);
  start += '&';
  return {std::move(start), encoded_and_sorted(parameters)};
}

std::string signature_base_string(const Signable& request, std::span<const ProtocolParameter> protocol) {
  std::string text;
  text.reserve(1024);  // one of X's without a query has about 470 characters
  text = request.start;
  std::string_view separator;  // none before the first one
  const auto append = [&](std::string_view name, std::string_view value) {
    text += std::exchange(separator, "%26");
    append_encoded_again(text, name);
    text += "%3D";
    append_encoded_again(text, value);
  };
  auto other = request.parameters.begin();
  for (const auto& parameter : protocol) {
    for (; other != request.parameters.end() && comes_before(*other, parameter); ++other)
      append(other->first, other->second);
    append(parameter.name, parameter.value);
  }
  for (; other != request.parameters.end(); ++other) append(other->first, other->second);
  return text;
}

std::string signature(std::string_view base_string, std::string_view consumer_secret, std::string_view token_secret) {
  std::string key;
  key.reserve(3 * (consumer_secret.size() + token_secret.size()) + 1);  // growing would leave freed copies behind
  append_encoded(key, consumer_secret);
  key += '&';
  append_encoded(key, token_secret);
  const base::Sha1 digest = base::hmac_sha1(key, base_string);
  ::OPENSSL_cleanse(key.data(), key.size());
  return base::to_base64(base::as_view(digest));
}

std::string header_value(std::span<const ProtocolParameter> protocol, std::string_view signature) {
  constexpr std::string_view kSignature = "oauth_signature";
  std::string text;
  text.reserve(512);  // a header of X's has about 380 characters
  const auto append = [&](std::string_view name, std::string_view value) {
    text.append(text.empty() ? "OAuth " : "\", ").append(name).append("=\"").append(value);
  };
  auto parameter = protocol.begin();
  for (; parameter != protocol.end() && parameter->name < kSignature; ++parameter)
    append(parameter->name, parameter->value);
  append(kSignature, percent_encode(signature));
  for (; parameter != protocol.end(); ++parameter) append(parameter->name, parameter->value);
  return text += '"';
}

std::string authorization_header(const Signable& request, const Consumer& consumer, const TokenText& token,
                                 const SigningContext& context, const ProtocolParameter& extra) {
  std::string key_room;
  std::string token_room;
  const std::string timestamp = std::to_string(context.timestamp_seconds);
  std::array<ProtocolParameter, 7> sorted{{{"oauth_consumer_key", encoded_view(consumer.key.reveal(), key_room)},
                                           {"oauth_nonce", context.nonce},
                                           {"oauth_signature_method", "HMAC-SHA1"},
                                           {"oauth_timestamp", timestamp}}};
  std::size_t count = 4;
  if (!token.token.empty()) sorted[count++] = {"oauth_token", encoded_view(token.token, token_room)};
  sorted[count++] = {"oauth_version", "1.0"};
  if (!extra.name.empty()) {
    const auto by_name = [](const ProtocolParameter& left, const ProtocolParameter& right) {
      return left.name < right.name;
    };
    sorted[count++] = extra;
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count), by_name);
  }
  const auto protocol = std::span(sorted).first(count);
  const std::string base_string = signature_base_string(request, protocol);
  return header_value(protocol, signature(base_string, consumer.secret.reveal(), token.secret));
}

std::string authorization_header(std::string_view method, std::string_view url,
                                 const std::vector<Parameter>& parameters, const Consumer& consumer,
                                 const AccessToken& token, const SigningContext& context) {
  return authorization_header(make_signable(method, base_string_url(url), parameters), consumer, reveal(token),
                              context);
}

}  // namespace xads
