#include <CLI/CLI.hpp>

#include "tokens.h"

namespace app {

void add_token(CLI::App& app, Invocation& invocation) {
  CLI::App* token = app.add_subcommand("token", "Access tokens: get them, store them, replace them");
  token->require_subcommand(1);
  for (const auto add :
       {add_token_authorize, add_token_add, add_token_import, add_token_list, add_token_rotate, add_token_remove})
    add(*token, invocation);
}

}  // namespace app
