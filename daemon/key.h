#pragma once

#include "command_line.h"

namespace app {

/// Declares `key rotate`.
void add_key_rotate(CLI::App& key, Invocation& invocation);

}  // namespace app
