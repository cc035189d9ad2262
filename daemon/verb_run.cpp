#include <CLI/CLI.hpp>

#include "daemon.h"

namespace app {

void add_run(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("run", "Run the daemon in front, until SIGTERM or SIGINT");
  verb->footer("Example: adsauditd run --config ./adsauditd.yaml\nSIGHUP makes it read its settings again.");
  verb->callback([&invocation] {
    invocation.verb = [](const Invocation& called) {
      return Daemon(called, load_settings(called, Secrets::kNeeded)).run();
    };
  });
}

}  // namespace app
