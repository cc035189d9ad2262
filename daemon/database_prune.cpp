#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "base/clock.h"
#include "context.h"
#include "database.h"

namespace app {
namespace {

/// Between two steps, for a daemon that wants to write as well.
constexpr base::Duration kPause{20};

store::Pruned prune_all(store::Store& store, const store::Retention& retention) {
  store::Pruned sum;
  const base::SystemClock clock;
  while (true) {
    sum.add(store.prune(retention, clock.now().utc));
    if (!sum.more) return sum;
    std::this_thread::sleep_for(kPause);
  }
}

int prune(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto pruned = prune_all(*open_store(settings, random, false), settings.retention);
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "changes", pruned.changes);
      member(writer, "observations", pruned.observations);
      member(writer, "incidents", pruned.incidents);
      member(writer, "alerts", pruned.alerts);
      member(writer, "pages", pruned.pages);
      writer.EndObject();
    });
  } else {
    fmt::print("pruned {} entries of the change log, {} observations, {} incidents, {} alerts; gave {} pages back\n",
               pruned.changes, pruned.observations, pruned.incidents, pruned.alerts, pruned.pages);
  }
  return kExitOk;
}

}  // namespace

void add_database_prune(CLI::App& database, Invocation& invocation) {
  CLI::App* verb = database.add_subcommand(
      "prune", "Throw away now what store.retention no longer keeps; a running daemon does so by itself every hour");
  verb->footer("Example: adsauditd db prune --json");
  verb->callback([&invocation] { invocation.verb = prune; });
}

}  // namespace app
