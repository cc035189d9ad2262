#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "context.h"
#include "control.h"

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kPause = 200ms;  // between two questions
constexpr base::Duration kPatience = 2s;  // for one answer

/// How it stands now. That nobody answers yet is no failure while one waits.
ReloadOutcome ask_once(const std::string& store_path, base::Duration limit) {
  try {
    return ask_control(store_path, "ready", limit);
  } catch (const CommandError& error) {
    if (error.code != kExitUnreachable && error.code != kExitTimedOut) throw;
    return {error.code, error.what(), {}};
  }
}

int wait(const Invocation& called, const std::string& timeout) {
  const base::SystemClock clock;
  const base::Instant end = clock.now().steady + timeout_from(timeout);
  const auto store_path = settings::store_path_in(called.settings_file, references_of_process(Secrets::kSkipped));
  auto outcome = ask_once(store_path, std::min(kPatience, end - clock.now().steady));
  while (outcome.code != kExitOk && clock.now().steady + kPause < end) {
    std::this_thread::sleep_for(kPause);
    outcome = ask_once(store_path, std::clamp<base::Duration>(end - clock.now().steady, 1ms, kPatience));
  }
  if (outcome.code != kExitOk) outcome.code = kExitTimedOut;
  if (called.json) fmt::print("{}\n", to_line(outcome));
  if (called.json || outcome.code == kExitOk) return outcome.code;
  throw CommandError(kExitTimedOut, "the daemon is not ready yet: " + outcome.message);
}

}  // namespace

void add_wait(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("wait", "Wait until the daemon is ready: it has loaded, asks, and can write");
  auto timeout = std::make_shared<std::string>("60s");
  verb->add_flag_function(
      "--ready", [](std::int64_t) {}, "What is waited for; there is nothing else yet");
  verb->add_option("--timeout", *timeout, "Give up waiting after this time; exit code 12")->capture_default_str();
  verb->footer("Example: systemctl start adsauditd && adsauditd wait --ready --timeout 30s && adsauditd status");
  verb->callback([&invocation, timeout] {
    invocation.verb = [timeout](const Invocation& called) { return wait(called, *timeout); };
  });
}

}  // namespace app
