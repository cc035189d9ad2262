#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "xads/credentials.h"

namespace xads {

/// Decoded name and value.
using Parameter = std::pair<std::string, std::string>;

/// RFC 5849 section 3.6: everything but A-Z a-z 0-9 - . _ ~ becomes %XX.
std::string percent_encode(std::string_view text);
/// RFC 5849 section 3.4.1.2: scheme and host in lower case, no default port, no query.
/// Requires a URL that http::parse_url() accepts.
std::string base_string_url(std::string_view url);
/// RFC 5849 section 3.4.1.3.2: encoded, sorted, joined.
std::string parameter_string(const std::vector<Parameter>& parameters);
/// RFC 5849 section 3.4.1.1. `url` as base_string_url() gives it.
std::string signature_base_string(std::string_view method, std::string_view url,
                                  const std::vector<Parameter>& parameters);
/// RFC 5849 section 3.4.2: base64 of HMAC-SHA1.
std::string signature(std::string_view base_string, const base::Secret& consumer_secret,
                      const base::Secret& token_secret);
/// RFC 5849 section 3.5.1: the oauth_* parameters, with the signature, as the value of an Authorization header.
std::string header_value(std::vector<Parameter> protocol_parameters);

struct SigningContext {
  std::string nonce;            ///< unique for each request
  long long timestamp_seconds;  ///< since the epoch, UTC
};

/// The whole value of the Authorization header. `parameters` are those of the query and of a form body, decoded.
/// `url` may carry its query; it is not looked at. An empty `token` is left out: the first step of a sign-in has none.
std::string authorization_header(std::string_view method, std::string_view url,
                                 const std::vector<Parameter>& parameters, const Consumer& consumer,
                                 const AccessToken& token, const SigningContext& context);

/// The same for a `base_url` that base_string_url() gave: who signs many requests to one host reads its URL once.
std::string authorization_header_for(std::string_view method, std::string_view base_url,
                                     const std::vector<Parameter>& parameters, const Consumer& consumer,
                                     const AccessToken& token, const SigningContext& context);

}  // namespace xads
