#pragma once

#include <optional>
#include <string>

#include "api_line.h"
#include "call_back.h"
#include "service/options.h"
#include "xads/sign_in.h"

namespace app {

/// What a sign-in is to be.
struct SignInWishes {
  std::optional<CallBackPlace> web;  ///< where the browser comes back to; without it a PIN is typed
  std::string whose;                 ///< for people: whose handle is to sign in; empty: any
  base::Duration limit{600'000};     ///< for the browser to come back
};

/// Lets a user of X allow `app`, with the person at the terminal in between: link, prompt and news go to standard
/// error. Throws CommandError when X or the user refuses, or nobody comes back in time (kExitTimedOut).
xads::SignedIn sign_in(ApiLine& line, const service::App& app, const SignInWishes& wishes);

}  // namespace app
