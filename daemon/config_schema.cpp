#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "config.h"
#include "settings/listing.h"

namespace app {

void add_config_schema(CLI::App& config, Invocation& invocation) {
  CLI::App* verb = config.add_subcommand("schema", "Print the JSON Schema of settings files, for editors");
  verb->footer(
      "Example: adsauditd config schema > adsauditd.schema.json\n"
      "Then, as the first line of a settings file: # yaml-language-server: $schema=adsauditd.schema.json");
  verb->callback([&invocation] {
    invocation.verb = [](const Invocation&) {
      fmt::print("{}\n", base::indented_json(settings::json_schema()).value());
      return kExitOk;
    };
  });
}

}  // namespace app
