#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "xads/credentials.h"

namespace xads {

/// Name and value; decoded unless said otherwise.
using Parameter = std::pair<std::string, std::string>;
/// One of the oauth_* parameters, encoded.
struct ProtocolParameter {
  std::string_view name;
  std::string_view value;
};

/// RFC 5849 section 3.6: everything but A-Z a-z 0-9 - . _ ~ becomes %XX.
std::string percent_encode(std::string_view text);
/// RFC 5849 section 3.4.1.2: scheme and host in lower case, no default port, no query.
/// Requires a URL that http::parse_url() accepts.
std::string base_string_url(std::string_view url);
/// RFC 5849 section 3.4.1.3.2: encoded, sorted, joined. Also fit for a URL's query.
std::string parameter_string(const std::vector<Parameter>& parameters);

/// What a signature covers besides the protocol's own parameters: worked out once, signed anew for every attempt.
struct Signable {
  std::string start;                  ///< of the signature base string: method and URL, each with its ampersand
  std::vector<Parameter> parameters;  ///< of the query and of a form body; encoded and sorted
};
/// `base_url` as base_string_url() gives it; `parameters` decoded.
Signable make_signable(std::string_view method, std::string_view base_url, const std::vector<Parameter>& parameters);

/// RFC 5849 section 3.4.1.1. `protocol` is sorted by name and holds no oauth_signature.
std::string signature_base_string(const Signable& request, std::span<const ProtocolParameter> protocol);
/// RFC 5849 section 3.4.2: base64 of HMAC-SHA1.
std::string signature(std::string_view base_string, std::string_view consumer_secret, std::string_view token_secret);
/// RFC 5849 section 3.5.1: the value of an Authorization header, `signature` in its place among the sorted `protocol`.
std::string header_value(std::span<const ProtocolParameter> protocol, std::string_view signature);

struct SigningContext {
  std::string_view nonce;       ///< unique for each request; needs no encoding; looked at only during the call
  long long timestamp_seconds;  ///< since the epoch, UTC
};

/// The whole value of the Authorization header. An empty `token` is left out: the first step of a sign-in has none.
/// `extra`: one more of the oauth_* parameters, encoded (a sign-in has oauth_callback or oauth_verifier); without a
/// name there is none.
std::string authorization_header(const Signable& request, const Consumer& consumer, const TokenText& token,
                                 const SigningContext& context, const ProtocolParameter& extra = {});
/// The same for a request that is signed once. `parameters` are those of the query and of a form body, decoded.
/// `url` may carry its query; it is not looked at.
std::string authorization_header(std::string_view method, std::string_view url,
                                 const std::vector<Parameter>& parameters, const Consumer& consumer,
                                 const AccessToken& token, const SigningContext& context);

}  // namespace xads
