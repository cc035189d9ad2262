#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace app {

enum class Replace { kAllowed, kRefused };

/// Writes a file of mode 0600 that is there whole or not at all: what had its name before is replaced at the end,
/// if it is a regular file and that is allowed. Throws CommandError when it cannot be written.
void write_private_file(const std::string& path, const std::function<void(std::ostream&)>& write,
                        Replace replace = Replace::kAllowed);

}  // namespace app
