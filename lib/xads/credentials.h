#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace xads {

/// The app's side of a signature (X calls it API key and secret).
struct Consumer {
  base::Secret key;
  base::Secret secret;
};

/// The user's side: acts in the user's name until it is revoked.
struct AccessToken {
  base::Secret token;
  base::Secret secret;
};

/// The user whose token it claims to be: X writes the user's id, a hyphen, and the secret rest. The id is no secret.
/// Empty when the token does not begin like that.
std::string claimed_user(const AccessToken& credentials);

/// Orders by the access token alone, so that one that was seen before is found without showing it.
struct ByToken {
  bool operator()(const AccessToken& left, const AccessToken& right) const;
};

/// The same in the clear, as views into memory that somebody else wipes.
struct TokenText {
  std::string_view token;
  std::string_view secret;
};
inline TokenText reveal(const AccessToken& token) { return {token.token.reveal(), token.secret.reveal()}; }

constexpr std::size_t kTokenRoom = 512;  // bytes; a token and its secret have 95 between them

/// Opens one access token, at the moment when a request is signed. `room` has kTokenRoom bytes and is wiped as soon as
/// the signature is made: a source that keeps its token sealed opens it there, one that has it in the clear returns
/// views into its own memory. The views must hold until the signature is made, and nothing else of the caller's runs
/// in between. Empty texts when the token has gone meanwhile: the request is then signed by the app alone, and refused.
using TokenSource = std::function<TokenText(std::span<char> room)>;

}  // namespace xads
