#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "account_discovery.h"
#include "base/text.h"
#include "sign_in.h"
#include "token_rights.h"
#include "token_store.h"
#include "tokens.h"

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kLongestLogin = 10min;
constexpr base::Duration kLongestDiscovery = 1min;

struct Options {
  std::string name, repaired, app, kind = "advertiser", user, listen = "127.0.0.1:9488", callback_url, timeout = "10m";
  std::vector<std::string> accounts, labels;
  bool pin = false, web = false;
};

/// The token that the sign-in is for.
struct Wanted {
  NewToken token;                           ///< without its secrets; of a repair: as it is stored
  std::string user;                         ///< id of the only one who may sign in; empty: anybody
  std::optional<store::TokenRow> repaired;  ///< set for --for
};

/// Throws unless the name is free.
void require_new_name(store::Store& store, const settings::Settings& settings, const std::string& name) {
  const auto rows = store.tokens();
  const auto named = [&](const auto& other) { return other.token.name == name; };
  if (std::none_of(rows.begin(), rows.end(), named) &&
      std::none_of(settings.tokens.begin(), settings.tokens.end(), named))
    return;
  throw CommandError(kExitUsage, fmt::format("there is a token {0} already; to give it new secrets: adsauditd token "
                                             "authorize --for {0}",
                                             name));
}

Wanted new_token(store::Store& store, const settings::Settings& settings, const Options& options) {
  if (options.app.empty()) throw UsageError("--app is needed: an app of the settings");
  if (!std::all_of(options.user.begin(), options.user.end(), [](char c) { return c >= '0' && c <= '9'; }))
    throw UsageError(fmt::format("--user: {} is no user id; it is the number of the user, not the handle",
                                 base::in_quotes(options.user)));
  NewToken token{.name = options.name, .app = options.app, .kind = options.kind, .accounts = options.accounts};
  for (const auto& text : options.labels) {
    auto label = parse_label(text);
    if (!label) throw UsageError(label.error());
    token.labels.insert(label.value());
  }
  // Before anybody is sent to X: all that can be wrong without the secrets.
  token.secrets = {base::Secret("later"), base::Secret("later")};
  const auto complaints = complaints_about(token, settings.apps);
  if (!complaints.empty()) throw CommandError(kExitUsage, base::join(complaints, "\n"));
  require_new_name(store, settings, token.name);
  return {.token = std::move(token), .user = options.user, .repaired = std::nullopt};
}

Wanted repaired_token(store::Store& store, const settings::Settings& settings, const Options& options) {
  if (!options.app.empty() || !options.accounts.empty() || !options.labels.empty() || !options.user.empty())
    throw UsageError(
        "--for keeps the token's app, kind, accounts, labels and user: leave --app, --account, --label and --user out");
  auto row = require_own_token(store, settings, options.repaired);
  Wanted wanted;
  wanted.token = {.name = row.token.name,
                  .app = row.token.app,
                  .kind = std::string(audit::to_text(row.token.kind)),
                  .accounts = row.accounts};
  wanted.user = known_user(row);
  wanted.repaired = std::move(row);
  return wanted;
}

SignInWishes wishes_of(const Options& options, const Wanted& wanted) {
  if (options.pin && options.web) throw UsageError("--pin or --web, not both");
  const auto limit = base::parse_duration(options.timeout);
  if (!limit) throw UsageError("--timeout: " + limit.error());
  if (limit.value() < 1s || limit.value() > kLongestLogin) throw UsageError("--timeout: 1s to 10m");
  SignInWishes wishes{.web = std::nullopt, .whose = "", .limit = limit.value()};
  if (options.web) wishes.web = call_back_place(options.listen, options.callback_url);
  if (!wanted.user.empty()) wishes.whose = fmt::format("user {} (token {})", wanted.user, wanted.token.name);
  return wishes;
}

void refuse_another_user(const Wanted& wanted, const xads::SignedIn& signed_in) {
  const std::string& user = wanted.user;
  if (user.empty() || user == signed_in.user_id) return;
  throw CommandError(
      kExitNotPermitted,
      fmt::format("user {} (@{}) signed in, but token {} is {} user {}; nothing was stored. Sign out of X in that "
                  "browser, sign in as user {}, and begin again; for another user make another token",
                  signed_in.user_id, base::clean_text(signed_in.screen_name), wanted.token.name,
                  wanted.repaired ? "of" : "to be of", user, user));
}

void keep(store::Store& store, const settings::Settings& settings, Wanted& wanted, const xads::SignedIn& signed_in,
          base::Random& random) {
  xads::AccessToken secrets{signed_in.token.token.clone(), signed_in.token.secret.clone()};
  if (wanted.repaired) return replace_secrets(store, *wanted.repaired, std::move(secrets), signed_in.user_id, random);
  require_new_name(store, settings, wanted.token.name);  // somebody may have been quicker
  wanted.token.secrets = std::move(secrets);
  wanted.token.user_id = signed_in.user_id;
  std::vector<NewToken> tokens;
  tokens.push_back(std::move(wanted.token));
  wanted.token.name = tokens.front().name;
  Progress progress(false);
  store_tokens(settings, std::move(tokens), false, progress);
}

/// What is known of the token's ad accounts after the sign-in.
struct Reach {
  std::vector<std::string> accounts;
  std::map<std::string, std::string> names;
  bool complete = true;
};

