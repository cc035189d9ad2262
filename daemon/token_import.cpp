#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "secret_input.h"
#include "token_store.h"
#include "tokens.h"

namespace app {
namespace {

struct Options {
  std::string from = "csv", file;
  TokenDefaults defaults;
  bool dry_run = false;
};

using Reader = TokensRead (*)(std::string_view text, const TokenDefaults& defaults);

Reader reader_for(const std::string& form) {
  if (form == "csv") return read_token_csv;
  if (form == "json") return read_token_json;
  if (form == "env") return read_token_env;
  throw UsageError(fmt::format("--from: {} is no form of a file{}", base::in_quotes(form),
                               base::advice_for(form, {"csv", "json", "env"})));
}

void print_as_json(const Stored& stored, bool dry_run) {
  std::vector<std::string> all = stored.added;
  for (const auto* more : {&stored.replaced, &stored.unchanged}) all.insert(all.end(), more->begin(), more->end());
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "stored", all);
    member(writer, "added", stored.added);
    member(writer, "replaced", stored.replaced);
    member(writer, "unchanged", stored.unchanged);
    member(writer, "dry_run", dry_run);
    writer.EndObject();
  });
}

void print_names(const char* what, const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 20;
  if (names.empty()) return;
  const std::vector<std::string> some(names.begin(),
                                      names.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, names.size())));
  fmt::print("{}: {}{}\n", what, base::join(some, ", "),
             names.size() > kShown ? fmt::format(" and {} more", names.size() - kShown) : "");
}

int import(const Invocation& called, const Options& options) {
  const Reader read = reader_for(options.from);
  const auto settings = load_settings(called, Secrets::kNeeded);
  const base::Secret text = read_secret_file(options.file);
  auto tokens = read(text.reveal(), options.defaults);
  if (!tokens) refuse_tokens(tokens.error());
  Progress progress(!called.json);
  const Stored stored = store_tokens(settings, std::move(tokens).value(), options.dry_run, progress);
  if (called.json) {
    print_as_json(stored, options.dry_run);
    return kExitOk;
  }
  const std::size_t count = stored.added.size() + stored.replaced.size() + stored.unchanged.size();
  fmt::print("{} {} token{}\n", options.dry_run ? "would store" : "stored", count, count == 1 ? "" : "s");
  print_names("new", stored.added);
  print_names("in place of those of the same name", stored.replaced);
  print_names("unchanged", stored.unchanged);
  return kExitOk;
}

}  // namespace

void add_token_import(CLI::App& token, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = token.add_subcommand("import", "Store many tokens, all of them or none");
  verb->add_option("--from", options->from, "The form of the file: csv, json or env")->capture_default_str();
  verb->add_option("FILE", options->file, "The file; - is standard input")->required();
  verb->add_option("--app", options->defaults.app, "The app of tokens of which the file does not say it");
  verb->add_option("--kind", options->defaults.kind, "advertiser or developer, in the same way");
  verb->add_option("--name", options->defaults.name, "The name of a single token without one (env, json)");
  verb->add_flag("--dry-run", options->dry_run, "Check only: what would be new, replaced, or odd");
  verb->footer(
      "Example: adsauditd token import --from csv tokens.csv --dry-run\n"
      "The app owner's own token: adsauditd token import --from env --name owner --app agency --kind developer "
      "owner.env");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return import(called, *options); };
  });
}

}  // namespace app
