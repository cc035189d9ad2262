#pragma once

#include "command_line.h"

namespace app {

// The verbs of the family `token`, each in a file of its own: declares it below `token` and sets Invocation::verb.
void add_token_add(CLI::App& token, Invocation& invocation);
void add_token_authorize(CLI::App& token, Invocation& invocation);
void add_token_import(CLI::App& token, Invocation& invocation);
void add_token_list(CLI::App& token, Invocation& invocation);
void add_token_rotate(CLI::App& token, Invocation& invocation);
void add_token_remove(CLI::App& token, Invocation& invocation);

}  // namespace app
