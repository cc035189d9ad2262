#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "http/message.h"
#include "xads/credentials.h"

namespace xads {

/// What a finished sign-in gives: a token that acts for this user until the user revokes it.
struct SignedIn {
  AccessToken token;
  std::string user_id;      ///< digits
  std::string screen_name;  ///< without the @; may be empty
};

/// Reads the answer to Client::request_token_request(): the token of this one sign-in, and its secret. Wipes the
/// answer's body. Error: a sentence that says what X refused and what to do; it holds no secret. Pure.
base::Result<AccessToken> read_request_token(http::Reply reply);
/// Reads the answer to Client::access_token_request(), in the same way.
base::Result<SignedIn> read_access_token(http::Reply reply);

/// What a browser that comes back from X says.
struct Verifier {
  std::string text;
};
struct UserDenied {};  ///< the user said no; an older grant of the same app lives on
/// Somebody else's call, or one of another sign-in: nothing may come of it.
struct ForeignCall {
  std::string why;  ///< for a log; holds nothing of what was sent
};
using CallBack = std::variant<Verifier, UserDenied, ForeignCall>;

/// What one sign-in expects of its call-back.
struct ExpectedCallBack {
  std::string path;           ///< "/callback"
  std::string state;          ///< ours, unguessable; it went out with the call-back's URL
  std::string request_token;  ///< X's
};
/// Reads the target (path and query) of a request to the call-back's URL. State and request token must be the expected
/// ones, whatever else is said; both are compared in constant time. Pure.
CallBack read_call_back(std::string_view target, const ExpectedCallBack& expected);

/// `url` with `state` in its query: what is given to X as the call-back. X lets a call-back carry a query that the
/// app's list of call-backs does not name (https://developer.x.com/en/docs/apps/callback-urls).
std::string with_state(std::string_view url, std::string_view state);

}  // namespace xads
