// Checks OAuth 1.0a signatures (RFC 5849) the way a server must: from the bytes of the request alone.
//
// Written apart from the signer in lib/xads on purpose; the two must agree only because both follow the RFC.
// tests/end_to_end/test_fake_with_oauthlib.py holds this file against a third implementation.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "text.h"

namespace fakes {

/// What a server sees of a request before it trusts any of it.
struct SignedRequest {
  std::string method;
  std::string scheme = "https";
  std::string host;    ///< the Host header, with its port
  std::string target;  ///< path and query exactly as sent
  std::string authorization;
  std::string form_body;  ///< empty unless the body is application/x-www-form-urlencoded
};

/// The parts of an Authorization header, percent-decoded.
struct OauthHeader {
  std::string consumer_key;
  std::string token;  ///< empty when there is none
  std::string nonce;
  std::string signature;
  std::int64_t timestamp_s = 0;
  NameValues signed_pairs;  ///< everything but oauth_signature and realm
};

/// Nothing when the header is missing, malformed, repeats a name, lacks a needed part, or names another version than
/// 1.0 or another method than HMAC-SHA1. A missing oauth_token or oauth_version is allowed by the RFC.
std::optional<OauthHeader> read_authorization(std::string_view header);

/// RFC 5849 section 3.4.1.
std::string signature_base_string(const SignedRequest& request, const OauthHeader& header);
/// RFC 5849 section 3.4.2: base64 of the HMAC-SHA1 under the two secrets.
std::string expected_signature(std::string_view base_string, std::string_view consumer_secret,
                               std::string_view token_secret);

/// Remembers nonces for as long as their timestamps can still be accepted.
class NonceMemory {
 public:
  /// Whether this nonce of this owner is new. Forgets what is older than `keep_s`.
  bool remember(const std::string& owner, const std::string& nonce, std::int64_t now_s, std::int64_t keep_s);

 private:
  std::unordered_set<std::string> known_;
  std::deque<std::pair<std::int64_t, std::string>> by_age_;
};

}  // namespace fakes
