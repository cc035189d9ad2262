#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "complaint_output.h"
#include "context.h"
#include "control.h"
#include "service/control_socket.h"

namespace app {
namespace {

using service::ControlFailure;

base::Duration limit_of(const std::string& text) {
  const auto limit = base::parse_duration(text);
  if (!limit) throw UsageError("--timeout: " + limit.error());
  return limit.value();
}

[[noreturn]] void complain(const std::string& path, const ControlFailure& failure) {
  switch (failure.kind) {
    case ControlFailure::Kind::kNotPermitted:
      throw CommandError(kExitNotPermitted,
                         fmt::format("{}: {}; only root and the user of the daemon may ask it", path, failure.detail));
    case ControlFailure::Kind::kTimedOut:
      throw CommandError(kExitTimedOut, "the daemon has not finished yet: " + failure.detail + "; its log tells more");
    case ControlFailure::Kind::kNobody:
    case ControlFailure::Kind::kBroken:
      break;
  }
  throw CommandError(kExitUnreachable, fmt::format("{}: {}", path, failure.detail));
}

/// Of the daemon that has this database.
ReloadOutcome ask(const std::string& store_path, base::Duration limit) {
  for (const auto& path : control_paths(store_path)) {
    const auto answer = service::ask_daemon(path, {"reload", store_path}, limit);
    if (!answer && answer.error().kind == ControlFailure::Kind::kNobody) continue;
    if (!answer) complain(path, answer.error());
    auto outcome = outcome_from_line(answer.value());
    if (outcome.code != kExitUnreachable) return outcome;
  }
  throw CommandError(kExitUnreachable,
                     fmt::format("no daemon answers for the database {}; adsauditd run starts one", store_path));
}

int reload(const Invocation& called, const std::string& timeout) {
  const base::Duration limit = limit_of(timeout);
  const auto outcome =
      ask(settings::store_path_in(called.settings_file, references_of_process(Secrets::kSkipped)), limit);
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
