#include <spdlog/logger.h>

#include <CLI/CLI.hpp>

#include "machine.h"

namespace app {

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("run", "Run the daemon in front, until SIGTERM or SIGINT");
  verb->footer("Example: adsauditd run --config ./adsauditd.yaml");
  verb->callback([&invocation] {
    invocation.verb = [](const Invocation& called) {
      const auto settings = load_settings(called, Secrets::kNeeded);
      const auto log = make_logger(settings.log);
      return with_machine(settings, *log, [](Machine& machine) {
        machine.loop.run();
        return kExitOk;
      });
    };
  });
}

}  // namespace app
