#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <set>

#include "base/text.h"
#include "completion.h"
#include "context.h"

namespace app {
namespace {

int print_script(const CLI::App& root, const std::string& shell) {
  const auto commands = completion_commands(root);
  if (shell == "bash")
    fmt::print("{}", bash_completion(commands));
  else if (shell == "zsh")
    fmt::print("{}", zsh_completion(commands));
  else if (shell == "fish")
    fmt::print("{}", fish_completion(commands));
  else
    throw UsageError(
        fmt::format("there is no completion for \"{}\"; it is one of bash, zsh, fish", base::clean_text(shell)));
  return kExitOk;
}

using Names = std::set<std::string>;

Names of_database(const settings::Settings& settings, const std::string& kind) {
  Names names;
  if (!has_database(settings)) return names;
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  if (kind == "accounts") {
    for (const auto& account : store->accounts()) names.insert(account.id);
  } else if (kind == "incidents") {
    for (const auto& incident : store->incidents({})) names.insert(incident.id.text());
  }
  for (const auto& stored : store->tokens()) {
    if (kind == "tokens") names.insert(stored.token.name);
    if (kind == "accounts") names.insert(stored.accounts.begin(), stored.accounts.end());
  }
  return names;
}

Names names_of(const Invocation& called, const std::string& kind) {
  Names names;
  if (kind == "shells") return {"bash", "zsh", "fish"};
  if (kind == "severities") return {"info", "warning", "critical"};
  if (kind == "causes") {
    for (const auto cause : verdict::all_causes()) names.emplace(verdict::to_text(cause));
    return names;
  }
  const auto settings = load_settings(called, Secrets::kSkipped);
  if (kind == "apps") {
    for (const auto& one : settings.apps) names.insert(one.name);
  } else if (kind == "destinations") {
    for (const auto& destination : settings.destinations) names.insert(destination.name);
  } else {
    names = of_database(settings, kind);
    for (const auto& token : settings.tokens) {
      if (kind == "tokens") names.insert(token.token.name);
      if (kind == "accounts") names.insert(token.accounts.begin(), token.accounts.end());
    }
  }
  return names;
}

/// For a shell, while somebody types: what cannot be read gives no names, and no words about it.
int print_names(const Invocation& called, const std::string& kind) {
  for (const std::string& name : names_of(called, kind)) fmt::print("{}\n", base::clean_text(name));
  return kExitOk;
}

}  // namespace

void add_completion(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("completion", "Print what bash, zsh or fish needs to complete command lines");
  auto shell = std::make_shared<std::string>();
  verb->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  verb->footer("Example: source <(adsauditd completion bash)");
  verb->callback([&app, &invocation, shell] {
    invocation.verb = [&app, shell](const Invocation&) { return print_script(app, *shell); };
  });

  CLI::App* names = app.add_subcommand("__complete", "Print names for a shell's completion")->group("");
  auto kind = std::make_shared<std::string>();
  names->add_option("KIND", *kind, "tokens, accounts, apps, destinations, incidents, causes")->required();
  names->callback([&invocation, kind] {
    invocation.verb = [kind](const Invocation& called) { return print_names(called, *kind); };
  });
}

}  // namespace app
