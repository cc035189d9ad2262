#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "base/clock.h"
#include "context.h"
#include "schedule_text.h"
#include "view/twins.h"

namespace app {
namespace {

std::string answer_of(const verdict::Baseline& baseline) {
  if (!baseline.run) return "not answered yet";
  const std::string suspicion =
      baseline.suspicion ? " (being confirmed: " + verdict::to_text(baseline.suspicion->answer) + ")" : "";
  return verdict::to_text(baseline.run->answer) + suspicion;
}

void print_status(const view::Status& status) {
  const std::size_t incidents = status.incidents.size();
  fmt::print("{}; {} tokens, {} pairs; alerts: {} pending, {} delivered, {} dead\n",
             incidents == 0 ? "all well" : fmt::format("{} open incident{}", incidents, incidents == 1 ? "" : "s"),
             status.tokens, status.pairs.rows.size(), status.deliveries.pending, status.deliveries.delivered,
             status.deliveries.dead);
  for (const auto& [destination, counts] : status.undelivered)
    fmt::print("{}\n", undelivered_text(destination, counts));
  if (!status.gauges.empty()) fmt::print("{}\n", schedule_text(status.gauges));
  fmt::print("\n");
  if (incidents > 0) {
    Table table(incident_header());
    for (const auto& incident : status.incidents) table.add(incident_row(incident, status.names));
    table.print();
    fmt::print("\n");
  }
  Table table({"TOKEN", "ACCOUNT", "SINCE", "LAST SEEN", "ANSWER"});
  for (const auto& pair : status.pairs.rows) {
    const auto& run = pair.state.baseline.run;
    table.add({pair.token.name, pair.account.id, run ? base::to_text(run->since) : "-",
               run ? base::to_text(run->last_seen) : "-", answer_of(pair.state.baseline)});
  }
  table.print();
}

int show_status(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  constexpr int kAll = std::numeric_limits<int>::max();
  const auto status = view::read_status(*open_store(settings, random, false), {.limit = kAll}, kAll);
  if (called.json)
    print_json([&](base::JsonWriter& writer) { view::write_status(writer, status); });
  else
    print_status(status);
  return kExitOk;
}

}  // namespace

void add_status(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("status", "Show what is watched, and what is wrong, as the database knows it")
      ->footer("Example: adsauditd status --json")
      ->callback([&invocation] { invocation.verb = show_status; });
}

}  // namespace app
