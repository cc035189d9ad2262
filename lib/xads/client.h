#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/message.h"
#include "xads/credentials.h"
#include "xads/oauth1.h"

namespace xads {

/// The URLs are absolute, as http::parse_url() accepts them, without a query; a closing slash does no harm.
struct ApiOptions {
  std::string base_url = "https://ads-api.x.com";
  std::string identity_url = "https://api.x.com";
  std::string version = "12";
  base::Duration deadline{10'000};
};

/// Makes signed requests; sends nothing. The request signs itself anew on every attempt, so `clock`, `random`,
/// `consumer` and `token` must outlive the request; the client itself need not. Loop thread only.
class Client {
 public:
  /// Requires URLs in `options` as described there.
  Client(ApiOptions options, const base::Clock& clock, base::Random& random);

  /// GET accounts/:account_id/authenticated_user_access
  http::Request access_request(const Consumer& consumer, const AccessToken& token, const std::string& account_id) const;
  /// GET accounts?count=...&cursor=...; `count` 1 to 1000, `cursor` empty for the first page.
  http::Request accounts_request(const Consumer& consumer, const AccessToken& token, int count,
                                 const std::string& cursor) const;
  /// GET /1.1/account/verify_credentials.json on the identity host: does this token live at all?
  http::Request identity_request(const Consumer& consumer, const AccessToken& token) const;

 private:
  http::Request signed_get(std::string url, std::vector<Parameter> query, const Consumer& consumer,
                           const AccessToken& token) const;
  std::string versioned(std::string_view path) const;

  ApiOptions options_;  ///< its URLs as they are signed, without a closing slash
  const base::Clock& clock_;
  base::Random& random_;
};

}  // namespace xads
