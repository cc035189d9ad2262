#pragma once

#include "command_line.h"

namespace app {

/// What the settings come to, pair by pair: how often it is asked, and which expectation decides.
int show_config(const Invocation& called);

}  // namespace app
