#include "completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

namespace app {
namespace {

struct Kind {
  std::string_view name;  ///< of an option without its dashes, or of an argument
  std::string_view kind;
};
/// Everything else is free text.
constexpr std::array kKinds{
    Kind{"token", "tokens"},
    Kind{"for", "tokens"},
    Kind{"TOKEN", "tokens"},
    Kind{"NAME", "tokens"},
    Kind{"account", "accounts"},
    Kind{"ACCOUNT", "accounts"},
    Kind{"app", "apps"},
    Kind{"APP", "apps"},
    Kind{"destination", "destinations"},
    Kind{"DESTINATION", "destinations"},
    Kind{"incident", "incidents"},
    Kind{"INCIDENT", "incidents"},
    Kind{"cause", "causes"},
    Kind{"CAUSE", "causes"},
    Kind{"severity", "severities"},
    Kind{"SHELL", "shells"},
    Kind{"config", "files"},
    Kind{"output", "files"},
    Kind{"file", "files"},
    Kind{"FILE", "files"},
};

std::string_view kind_of(std::string_view name) {
  const auto* known = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  return known != kKinds.end() ? known->kind : "text";
}

bool is_shown(const CLI::App& command) { return !command.get_group().empty(); }

/// The first line of a description says enough.
std::string summary(const std::string& description) { return description.substr(0, description.find('\n')); }

void add_option(CompletionCommand& command, const CLI::Option& option) {
  if (option.get_group().empty()) return;
  const bool takes_value = option.get_items_expected_max() > 0;
  for (const std::string& name : option.get_lnames()) {
    command.words.push_back({"--" + name, summary(option.get_description())});
    if (takes_value) command.values.push_back({"--" + name, kind_of(name)});
  }
}

void add_options(CompletionCommand& command, const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) add_option(command, *option);
}

void add_arguments(CompletionCommand& command, const CLI::App& app) {
  int place = 0;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    // The kind goes by the argument's name as --help shows it.
    command.values.push_back({std::to_string(++place), kind_of(option->get_name(true, false))});
  }
}

void add_command(std::vector<CompletionCommand>& commands, const std::string& path, const CLI::App& app,
                 const CLI::App& root) {
  CompletionCommand command{.path = path};
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App* one) { return is_shown(*one); }))
    command.words.push_back({verb->get_name(), summary(verb->get_description())});
  add_options(command, app);
  add_arguments(command, app);
  if (&app != &root) {
    for (const CLI::Option* option : root.get_options()) {
      if (option != root.get_help_ptr()) add_option(command, *option);  // every command has a help of its own
    }
  }
  commands.push_back(std::move(command));
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App* one) { return is_shown(*one); }))
    add_command(commands, path.empty() ? verb->get_name() : path + " " + verb->get_name(), *verb, root);
}

}  // namespace

std::vector<CompletionCommand> completion_commands(const CLI::App& root) {
  std::vector<CompletionCommand> commands;
  add_command(commands, "", root, root);
  return commands;
}

}  // namespace app
