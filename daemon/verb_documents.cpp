#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "command_line.h"
#include "journal.h"
#include "manual.h"

namespace app {

// For our own build, which installs what the program says of itself: see .cmake/install.cmake.
void add_documents(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("__catalog", "Print the journal's catalog")->group("")->callback([&invocation] {
    invocation.verb = [](const Invocation&) {
      fmt::print("{}", journal_catalog());
      return kExitOk;
    };
  });
  app.add_subcommand("__manual", "Print the commands for adsauditd(1)")->group("")->callback([&app, &invocation] {
    invocation.verb = [&app](const Invocation&) {
      fmt::print("{}", manual_commands(app));
      return kExitOk;
    };
  });
}

}  // namespace app
