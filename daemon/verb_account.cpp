#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "account_discovery.h"
#include "base/text.h"
#include "context.h"

namespace app {
namespace {

/// A token that reaches an account, and what it was answered.
struct Reach {
  std::string token;
  std::optional<verdict::Run> run;
};
struct Account {
  store::AccountFacts facts;  ///< only the id when no list told more
  std::vector<Reach> tokens;
};
using Accounts = std::map<std::string, Account>;

/// Those that a token is asked about, and, without a narrower wish, those that a list named once.
Accounts read_accounts(store::Store& store, const std::string& wanted) {
  Accounts accounts;
  bool known = wanted.empty();
  for (const auto& row : store.tokens()) {
    if (!wanted.empty() && row.token.name != wanted) continue;
    known = true;
    for (auto& probe : store.probes(row.token.id)) {
      Account& account = accounts[probe.probe.account];
      account.facts.id = probe.probe.account;
      account.tokens.push_back({row.token.name, std::move(probe.baseline.run)});
    }
  }
  if (!known)
    throw CommandError(kExitNotFound,
                       fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(wanted)));
  for (auto& facts : store.accounts()) {
    if (wanted.empty() || accounts.contains(facts.id)) accounts[facts.id].facts = facts;
  }
  return accounts;
}

/// The tokens' latest answer.
const verdict::Run* last_answer(const Account& account) {
  const verdict::Run* last = nullptr;
  for (const Reach& reach : account.tokens) {
    if (reach.run && (last == nullptr || reach.run->last_seen > last->last_seen)) last = &*reach.run;
  }
  return last;
}

void write_account(base::JsonWriter& writer, const Account& account) {
  writer.StartObject();
  member(writer, "id", std::string_view(account.facts.id));
  member_or_null(writer, "name", account.facts.name);
  member_or_null(writer, "approval_status", account.facts.approval_status);
  member(writer, "deleted", account.facts.deleted);
  writer.Key("tokens");
  writer.StartArray();
  for (const Reach& reach : account.tokens) {
    writer.StartObject();
    member(writer, "token", std::string_view(reach.token));
    member_or_null(writer, "answer", reach.run ? verdict::to_text(reach.run->answer) : "");
    member(writer, "last_seen", reach.run ? std::optional(reach.run->last_seen) : std::nullopt);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

void print_accounts(const Accounts& accounts) {
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  Table table({"ACCOUNT", "NAME", "STATUS", "TOKENS", "LAST SEEN", "LAST ANSWER"});
  for (const auto& [id, account] : accounts) {
    std::vector<std::string> tokens;
    for (const Reach& reach : account.tokens) tokens.push_back(reach.token);
    const verdict::Run* last = last_answer(account);
    table.add({id, or_dash(account.facts.name),
               account.facts.deleted ? "deleted" : or_dash(account.facts.approval_status),
               or_dash(base::join(tokens, " ")), last != nullptr ? base::to_text(last->last_seen) : "-",
               last != nullptr ? verdict::to_text(last->answer) : "not answered yet"});
  }
  table.print();
}

int list(const Invocation& called, const std::string& token) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const Accounts accounts = read_accounts(*open_store(settings, random, false), token);
  if (!called.json) {
    print_accounts(accounts);
    return kExitOk;
  }
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("accounts");
    writer.StartArray();
    for (const auto& [id, account] : accounts) write_account(writer, account);
    writer.EndArray();
    writer.EndObject();
  });
  return kExitOk;
}

base::Duration limit_of(const std::string& text) {
  const auto limit = base::parse_duration(text);
  if (!limit) throw UsageError("--limit: " + limit.error());
  return limit.value();
}

}  // namespace

void add_account(CLI::App& app, Invocation& invocation) {
  CLI::App* account = app.add_subcommand("account", "Ad accounts");
  account->require_subcommand(1);

  auto listed = std::make_shared<std::string>();
  CLI::App* list_verb = account->add_subcommand("list", "Show the ad accounts, and which tokens reach them");
  list_verb->add_option("--token", *listed, "Only what this token reaches");
  list_verb->footer("Example: adsauditd account list --token brand-a");
  list_verb->callback([&invocation, listed] {
    invocation.verb = [listed](const Invocation& called) { return list(called, *listed); };
  });

  auto token = std::make_shared<std::string>();
  auto limit = std::make_shared<std::string>("10m");
  CLI::App* discover_verb =
      account->add_subcommand("discover", "Read the lists of ad accounts now, or let a running daemon read them");
  discover_verb->add_option("--token", *token, "Only the list of this token");
  discover_verb->add_option("--limit", *limit, "Give up after this time; exit code 12")->capture_default_str();
  discover_verb->footer("Example: adsauditd account discover --token brand-a");
  discover_verb->callback([&invocation, token, limit] {
    invocation.verb = [token, limit](const Invocation& called) {
      return discover_accounts(called, *token, limit_of(*limit));
    };
  });
}

}  // namespace app
