#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "config_show.h"
#include "context.h"

namespace app {
namespace {

void write_complaint(base::JsonWriter& writer, const settings::Complaint& complaint) {
  writer.StartObject();
  member(writer, "file", std::string_view(complaint.file));
  member(writer, "line", static_cast<std::uint64_t>(complaint.line));
  member(writer, "column", static_cast<std::uint64_t>(complaint.column));
  member(writer, "path", std::string_view(complaint.path));
  member(writer, "message", std::string_view(complaint.message));
  member(writer, "severity", std::string_view(complaint.warning ? "warning" : "error"));
  writer.EndObject();
}

void print_check(const settings::Loaded& loaded, bool good, const Invocation& called) {
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "ok", good);
      writer.Key("complaints");
      writer.StartArray();
      for (const auto& complaint : loaded.complaints) write_complaint(writer, complaint);
      writer.EndArray();
      writer.EndObject();
    });
    return;
  }
  fmt::print(stderr, "{}", settings::to_text(loaded));
  if (!good) return;
  fmt::print("{}: ok, {} apps, {} tokens, {} destinations\n", called.settings_file, loaded.settings->apps.size(),
             loaded.settings->tokens.size(), loaded.settings->destinations.size());
}

int check(const Invocation& called, bool strict) {
  const auto loaded = settings::load_file(called.settings_file, references_of_process(Secrets::kNeeded));
  const bool good = loaded.settings && (!strict || loaded.complaints.empty());
  print_check(loaded, good, called);
  return good ? kExitOk : kExitSettings;
}

}  // namespace

void add_config(CLI::App& app, Invocation& invocation) {
  CLI::App* config = app.add_subcommand("config", "The settings file");
  config->require_subcommand(1);
  CLI::App* verb = config->add_subcommand("check", "Read the settings as a start would, and tell all that is wrong");
  auto strict = std::make_shared<bool>(false);
  verb->add_flag("--strict", *strict, "Let warnings fail, too");
  verb->footer("Example: adsauditd config check --strict");
  verb->callback([&invocation, strict] {
    invocation.verb = [strict](const Invocation& called) { return check(called, *strict); };
  });
  CLI::App* shown = config->add_subcommand(
      "show", "What the settings come to: for each pair how often, and which expectation decides");
  shown->footer("Example: adsauditd config show --json");
  shown->callback([&invocation] { invocation.verb = show_config; });
}

}  // namespace app
