#pragma once

#include <string>

#include "base/secret.h"
#include "xads/credentials.h"

namespace app {

/// The whole file, or standard input for "-". Throws CommandError when it cannot be read, or is over 16 MiB.
base::Secret read_secret_file(const std::string& path);
/// Two lines, the access token and its secret, of a file or of standard input ("-"); asks for them, hidden, when that
/// is a terminal. Throws CommandError for anything but two lines.
xads::AccessToken read_access_token(const std::string& file);

}  // namespace app
