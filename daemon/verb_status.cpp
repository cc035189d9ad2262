#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/clock.h"
#include "context.h"

namespace app {
namespace {

struct State {
  store::Snapshot snapshot;
  std::size_t tokens = 0;
  store::DeliveryCounts deliveries;
  TokenNames names;
};

State read_state(store::Store& store) {
  State state{.snapshot = store.load(), .deliveries = store.delivery_counts(), .names = token_names(store)};
  state.tokens = state.names.size();
  const auto order = [&](const verdict::ProbeState& probe) {
    const auto name = state.names.find(probe.probe.token);
    return std::pair(name == state.names.end() ? std::string() : name->second, probe.probe.account);
  };
  std::sort(state.snapshot.probes.begin(), state.snapshot.probes.end(),
            [&](const auto& left, const auto& right) { return order(left) < order(right); });
  return state;
}

std::string answer_of(const verdict::Baseline& baseline) {
  if (!baseline.run) return "not answered yet";
  const std::string suspicion =
      baseline.suspicion ? " (being confirmed: " + verdict::to_text(baseline.suspicion->answer) + ")" : "";
  return verdict::to_text(baseline.run->answer) + suspicion;
}

void print_state_json(const State& state) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "tokens", static_cast<std::uint64_t>(state.tokens));
    writer.Key("pairs");
    writer.StartArray();
    for (const auto& probe : state.snapshot.probes) {
      const auto& run = probe.baseline.run;
      writer.StartObject();
      const auto name = state.names.find(probe.probe.token);
      member(writer, "token", std::string_view(name == state.names.end() ? "" : name->second));
      member(writer, "account", std::string_view(probe.probe.account));
      member_or_null(writer, "account_name", probe.account_name);
      member_or_null(writer, "answer", run ? verdict::to_text(run->answer) : "");
      member(writer, "since", run ? std::optional(run->since) : std::nullopt);
      member(writer, "last_seen", run ? std::optional(run->last_seen) : std::nullopt);
      member(writer, "last_good_at", probe.baseline.last_good_at);
      member(writer, "suspicion", probe.baseline.suspicion.has_value());
      writer.EndObject();
    }
    writer.EndArray();
    writer.Key("open_incidents");
    writer.StartArray();
    for (const auto& incident : state.snapshot.open_incidents) write_incident(writer, incident, state.names);
    writer.EndArray();
    writer.Key("deliveries");
    writer.StartObject();
    member(writer, "pending", state.deliveries.pending);
    member(writer, "delivered", state.deliveries.delivered);
    member(writer, "dead", state.deliveries.dead);
    writer.EndObject();
    writer.EndObject();
  });
}

void print_state(const State& state) {
  const std::size_t incidents = state.snapshot.open_incidents.size();
  fmt::print("{}; {} tokens, {} pairs; alerts: {} pending, {} delivered, {} dead\n\n",
             incidents == 0 ? "all well" : fmt::format("{} open incident{}", incidents, incidents == 1 ? "" : "s"),
             state.tokens, state.snapshot.probes.size(), state.deliveries.pending, state.deliveries.delivered,
             state.deliveries.dead);
  if (incidents > 0) {
    Table table({"INCIDENT", "SEVERITY", "CAUSE", "TOKEN", "ACCOUNT", "OPENED", "RESOLVED", "CHANGE"});
    for (const auto& incident : state.snapshot.open_incidents) table.add(incident_row(incident, state.names));
    table.print();
    fmt::print("\n");
  }
  Table table({"TOKEN", "ACCOUNT", "SINCE", "LAST SEEN", "ANSWER"});
  for (const auto& probe : state.snapshot.probes) {
    const auto& run = probe.baseline.run;
    const auto name = state.names.find(probe.probe.token);
    table.add({name == state.names.end() ? "-" : name->second, probe.probe.account,
               run ? base::to_text(run->since) : "-", run ? base::to_text(run->last_seen) : "-",
               answer_of(probe.baseline)});
  }
  table.print();
}

int status(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto state = read_state(*open_store(settings, random, false));
  if (called.json)
    print_state_json(state);
  else
    print_state(state);
  return kExitOk;
}

}  // namespace

void add_status(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("status", "Show what is watched, and what is wrong, as the database knows it")
      ->callback([&invocation] { invocation.verb = status; });
}

}  // namespace app
