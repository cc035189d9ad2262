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

/// Which ad accounts to list, and from where on.
struct AccountsQuery {
  int count = 1000;                      ///< in one page; 1 to 1000
  std::string cursor;                    ///< next_cursor of the page before; empty for the first one
  std::vector<std::string> account_ids;  ///< only these; empty for all that the user can reach
  bool with_deleted = false;
};

/// Makes signed requests; sends nothing. The request signs itself anew on every attempt and opens the token only then,
/// so `clock`, `random`, `consumer` and whatever the token source refers to must outlive the request; the client itself
/// need not. Loop thread only.
class Client {
 public:
  /// Requires URLs in `options` as described there.
  Client(const ApiOptions& options, const base::Clock& clock, base::Random& random);

  /// GET accounts/:account_id/authenticated_user_access
  http::Request access_request(const Consumer& consumer, TokenSource token, std::string_view account_id) const;
  /// GET accounts
  http::Request accounts_request(const Consumer& consumer, TokenSource token, const AccountsQuery& query) const;
  /// GET /1.1/account/verify_credentials.json on the identity host: does this token live at all?
  http::Request identity_request(const Consumer& consumer, TokenSource token) const;
  /// POST /oauth/request_token on the identity host, the first step of a sign-in: xads/sign_in.h reads the answer.
  /// `callback` is "oob" for a PIN, or the URL that the browser is sent back to.
  http::Request request_token_request(const Consumer& consumer, std::string_view callback) const;
  /// POST /oauth/access_token, the last step: `verifier` is the PIN, or what the browser brought back. `request_token`
  /// outlives the request.
  http::Request access_token_request(const Consumer& consumer, const AccessToken& request_token,
                                     std::string_view verifier) const;
  /// Where the user is sent in between, to allow the app; always asks. `request_token` is no secret by itself.
  std::string authorize_link(std::string_view request_token) const;

  // The same for a token that lies open and outlives the request.
  http::Request access_request(const Consumer& consumer, const AccessToken& token, std::string_view account_id) const;
  http::Request accounts_request(const Consumer& consumer, const AccessToken& token, int count,
                                 const std::string& cursor) const;
  http::Request identity_request(const Consumer& consumer, const AccessToken& token) const;

 private:
  http::Request signed_get(std::string url, Signable signable, const Consumer& consumer, TokenSource token) const;
  http::Request sign_in_post(const char* path, const Consumer& consumer, TokenSource token, std::string_view name,
                             std::string_view value) const;

  // All as they are signed (lower case, no default port), so that no URL is read again for a request.
  std::string accounts_url_;   ///< ".../12/accounts"
  std::string identity_host_;  ///< "https://api.x.com"
  std::string identity_url_;   ///< the whole of it
  std::string access_start_;   ///< what the base string of an access request has before the account
  base::Duration deadline_;
  const base::Clock& clock_;
  base::Random& random_;
};

}  // namespace xads
