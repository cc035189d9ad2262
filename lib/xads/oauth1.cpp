#include "xads/oauth1.h"

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "http/url.h"

namespace xads {
namespace {

/// RFC 3986 section 2.3. Written out, because std::isalnum() asks the locale.
bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void append_encoded(std::string& to, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      to += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    to += '%';
    to += kDigits[byte >> 4];
    to += kDigits[byte & 15];
  }
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

/// The key is made of both secrets: reserved in one piece, so that growing leaves no freed copy of them behind.
base::Secret signing_key(const base::Secret& consumer_secret, const base::Secret& token_secret) {
  std::string key;
  key.reserve(3 * (consumer_secret.reveal().size() + token_secret.reveal().size()) + 1);
  append_encoded(key, consumer_secret.reveal());
  key += '&';
  append_encoded(key, token_secret.reveal());
  return base::Secret(std::move(key));
}

/// What goes both under the signature and into the header.
std::vector<Parameter> protocol_parameters(const Consumer& consumer, const AccessToken& token,
                                           const SigningContext& context) {
  std::vector<Parameter> parameters{{"oauth_consumer_key", std::string(consumer.key.reveal())},
                                    {"oauth_nonce", context.nonce},
                                    {"oauth_signature_method", "HMAC-SHA1"},
                                    {"oauth_timestamp", std::to_string(context.timestamp_seconds)}};
  // The first step of a sign-in has no token yet.
  if (!token.token.empty()) parameters.emplace_back("oauth_token", std::string(token.token.reveal()));
  parameters.emplace_back("oauth_version", "1.0");
  return parameters;
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
  std::vector<Parameter> encoded;
  encoded.reserve(parameters.size());
  for (const auto& [name, value] : parameters) encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::sort(encoded.begin(), encoded.end());  // by encoded name, then by encoded value, byte by byte
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text.append(name).append(1, '=').append(value);
  }
  return text;
}

std::string signature_base_string(std::string_view method, std::string_view url,
                                  const std::vector<Parameter>& parameters) {
  const std::string joined = parameter_string(parameters);
  std::string text = to_upper(method);
  text.reserve(text.size() + 2 * (url.size() + joined.size()));  // every '/', '=' and '&' becomes three characters
  text += '&';
  append_encoded(text, url);
  text += '&';
  append_encoded(text, joined);
  return text;
}

std::string signature(std::string_view base_string, const base::Secret& consumer_secret,
                      const base::Secret& token_secret) {
  const base::Secret key = signing_key(consumer_secret, token_secret);
  return base::to_base64(base::as_view(base::hmac_sha1(key.reveal(), base_string)));
}

std::string header_value(std::vector<Parameter> protocol_parameters) {
  std::sort(protocol_parameters.begin(), protocol_parameters.end());
  std::string text = "OAuth ";
  text.reserve(512);  // a header of X's has about 380 characters
  for (const auto& [name, value] : protocol_parameters) {
    if (!text.ends_with(' ')) text += ", ";
    append_encoded(text, name);
    text += "=\"";
    append_encoded(text, value);
    text += '"';
  }
  return text;
}

std::string authorization_header(std::string_view method, std::string_view url,
                                 const std::vector<Parameter>& parameters, const Consumer& consumer,
                                 const AccessToken& token, const SigningContext& context) {
  return authorization_header_for(method, base_string_url(url), parameters, consumer, token, context);
}

std::string authorization_header_for(std::string_view method, std::string_view base_url,
                                     const std::vector<Parameter>& parameters, const Consumer& consumer,
                                     const AccessToken& token, const SigningContext& context) {
  auto protocol = protocol_parameters(consumer, token, context);
  auto all = protocol;
  all.insert(all.end(), parameters.begin(), parameters.end());
  const std::string base_string = signature_base_string(method, base_url, all);
  protocol.emplace_back("oauth_signature", signature(base_string, consumer.secret, token.secret));
  return header_value(std::move(protocol));
}

}  // namespace xads
