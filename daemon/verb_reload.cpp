#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "complaint_output.h"
#include "context.h"
#include "control.h"

namespace app {
namespace {

int reload(const Invocation& called, const std::string& timeout) {
  const base::Duration limit = timeout_from(timeout);
  const auto outcome = ask_control(
      settings::store_path_in(called.settings_file, references_of_process(Secrets::kSkipped)), "reload", limit);
  if (called.json) {
    fmt::print("{}\n", to_line(outcome));
    return outcome.code;
  }
  for (const auto& complaint : outcome.complaints) fmt::print(stderr, "{}\n", settings::to_text(complaint));
  if (outcome.code != kExitOk)
    throw CommandError(outcome.code, outcome.message + "; the daemon goes on with the old settings");
  fmt::print("{}\n", outcome.message);
  return kExitOk;
}

}  // namespace

void add_reload(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("reload", "Let the running daemon read its settings again, and wait until it has");
  auto timeout = std::make_shared<std::string>("60s");
  verb->add_option("--timeout", *timeout, "Give up waiting after this time; exit code 12")->capture_default_str();
  verb->footer(
      "Example: adsauditd reload\n"
      "Exit code 3: the settings are broken, and the daemon goes on with the old ones. 4: no daemon answers.");
  verb->callback([&invocation, timeout] {
    invocation.verb = [timeout](const Invocation& called) { return reload(called, *timeout); };
  });
}

}  // namespace app
