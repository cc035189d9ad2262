#include "command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.h"

namespace app {
namespace {

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!verb->get_name().starts_with("__")) verbs.push_back(verb->get_name());
  return verbs;
}

std::string advice_for_verb(const std::string& word, const std::vector<std::string>& verbs) {
  const auto nearest = base::nearest(word, {verbs.begin(), verbs.end()});
  return nearest.empty() ? "; see adsauditd --help" : fmt::format("; did you mean \"{}\"?", nearest);
}

/// CLI11 complains of a missing verb when the verb is misspelt: look for the word that is none.
std::string usage_message(const CLI::ParseError& error, const CLI::App& app, int argc, char** argv) {
  const auto verbs = verbs_of(app);
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--config") ++i;
    if (word.starts_with("-") || word == "--config") continue;
    if (std::find(verbs.begin(), verbs.end(), word) == verbs.end()) {
      return fmt::format("\"{}\" is not a command{}", base::clean_text(word), advice_for_verb(word, verbs));
    }
    break;
  }
  return base::clean_text(error.what()) + "; see adsauditd --help";
}

}  // namespace

int run_command(int argc, char** argv) {
  Invocation invocation;
  CLI::App app("Watches X Ads API tokens and roles, and says what changed, what stops and how to repair it.",
               "adsauditd");
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  app.add_option("--config", invocation.settings_file, "The settings file")->capture_default_str();
  app.add_flag("--json", invocation.json, "Print JSON");
  app.fallthrough();
  for (const auto add :
       {add_run,           add_reload, add_wait,      add_audit,          add_status,    add_top,
        add_history,       add_events, add_incidents, add_who_had_access, add_ack,       add_mute,
        add_expect_change, add_accept, add_alerts,    add_token,          add_account,   add_budget,
        add_config,        add_key,    add_explain,   add_doctor,         add_bugreport, add_blast_radius,
        add_database,      add_report, add_simulate,  add_completion,     add_documents, add_version}) {
    add(app, invocation);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    throw UsageError(usage_message(error, app, argc, argv));
  }
  return invocation.verb(invocation);
}

}  // namespace app
