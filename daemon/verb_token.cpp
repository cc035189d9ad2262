#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "context.h"
#include "token_file.h"
#include "token_warnings.h"

namespace app {
namespace {

struct AddOptions {
  std::string name, app, kind, file = "-";
  std::vector<std::string> accounts, labels;
};
struct ImportOptions {
  std::string from = "csv", file;
  bool dry_run = false;
};

/// Typing is not shown while it lives.
class HiddenInput {
 public:
  HiddenInput() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  termios before_{};
};

base::Secret ask_hidden(const char* what) {
  fmt::print(stderr, "{}: ", what);
  std::string line;
  {
    const HiddenInput hidden;
    std::getline(std::cin, line);
  }
  fmt::print(stderr, "\n");
  base::Secret secret{std::string(base::trim(line))};
  ::OPENSSL_cleanse(line.data(), line.size());
  return secret;
}

/// Two lines: the access token, then its secret.
xads::AccessToken read_access_token(const std::string& file) {
  if (file == "-" && ::isatty(STDIN_FILENO) != 0)
    return {ask_hidden("access token"), ask_hidden("access token secret")};
  const base::Secret text = read_secret_file(file);
  const auto lines = base::split(base::trim(text.reveal()), '\n');
  if (lines.size() != 2) {
    throw CommandError(kExitUsage,
                       "two lines are needed, the access token and its secret, in the file or on standard input");
  }
  return {base::Secret(std::string(base::trim(lines[0]))), base::Secret(std::string(base::trim(lines[1])))};
}

void print_some(const std::vector<std::string>& complaints) {
  constexpr std::size_t kShown = 50;
  for (std::size_t i = 0; i < std::min(complaints.size(), kShown); ++i) fmt::print(stderr, "{}\n", complaints[i]);
  if (complaints.size() > kShown) fmt::print(stderr, "and {} more\n", complaints.size() - kShown);
}

[[noreturn]] void refuse(const std::vector<std::string>& complaints) {
  print_some(complaints);
  throw CommandError(kExitUsage, "nothing was stored");
}

void check(const std::vector<NewToken>& tokens, const std::vector<service::App>& apps) {
  std::vector<std::string> complaints;
  for (const auto& token : tokens) {
    for (auto& complaint : complaints_about(token, apps)) complaints.push_back(std::move(complaint));
  }
  if (!complaints.empty()) refuse(complaints);
}

/// `store`: nullptr when there is none yet. Tokens of the settings that no start has stored yet count as well.
void warn(const std::vector<store::StoredToken>& fresh, const settings::Settings& settings, store::Store* store) {
  std::vector<store::TokenRow> known;
  if (store != nullptr) known = store->tokens();
  std::set<std::string> names;
  for (const auto& row : known) names.insert(row.token.name);
  for (const auto& token : settings.tokens) {
    if (!names.contains(token.token.name))
      known.push_back({.token = token.token, .claimed_user = xads::claimed_user(token.secrets)});
  }
  const auto opener = store != nullptr ? store->opener() : nullptr;
  auto warnings = warnings_about(fresh, known, settings.apps, opener.get());
  for (auto& warning : warnings) warning = "warning: " + base::clean_text(warning);
  print_some(warnings);
}

int put(const Invocation& called, const settings::Settings& settings, std::vector<NewToken> tokens, bool dry_run) {
  check(tokens, settings.apps);
  base::SystemRandom random;
  const base::Instant now = base::SystemClock().now().utc;
  std::vector<std::string> names;
  for (const auto& token : tokens) names.push_back(token.name);
  std::vector<store::StoredToken> stored;
  std::vector<verdict::ChangeId> change_ids;
  for (auto& token : tokens) {
    stored.push_back(to_stored(std::move(token), random, now));
    change_ids.push_back(verdict::ChangeId::make(now, random));
  }
  const bool reads = !dry_run || has_database(settings);
  const auto store = reads ? open_store(settings, random, !dry_run) : nullptr;
  warn(stored, settings, store.get());
  if (!dry_run) store->put_tokens(stored, change_ids, now);
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "stored", names);
      member(writer, "dry_run", dry_run);
      writer.EndObject();
    });
  } else {
    fmt::print("{} {} token{}: {}\n", dry_run ? "would store" : "stored", names.size(), names.size() == 1 ? "" : "s",
               base::join(names, ", "));
  }
  return kExitOk;
}

int add(const Invocation& called, const AddOptions& options) {
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
  return put(called, settings, std::move(tokens), false);
}

int import(const Invocation& called, const ImportOptions& options) {
  if (options.from != "csv")
    throw UsageError(fmt::format("cannot import from \"{}\"; only csv is known", base::clean_text(options.from)));
  const auto settings = load_settings(called, Secrets::kNeeded);
  const base::Secret text = read_secret_file(options.file);
  auto tokens = read_token_csv(text.reveal());
  if (!tokens) refuse(tokens.error());
  return put(called, settings, std::move(tokens).value(), options.dry_run);
}

