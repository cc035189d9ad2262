#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/clock.h"
#include "context.h"

namespace app {
namespace {

using Gauges = std::map<std::string, std::int64_t>;

struct State {
  std::vector<verdict::ProbeState> probes;  ///< by name of the token, then by ad account
  std::map<std::string, store::AccountFacts> accounts;
  std::vector<verdict::Incident> incidents;  ///< open ones
  store::DeliveryCounts deliveries;
  std::map<std::string, store::DeliveryCounts> undelivered;  ///< by destination
  TokenNames names;
  Gauges gauges;  ///< of the daemon, when it wrote them last; empty before the first time

  std::string name_of(const audit::TokenId& token) const {
    const auto name = names.find(token);
    return name == names.end() ? std::string() : name->second;
  }
};

State read_state(store::Store& store) {
  constexpr int kAll = std::numeric_limits<int>::max();
  State state{.probes = store.probes(),
              .incidents = store.incidents({.open_only = true, .limit = kAll}),
              .deliveries = store.delivery_counts(),
              .undelivered = store.undelivered(),
              .names = token_names(store)};
  for (auto& facts : store.accounts()) state.accounts.emplace(facts.id, facts);
  for (auto& gauge : store.gauges()) state.gauges.insert(std::move(gauge));
  std::sort(state.probes.begin(), state.probes.end(), [&](const auto& left, const auto& right) {
    return std::pair(state.name_of(left.probe.token), left.probe.account) <
           std::pair(state.name_of(right.probe.token), right.probe.account);
  });
  return state;
}

std::string answer_of(const verdict::Baseline& baseline) {
  if (!baseline.run) return "not answered yet";
  const std::string suspicion =
      baseline.suspicion ? " (being confirmed: " + verdict::to_text(baseline.suspicion->answer) + ")" : "";
  return verdict::to_text(baseline.run->answer) + suspicion;
}

void write_pair(base::JsonWriter& writer, const verdict::ProbeState& probe, const State& state) {
  const auto& run = probe.baseline.run;
  const auto facts = state.accounts.find(probe.probe.account);
  writer.StartObject();
  member(writer, "token", std::string_view(state.name_of(probe.probe.token)));
  member(writer, "account", std::string_view(probe.probe.account));
  member_or_null(writer, "account_name", facts == state.accounts.end() ? "" : facts->second.name);
  member_or_null(writer, "answer", run ? verdict::to_text(run->answer) : "");
  member(writer, "since", run ? std::optional(run->since) : std::nullopt);
  member(writer, "last_seen", run ? std::optional(run->last_seen) : std::nullopt);
  member(writer, "last_good_at", probe.baseline.last_good_at);
  member(writer, "suspicion", probe.baseline.suspicion.has_value());
  writer.EndObject();
}

void print_state_json(const State& state) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "tokens", static_cast<std::uint64_t>(state.names.size()));
    writer.Key("pairs");
    writer.StartArray();
    for (const auto& probe : state.probes) write_pair(writer, probe, state);
    writer.EndArray();
    writer.Key("open_incidents");
    writer.StartArray();
    for (const auto& incident : state.incidents) write_incident(writer, incident, state.names);
    writer.EndArray();
    writer.Key("deliveries");
    writer.StartObject();
    member(writer, "pending", state.deliveries.pending);
    member(writer, "delivered", state.deliveries.delivered);
    member(writer, "dead", state.deliveries.dead);
    writer.Key("destinations");
    writer.StartObject();
    for (const auto& [destination, counts] : state.undelivered) {
      writer.Key(destination.c_str());
      writer.StartObject();
      member(writer, "pending", counts.pending);
      member(writer, "dead", counts.dead);
      writer.EndObject();
    }
    writer.EndObject();
    writer.EndObject();
    writer.Key("daemon");
    writer.StartObject();
    for (const auto& [name, value] : state.gauges) {
      writer.Key(name.c_str());
      writer.Int64(value);
    }
    writer.EndObject();
    writer.EndObject();
  });
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

void print_state(const State& state) {
  const std::size_t incidents = state.incidents.size();
  fmt::print("{}; {} tokens, {} pairs; alerts: {} pending, {} delivered, {} dead\n",
             incidents == 0 ? "all well" : fmt::format("{} open incident{}", incidents, incidents == 1 ? "" : "s"),
             state.names.size(), state.probes.size(), state.deliveries.pending, state.deliveries.delivered,
             state.deliveries.dead);
  for (const auto& [destination, counts] : state.undelivered) fmt::print("{}\n", undelivered_text(destination, counts));
  if (!state.gauges.empty()) fmt::print("{}\n", schedule_text(state.gauges));
  fmt::print("\n");
  if (incidents > 0) {
    Table table(incident_header());
    for (const auto& incident : state.incidents) table.add(incident_row(incident, state.names));
    table.print();
    fmt::print("\n");
  }
  Table table({"TOKEN", "ACCOUNT", "SINCE", "LAST SEEN", "ANSWER"});
  for (const auto& probe : state.probes) {
    const auto& run = probe.baseline.run;
    const std::string name = state.name_of(probe.probe.token);
    table.add({name.empty() ? "-" : name, probe.probe.account, run ? base::to_text(run->since) : "-",
               run ? base::to_text(run->last_seen) : "-", answer_of(probe.baseline)});
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
      ->footer("Example: adsauditd status --json")
      ->callback([&invocation] { invocation.verb = status; });
}

}  // namespace app
