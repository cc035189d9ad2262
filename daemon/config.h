#pragma once

#include "command_line.h"

namespace app {

// The verbs below `config`, one function each.

void add_config_check(CLI::App& config, Invocation& invocation);
void add_config_show(CLI::App& config, Invocation& invocation);
void add_config_schema(CLI::App& config, Invocation& invocation);
void add_config_init(CLI::App& config, Invocation& invocation);

}  // namespace app
