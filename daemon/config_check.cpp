#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "complaint_output.h"
#include "config.h"
#include "config_access.h"
#include "config_reach.h"
#include "context.h"

namespace app {
namespace {

struct Options {
  bool strict = false, no_network = false;
};

/// Apps without a token, neither in the settings nor in the database; it needs no secret.
void find_unused_apps(const Invocation& called, settings::Loaded& loaded) {
  const settings::Settings& settings = *loaded.settings;
  std::set<std::string> used;
  for (const auto& token : settings.tokens) used.insert(token.token.app);
  if (has_database(settings)) {
    base::SystemRandom random;
    for (const auto& row : open_store(settings, random, false)->tokens()) used.insert(row.token.app);
  }
  for (const auto& app : settings.apps) {
    if (used.contains(app.name)) continue;
    loaded.complaints.push_back({called.settings_file, 0, 0, "apps",
                                 fmt::format("the app {} has no token, in the settings or in the database; add one "
                                             "with adsauditd token add, or remove the app",
                                             app.name),
                                 "", true});
  }
}

void print(const settings::Loaded& loaded, bool good, const Invocation& called) {
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "ok", good);
      write_complaints(writer, loaded.complaints);
      writer.EndObject();
    });
    return;
  }
  fmt::print(stderr, "{}", settings::to_text(loaded));
  if (!good) return;
  fmt::print("{}: ok, {} apps, {} tokens, {} destinations\n", called.settings_file, loaded.settings->apps.size(),
             loaded.settings->tokens.size(), loaded.settings->destinations.size());
}

int check(const Invocation& called, const Options& options) {
  auto loaded = settings::load_file(called.settings_file, references_of_process(Secrets::kNeeded));
  if (loaded.settings && options.strict) find_unused_apps(called, loaded);
  if (loaded.settings && !options.no_network) {
    for (auto& complaint : find_unreachable(called.settings_file, *loaded.settings))
      loaded.complaints.push_back(std::move(complaint));
  }
  for (auto& complaint : find_hidden(called.settings_file)) loaded.complaints.push_back(std::move(complaint));
  const bool good = loaded.settings && (!options.strict || loaded.complaints.empty());
  print(loaded, good, called);
  return good ? kExitOk : kExitSettings;
}

}  // namespace

void add_config_check(CLI::App& config, Invocation& invocation) {
  CLI::App* verb = config.add_subcommand("check", "Read the settings as a start would, and tell all that is wrong");
  auto options = std::make_shared<Options>();
  verb->add_flag("--strict", options->strict,
                 "Let warnings fail, too: what is never used or never reached, what is hardly meant");
  verb->add_flag("--no-network", options->no_network, "Do not try whether X and the destinations can be reached");
  verb->footer(
      "Example: adsauditd config check --strict --no-network\n"
      "Exit code 3: the settings are broken, or with --strict there is a warning. A host that cannot be reached is a\n"
      "warning: the daemon starts all the same.");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return check(called, *options); };
  });
}

}  // namespace app
