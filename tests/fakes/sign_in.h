// Three-legged OAuth 1.0a as X does it: request token, approval by the user, access token.
//
// The page on which a user approves is not played; a test approves with the command "approve" and carries the verifier
// back, as a PIN or through the callback.
#pragma once

#include <map>
#include <string>

#include "answers.h"
#include "world.h"

namespace fakes {

class SignIns {
 public:
  /// POST /oauth/request_token.
  Answer begin(const App& app, const std::string& callback);
  /// The token that the exchange will put into the world. Returns the verifier; BadCommand when there is no such
  /// request token.
  std::string approve(const std::string& request_token, Token token);
  /// What the app gave as its call-back; BadCommand when there is no such request token.
  const std::string& callback_of(const std::string& request_token) const;
  /// The secret that the exchange must be signed with, or nullptr when there is no such request token of this app.
  const std::string* secret_of(const App& app, const std::string& request_token) const;
  /// POST /oauth/access_token. A request token works once.
  Answer exchange(World& world, const std::string& request_token, const std::string& verifier);

 private:
  struct Pending {
    std::string app;
    std::string secret;
    std::string callback;
    std::string verifier;  ///< empty until approved
    Token approved;
  };
  std::map<std::string, Pending> pending_;  ///< by request token
  int begun_ = 0;
};

}  // namespace fakes
