#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "base/clock.h"
#include "context.h"
#include "control.h"
#include "service/control_socket.h"

namespace app {
namespace {

using service::ControlFailure;
using namespace std::chrono_literals;

struct Options {
  bool ready = false;
  std::string timeout = "60s";
};

/// What the daemon of this database says, or why none does.
ReloadOutcome ask_if_ready(const std::string& store_path, base::Duration limit) {
  ReloadOutcome outcome{kExitUnreachable, fmt::format("no daemon answers for the database {}", store_path), {}};
  for (const auto& path : control_paths(store_path)) {
    const auto answer = service::ask_daemon(path, {"ready", store_path}, limit);
    if (answer) {
      auto said = outcome_from_line(answer.value());
      if (said.code != kExitUnreachable) return said;
    } else if (answer.error().kind == ControlFailure::Kind::kNotPermitted) {
      throw CommandError(kExitNotPermitted, fmt::format("{}: {}; only root and the user of the daemon may ask it", path,
                                                        answer.error().detail));
    } else if (answer.error().kind != ControlFailure::Kind::kNobody) {
      outcome.message = fmt::format("{}: {}", path, answer.error().detail);
    }
  }
  return outcome;
}

void print_result(const Invocation& called, bool ready, base::Duration waited, const std::string& message) {
  if (!called.json) {
    if (ready) fmt::print("{}\n", message);
    return;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "ready", ready);
    member(writer, "waited_ms", waited);
    member(writer, "message", std::string_view(message));
    writer.EndObject();
  });
}

int wait(const Invocation& called, const Options& options) {
  constexpr base::Duration kLongestAnswer = 2s;
  constexpr base::Duration kPause = 100ms;
  const auto limit = base::parse_duration(options.timeout);
  if (!limit) throw UsageError("--timeout: " + limit.error());
  const auto store_path = settings::store_path_in(called.settings_file, references_of_process(Secrets::kSkipped));
  const base::SystemClock clock;
  const base::Instant began = clock.now().steady;
  while (true) {
    const base::Duration left = limit.value() - (clock.now().steady - began);
    const auto outcome = ask_if_ready(store_path, std::clamp(left, kPause, kLongestAnswer));
    const base::Duration waited = clock.now().steady - began;
    if (outcome.code == kExitOk) {
      print_result(called, true, waited, outcome.message);
      return kExitOk;
    }
    if (outcome.code == kExitUsage) throw CommandError(kExitFailure, outcome.message);
    if (waited >= limit.value()) {
      print_result(called, false, waited, outcome.message);
      throw CommandError(kExitTimedOut, fmt::format("not ready within {}: {}; see systemctl status adsauditd",
                                                    base::to_text(limit.value()), outcome.message));
    }
    std::this_thread::sleep_for(std::min(kPause, limit.value() - waited));
  }
}

}  // namespace

void add_wait(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("wait", "Wait until the daemon audits and delivers");
  auto options = std::make_shared<Options>();
  verb->add_flag("--ready", options->ready, "What to wait for; there is nothing else yet")->required();
  verb->add_option("--timeout", options->timeout, "Give up after this time; exit code 12")->capture_default_str();
  verb->footer("Example: adsauditd wait --ready --timeout 30s");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return wait(called, *options); };
  });
}

}  // namespace app
