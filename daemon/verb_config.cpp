#include <CLI/CLI.hpp>

#include "config.h"

namespace app {

void add_config(CLI::App& app, Invocation& invocation) {
  CLI::App* config = app.add_subcommand("config", "The settings file");
  config->require_subcommand(1);
  for (const auto add : {add_config_init, add_config_check, add_config_show, add_config_schema})
    add(*config, invocation);
}

}  // namespace app