std::string accounts_text(const store::TokenRow& stored) {
  return stored.accounts.empty() ? "(discovered)" : base::join(stored.accounts, " ");
}

void write_token(base::JsonWriter& writer, const store::TokenRow& stored) {
  writer.StartObject();
  member(writer, "id", std::string_view(stored.token.id.text()));
  member(writer, "name", std::string_view(stored.token.name));
  member(writer, "app", std::string_view(stored.token.app));
  member(writer, "kind", audit::to_text(stored.token.kind));
  member_or_null(writer, "user_id", stored.token.user_id);
  member(writer, "accounts", stored.accounts);
  member(writer, "discovered", stored.accounts.empty());
  member(writer, "source",
         std::string_view(stored.source == store::TokenSource::kSettings ? "settings" : "command_line"));
  member(writer, "added_at", stored.added_at);
  writer.Key("labels");
  writer.StartObject();
  for (const auto& [key, value] : stored.token.labels) member(writer, key.c_str(), std::string_view(value));
  writer.EndObject();
  writer.EndObject();
}

int list(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto tokens = open_store(settings, random, false)->tokens();
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("tokens");
      writer.StartArray();
      for (const auto& stored : tokens) write_token(writer, stored);
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  Table table({"NAME", "APP", "KIND", "USER", "FROM", "ADDED", "ACCOUNTS"});
  for (const auto& stored : tokens) {
    table.add({stored.token.name, stored.token.app, std::string(audit::to_text(stored.token.kind)),
               stored.token.user_id.empty() ? "-" : stored.token.user_id,
               stored.source == store::TokenSource::kSettings ? "settings" : "command line",
               base::to_text(stored.added_at), accounts_text(stored)});
  }
  table.print();
  return kExitOk;
}

int remove(const Invocation& called, const std::string& name) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  for (const auto& stored : store->tokens()) {
    if (stored.token.name == name && stored.source == store::TokenSource::kSettings) {
      throw CommandError(kExitUsage, fmt::format("token {} comes from the settings; remove it there", name));
    }
  }
  const base::Instant now = base::SystemClock().now().utc;
  if (!store->remove_token(name, verdict::ChangeId::make(now, random), now)) {
    throw CommandError(kExitNotFound,
                       fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(name)));
  }
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      member(writer, "removed", std::string_view(name));
      writer.EndObject();
    });
  } else {
    fmt::print("removed {}; its history stays\n", name);
  }
  return kExitOk;
}

}  // namespace

void add_token(CLI::App& app, Invocation& invocation) {
  CLI::App* token = app.add_subcommand("token", "Access tokens in the database");
  token->require_subcommand(1);

  auto new_token = std::make_shared<AddOptions>();
  CLI::App* add_verb = token->add_subcommand("add", "Store an access token, or replace the one of that name");
  add_verb->add_option("NAME", new_token->name, "A name of your choice")->required();
  add_verb->add_option("--app", new_token->app, "An app of the settings")->required();
  add_verb->add_option("--kind", new_token->kind, "advertiser or developer")->required();
  add_verb->add_option("--account", new_token->accounts, "An ad account id; repeat it. None: discovered");
  add_verb->add_option("--label", new_token->labels, "key=value; repeat it");
  add_verb->add_option("--file", new_token->file, "Two lines, access token and secret; - is standard input")
      ->capture_default_str();
  add_verb->footer("Example: adsauditd token add brand-a --app agency --kind advertiser --label owner=ads-ops");
  add_verb->callback([&invocation, new_token] {
    invocation.verb = [new_token](const Invocation& called) { return add(called, *new_token); };
  });

  auto import_options = std::make_shared<ImportOptions>();
  CLI::App* import_verb = token->add_subcommand("import", "Store many tokens, all of them or none");
  import_verb->add_option("--from", import_options->from, "The form of the file: csv")->capture_default_str();
  import_verb->add_option("FILE", import_options->file, "The file; - is standard input")->required();
  import_verb->add_flag("--dry-run", import_options->dry_run, "Check only");
  import_verb->footer("Example: adsauditd token import --from csv tokens.csv --dry-run");
  import_verb->callback([&invocation, import_options] {
    invocation.verb = [import_options](const Invocation& called) { return import(called, *import_options); };
  });

  token->add_subcommand("list", "Show the tokens, without their secrets")
      ->footer("Example: adsauditd token list --json")
      ->callback([&invocation] { invocation.verb = list; });

  auto gone = std::make_shared<std::string>();
  CLI::App* remove_verb = token->add_subcommand("remove", "Forget a token's secrets; its history stays");
  remove_verb->add_option("NAME", *gone, "The token's name")->required();
  remove_verb->footer("Example: adsauditd token remove brand-a");
  remove_verb->callback(
      [&invocation, gone] { invocation.verb = [gone](const Invocation& called) { return remove(called, *gone); }; });
}

}  // namespace app
