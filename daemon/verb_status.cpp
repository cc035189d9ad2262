#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "base/clock.h"
#include "context.h"
#include "view/twins.h"

namespace app {
namespace {

using Gauges = std::map<std::string, std::int64_t>;

std::string answer_of(const verdict::Baseline& baseline) {
  if (!baseline.run) return "not answered yet";
  const std::string suspicion =
      baseline.suspicion ? " (being confirmed: " + verdict::to_text(baseline.suspicion->answer) + ")" : "";
  return verdict::to_text(baseline.run->answer) + suspicion;
}

/// "schedule: 1200 waiting, 3 running, 0 parked; lateness p99 12ms; oldest answer 14m 2s of bound 17m 31s; ..."
std::string schedule_text(const Gauges& gauges) {
  const auto value = [&](const char* name) {
    const auto gauge = gauges.find(name);
    return gauge == gauges.end() ? 0 : gauge->second;
  };
  const auto rough = [&](const char* name) { return base::to_rough_text(base::Duration(value(name))); };
  std::string text = fmt::format("schedule: {} waiting, {} running, {} parked; lateness p99 {}", value("pairs_waiting"),
                                 value("pairs_running"), value("pairs_parked"),
                                 base::to_text(base::Duration(value("lateness_p99_ms"))));
  if (value("detection_bound_ms") > 0)
    text += fmt::format("; oldest answer {} of bound {}", rough("oldest_answer_ms"), rough("detection_bound_ms"));
  const auto windows = [&](const char* name, const char* what) {
    if (value(name) > 0) text += fmt::format("; {} window{} {}", value(name), value(name) == 1 ? "" : "s", what);
  };
  windows("buckets_yielding", "left to others");
  windows("buckets_parked", "parked after a 429");
  windows("buckets_unfit", "too small for what is asked, see adsauditd budget");
  if (value("in_flight_limit") > 0)
    text += fmt::format("; {} of at most {} questions under way", value("in_flight"), value("in_flight_limit"));
  if (value("written_at_ms") > 0)
    text += fmt::format("; as of {}", base::to_text(base::from_epoch_ms(value("written_at_ms"))));
  return text;
}

/// "siem: 3 pending", "ops: 0 pending, 1 dead; see adsauditd alerts dead"
std::string undelivered_text(const std::string& destination, const store::DeliveryCounts& counts) {
  const std::string dead = counts.dead == 0 ? "" : fmt::format(", {} dead; see adsauditd alerts dead", counts.dead);
  return fmt::format("{}: {} pending{}", destination, counts.pending, dead);
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
