#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "secret_input.h"
#include "token_store.h"
#include "tokens.h"

namespace app {
namespace {

struct Options {
  std::string name, app, kind, file = "-";
  std::vector<std::string> accounts, labels;
};

int add(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kNeeded);
  NewToken token{.name = options.name, .app = options.app, .kind = options.kind, .accounts = options.accounts};
  for (const auto& text : options.labels) {
    auto label = parse_label(text);
    if (!label) throw UsageError(label.error());
    token.labels.insert(label.value());
  }
  token.secrets = read_access_token(options.file);
  std::vector<NewToken> tokens;
  tokens.push_back(std::move(token));
  Progress progress(false);
  const Stored stored = store_tokens(settings, std::move(tokens), false, progress);
  if (!called.json) {
    fmt::print("stored {}{}\n", options.name,
               !stored.unchanged.empty() ? "; it was stored like that already"
               : stored.replaced.empty() ? ""
                                         : ", in place of the one of that name");
    return kExitOk;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "stored", std::vector<std::string>{options.name});
    member(writer, "added", stored.added);
    member(writer, "replaced", stored.replaced);
    member(writer, "unchanged", stored.unchanged);
    member(writer, "dry_run", false);
    writer.EndObject();
  });
  return kExitOk;
}

}  // namespace

void add_token_add(CLI::App& token, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = token.add_subcommand("add", "Store an access token, or replace the one of that name");
  verb->add_option("NAME", options->name, "A name of your choice")->required();
  verb->add_option("--app", options->app, "An app of the settings")->required();
  verb->add_option("--kind", options->kind, "advertiser or developer")->required();
  verb->add_option("--account", options->accounts, "An ad account id; repeat it. None: discovered");
  verb->add_option("--label", options->labels, "key=value; repeat it");
  verb->add_option("--file", options->file, "Two lines, access token and secret; - is standard input")
      ->capture_default_str();
  verb->footer("Example: adsauditd token add brand-a --app agency --kind advertiser");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return add(called, *options); };
  });
}

}  // namespace app
