#pragma once

#include <string>

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

}  // namespace xads
