#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "command_line.h"
#include "output.h"
#include "settings/scenario.h"
#include "simulation/play.h"

namespace app {
namespace {

using simulation::Outcome;

struct Options {
  std::string scenario = "calm";
  std::uint64_t seed = 1;
  int days = 0;  ///< 0: as the scenario says
  int pairs = 20;
  bool list = false;
};

int list_scenarios(const Invocation& called) {
  const auto& names = simulation::scenario_names();
  const auto tells = [](std::string_view name) { return simulation::scenario_named(name, {.pairs = 10}, 1)->tells; };
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("scenarios");
      writer.StartArray();
      for (const auto name : names) {
        writer.StartObject();
        member(writer, "name", name);
        member(writer, "tells", std::string_view(tells(name)));
        writer.EndObject();
      }
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  Table table({"SCENARIO", "WHAT HAPPENS"});
  for (const auto name : names) table.add({std::string(name), tells(name)});
  table.print();
  return kExitOk;
}

/// A built-in scenario, or else a file.
simulation::Scenario scenario_of(const Options& options) {
  simulation::Size size{.pairs = options.pairs};
  if (options.days > 0) size.days = options.days;
  if (auto built_in = simulation::scenario_named(options.scenario, size, options.seed)) return *std::move(built_in);
  std::error_code ignored;
  if (!std::filesystem::exists(options.scenario, ignored)) {
    const auto& names = simulation::scenario_names();
    const auto near = base::nearest(options.scenario, names);
    throw CommandError(
        kExitNotFound,
        fmt::format("\"{}\" is neither a scenario nor a file; {}", base::clean_text(options.scenario),
                    near.empty() ? "see adsauditd simulate --list" : fmt::format("did you mean \"{}\"?", near)));
  }
  auto loaded = settings::read_scenario_file(options.scenario);
  for (const auto& complaint : loaded.complaints) fmt::print(stderr, "{}\n", settings::to_text(complaint));
  if (!loaded.scenario) throw CommandError(kExitSettings, "the scenario is broken; nothing was played");
  if (options.days > 0) loaded.scenario->length = std::chrono::hours(24) * options.days;
  return *std::move(loaded.scenario);
}

std::string_view state_word(alert::State state) { return alert::to_text(state); }

void print_story(const Outcome& outcome) {
  for (const auto& told : outcome.story) {
    const auto wording = alert::wording_of(told.alert);
    fmt::print("{:>8}  {}: {}\n", base::to_rough_text(told.at), state_word(told.alert.state),
               base::clean_text(wording.title));
    const auto line = [](std::string_view name, const std::string& text) {
      if (!text.empty()) fmt::print("            {}: {}\n", name, base::clean_text(text));
    };
    line("was", wording.before);
    line("is", wording.after);
    line("stops", wording.stops);
    if (told.alert.state != alert::State::kResolved) line("repair", wording.repair);
  }
  if (outcome.story.empty()) fmt::print("Nobody would be told anything.\n");
}

void print_sums(const Outcome& outcome) {
  std::uint64_t faults = 0;
  for (std::size_t fault = 1; fault < outcome.faults.size(); ++fault) faults += outcome.faults[fault];
  fmt::print("\n{} audits, {} questions to the identity host, {} faults on the way; {} alerts, {} changes in the log\n",
             outcome.audits, outcome.identity_questions, faults, outcome.alerts, outcome.changes);
  fmt::print("trace {}\n", outcome.hash);
  for (const auto& violation : outcome.violations) {
    fmt::print("VIOLATION at {}: {}: {}\n", base::to_rough_text(violation.at), simulation::to_text(violation.rule),
               base::clean_text(violation.what));
    for (const auto& text : violation.lines) fmt::print("    {}\n", base::clean_text(text));
  }
  if (outcome.fine())
    fmt::print("All that was told is true, and all that lasted was told within {} or reported blind.\n",
               base::to_text(outcome.bound));
}

void write_told(base::JsonWriter& writer, const simulation::Told& told) {
  const auto wording = alert::wording_of(told.alert);
  writer.StartObject();
  member(writer, "at_ms", told.at);
  member(writer, "state", state_word(told.alert.state));
  member(writer, "cause", verdict::to_text(told.alert.incident.finding.key.cause));
  member(writer, "title", std::string_view(wording.title));
  member(writer, "stops", std::string_view(wording.stops));
  member(writer, "repair", std::string_view(wording.repair));
  writer.EndObject();
}

void print_as_json(const simulation::Scenario& scenario, const Outcome& outcome) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "scenario", std::string_view(scenario.name));
    member(writer, "seed", outcome.seed);
    member(writer, "fine", outcome.fine());
    member(writer, "trace", std::string_view(outcome.hash));
    member(writer, "audits", outcome.audits);
    member(writer, "alerts", outcome.alerts);
    member(writer, "bound_ms", outcome.bound);
    writer.Key("story");
    writer.StartArray();
    for (const auto& told : outcome.story) write_told(writer, told);
    writer.EndArray();
    writer.Key("violations");
    writer.StartArray();
    for (const auto& violation : outcome.violations) {
      writer.StartObject();
      member(writer, "rule", simulation::to_text(violation.rule));
      member(writer, "at_ms", violation.at);
      member(writer, "what", std::string_view(violation.what));
      member(writer, "trace", violation.lines);
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

int simulate(const Invocation& called, const Options& options) {
  if (options.list) return list_scenarios(called);
  const auto scenario = scenario_of(options);
  if (!called.json) {
    const std::string tells = scenario.tells.empty() ? "" : ": " + base::clean_text(scenario.tells);
    fmt::print("{}{}. Seed {}, {} tokens, each pair asked every {}.\n\n", base::clean_text(scenario.name), tells,
               options.seed, scenario.cast.size(), base::to_text(scenario.interval));
  }
  const Outcome outcome = simulation::play(scenario, {.seed = options.seed, .keep_story = true});
  if (called.json) {
    print_as_json(scenario, outcome);
  } else {
    print_story(outcome);
    print_sums(outcome);
  }
  return outcome.fine() ? kExitOk : kExitFailure;
}

}  // namespace

void add_simulate(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("simulate", "Tell what you would be told if ...: days that did not happen");
  auto options = std::make_shared<Options>();
  verb->add_option("--scenario", options->scenario, "A name of --list, or a YAML file");
  verb->add_option("--seed", options->seed, "The same seed gives the same days");
  verb->add_option("--days", options->days, "How long")->check(CLI::Range(1, 366));
  verb->add_option("--pairs", options->pairs, "Pairs of token and ad account, of a built-in scenario")
      ->check(CLI::Range(1, 10'000));
  verb->add_flag("--list", options->list, "The scenarios that are built in");
  verb->footer(
      "Example: adsauditd simulate --scenario app-suspended\nNothing is asked of X, and no settings are read.");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return simulate(called, *options); };
  });
}

}  // namespace app