Reach reach_of(store::Store& store, const settings::Settings& settings, const std::string& name,
               const std::vector<std::string>& fixed, bool quiet) {
  Reach reach;
  if (fixed.empty()) {
    const ListsRead read = read_account_lists(settings, name, kLongestDiscovery, quiet);
    reach.complete = read.complete;
    for (const auto& [token, why] : read.failures)
      fmt::print(stderr, "token {}: its list of ad accounts was not read: {}\n", token, base::clean_text(why));
  }
  std::set<std::string> accounts(fixed.begin(), fixed.end());
  for (const auto& row : store.tokens()) {
    if (row.token.name != name || !fixed.empty()) continue;
    for (const auto& probe : store.probes(row.token.id)) accounts.insert(probe.probe.account);
  }
  reach.accounts.assign(accounts.begin(), accounts.end());
  for (const auto& facts : store.accounts()) reach.names.emplace(facts.id, facts.name);
  return reach;
}

void print_outcome(const std::string& head, const Reach& reach, const std::vector<AccountRights>& rights,
                   audit::TokenKind kind, const service::App& app) {
  fmt::print("{}\n", head);
  if (reach.accounts.empty()) {
    fmt::print("{}\n",
               reach.complete
                   ? "X lists no ad account for this user: somebody must add it to one (ads.x.com, Account access)"
                   : "its ad accounts are not known yet; a running daemon goes on reading the list");
    return;
  }
  fmt::print("\n");
  print_rights(rights, reach.names, kind, app);
  if (rights.size() < reach.accounts.size())
    fmt::print("\nand {} more ad accounts; adsauditd config show lists them\n", reach.accounts.size() - rights.size());
}

int authorize(const Invocation& called, const Options& options) {
  if (options.name.empty() == options.repaired.empty())
    throw UsageError("name a new token, or one to repair with --for; see adsauditd token authorize --help");
  const auto settings = load_settings(called, Secrets::kNeeded);
  base::SystemRandom random;
  const auto store = open_store(settings, random, true);
  static_cast<void>(store->opener());  // a key that does not fit is to be known before anybody signs in
  Wanted wanted =
      options.repaired.empty() ? new_token(*store, settings, options) : repaired_token(*store, settings, options);
  const service::App& app = require_app(settings, wanted.token.app);
  const auto kind = audit::token_kind_from_text(wanted.token.kind).value();
  const auto fixed = wanted.token.accounts;
  const SignInWishes wishes = wishes_of(options, wanted);
  ApiLine line(settings);
  const xads::SignedIn signed_in = sign_in(line, app, wishes);
  refuse_another_user(wanted, signed_in);
  keep(*store, settings, wanted, signed_in, random);
  const std::string& name = wanted.token.name;
  const Reach reach = reach_of(*store, settings, name, fixed, called.json);
  const auto rights = ask_rights(line, app, signed_in.token, reach.accounts, settings.error_codes);
  if (!called.json) {
    const std::string handle =
        signed_in.screen_name.empty() ? "" : " (@" + base::clean_text(signed_in.screen_name) + ")";
    print_outcome(fmt::format("{} {}: {} of app {}, user {}{}", wanted.repaired ? "replaced the secrets of" : "stored",
                              name, audit::to_text(kind), app.name, signed_in.user_id, handle),
                  reach, rights, kind, app);
    return kExitOk;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "token", std::string_view(name));
    member(writer, "app", std::string_view(app.name));
    member(writer, "kind", audit::to_text(kind));
    member(writer, "user_id", std::string_view(signed_in.user_id));
    member_or_null(writer, "screen_name", signed_in.screen_name);
    member(writer, "repaired", wanted.repaired.has_value());
    member(writer, "accounts", reach.accounts);
    member(writer, "accounts_complete", reach.complete);
    write_rights(writer, rights, reach.names, kind, app);
    writer.EndObject();
  });
  return kExitOk;
}

}  // namespace

void add_token_authorize(CLI::App& token, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = token.add_subcommand("authorize", "Let a user of X allow an app, and store the token");
  verb->add_option("NAME", options->name, "A name of your choice for the new token");
  verb->add_option("--for", options->repaired, "Give this stored token new secrets, of the same user");
  verb->add_option("--app", options->app, "An app of the settings");
  verb->add_option("--kind", options->kind, "advertiser (the advertiser's own handle) or developer (yours)")
      ->capture_default_str();
  verb->add_option("--user", options->user, "The id of the user who is to sign in; another one is refused");
  verb->add_option("--account", options->accounts, "An ad account id; repeat it. None: discovered");
  verb->add_option("--label", options->labels, "key=value; repeat it");
  verb->add_flag("--pin", options->pin, "X shows a PIN, which is typed here (the default)");
  verb->add_flag("--web", options->web, "The browser comes back to a page that lives as long as the sign-in");
  verb->add_option("--listen", options->listen, "Where that page is served; loopback only")->capture_default_str();
  verb->add_option("--callback-url", options->callback_url,
                   "How X and the browser reach it, if through a reverse proxy; else http://LISTEN/callback");
  verb->add_option("--timeout", options->timeout, "How long to wait for the browser; exit code 12")
      ->capture_default_str();
  verb->footer("Example: adsauditd token authorize brand-a --app agency --pin");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return authorize(called, *options); };
  });
}

}  // namespace app
