#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "context.h"

namespace app {
namespace {

int incidents(const Invocation& called, bool all) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  const auto names = token_names(*store);
  const auto found = store->incidents({.open_only = !all});
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("incidents");
      writer.StartArray();
      for (const auto& incident : found) write_incident(writer, incident, names);
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  if (found.empty()) {
    fmt::print("no {}incidents\n", all ? "" : "open ");
    return kExitOk;
  }
  Table table(incident_header());
  for (const auto& incident : found) table.add(incident_row(incident, names));
  table.print();
  return kExitOk;
}

}  // namespace

void add_incidents(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("incidents", "Show the open incidents");
  auto all = std::make_shared<bool>(false);
  verb->add_flag("--all", *all, "The resolved ones, too");
  verb->callback(
      [&invocation, all] { invocation.verb = [all](const Invocation& called) { return incidents(called, *all); }; });
}

}  // namespace app
