#include "account_discovery.h"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "base/text.h"
#include "machine.h"
#include "progress.h"

namespace app {
namespace {

using namespace std::chrono_literals;

using Reached = std::set<std::pair<std::string, std::string>>;  ///< name of the token, ad account

std::unique_ptr<store::Store> open_if_there(const settings::Settings& settings, base::Random& random) {
  return has_database(settings) ? open_store(settings, random, false) : nullptr;
}

/// Tokens to the accounts that are fixed for them; none: they are discovered.
std::map<std::string, std::vector<std::string>> known_tokens(const settings::Settings& settings, store::Store* store) {
  std::map<std::string, std::vector<std::string>> tokens;
  for (const auto& token : settings.tokens) tokens.emplace(token.token.name, token.accounts);
  if (store == nullptr) return tokens;
  for (const auto& row : store->tokens()) tokens.emplace(row.token.name, row.accounts);
  return tokens;
}

std::vector<std::string> tokens_to_read(const settings::Settings& settings, store::Store* store,
                                        const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& [name, accounts] : known_tokens(settings, store)) {
    if (!wanted.empty() && name != wanted) continue;
    if (accounts.empty())
      names.push_back(name);
    else if (!wanted.empty())
      throw UsageError(fmt::format("token {} has a fixed list of ad accounts; there is nothing to discover", name));
  }
  if (names.empty() && !wanted.empty())
    throw CommandError(kExitNotFound,
                       fmt::format("there is no token \"{}\"; see adsauditd token list", base::clean_text(wanted)));
  return names;
}

Reached reached_by(store::Store* store, const std::vector<std::string>& tokens) {
  Reached reached;
  if (store == nullptr) return reached;
  for (const auto& row : store->tokens()) {
    if (std::find(tokens.begin(), tokens.end(), row.token.name) == tokens.end()) continue;
    for (const auto& probe : store->probes(row.token.id)) reached.emplace(row.token.name, probe.probe.account);
  }
  return reached;
}

/// With the machine of a daemon, in front. Throws store::LockedStore when another one holds the database.
ListsRead read_here(const settings::Settings& settings, const std::string& token, base::Duration limit, bool quiet) {
  auto log_options = settings.log;
  log_options.level = std::max(log_options.level, settings::LogLevel::kError);
  const auto log = make_logger(log_options);
  ListsRead outcome;
  with_machine(settings, *log, [&](Machine& machine) {
    Progress progress(!quiet);
    std::map<std::string, std::size_t> accounts;
    std::size_t pages = 0;
    machine.loop.observe_discovery([&](const service::Discovered& discovered) {
      if (discovered.failure.empty())
        outcome.failures.erase(discovered.token);
      else
        outcome.failures[discovered.token] = discovered.failure;
      pages += discovered.failure.empty() ? 1 : 0;
      accounts[discovered.token] = discovered.accounts;
      std::size_t sum = 0;
      for (const auto& [name, count] : accounts) sum += count;
      progress.show(
          fmt::format("discovering: {} pages, {} ad accounts, {} lists to go", pages, sum, machine.engine.unsettled()));
    });
    outcome.complete = machine.loop.run_discovery(token, limit) == 0 && outcome.failures.empty();
    return kExitOk;
  });
  return outcome;
}

/// The daemon notices a request within seconds. A list is read when nothing is asked for or half read any more, and
/// nothing changed for longer than a question takes.
ListsRead read_by_daemon(store::Store& store, const std::vector<std::string>& tokens, const std::string& wanted,
                         base::Duration quiet_for, base::Duration limit, bool quiet) {
  for (const std::string& token : tokens) store.request_discovery(token);
  Progress progress(!quiet);
  const base::SystemClock clock;
  const base::Instant began = clock.now().steady;
  base::Instant last_change = began;
  std::size_t known = 0;
  while (clock.now().steady - began < limit) {
    std::this_thread::sleep_for(250ms);
    const std::size_t reached = reached_by(&store, tokens).size();
    const bool busy = store.discovering(wanted);
    const base::Instant now = clock.now().steady;
    if (busy || reached != known) last_change = now;
    known = reached;
    progress.show(fmt::format("the daemon is discovering: {} ad accounts so far", reached));
    if (now - last_change >= quiet_for) return {.complete = true};
  }
  return {};
}

struct Result {
  Reached fresh;
  std::size_t accounts = 0;
  std::map<std::string, store::AccountFacts> facts;
};

Result compare(store::Store& store, const std::vector<std::string>& tokens, const Reached& before) {
  Result result;
  std::set<std::string> accounts;
  for (const auto& pair : reached_by(&store, tokens)) {
    accounts.insert(pair.second);
    if (!before.contains(pair)) result.fresh.insert(pair);
  }
  result.accounts = accounts.size();
  for (auto& facts : store.accounts()) result.facts.emplace(facts.id, facts);
  return result;
}

void print_json_result(const Result& result, const ListsRead& outcome) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "complete", outcome.complete);
    member(writer, "accounts", static_cast<std::uint64_t>(result.accounts));
    writer.Key("new");
    writer.StartArray();
    for (const auto& [token, account] : result.fresh) {
      const auto facts = result.facts.find(account);
      const bool known = facts != result.facts.end();
      writer.StartObject();
      member(writer, "token", std::string_view(token));
      member(writer, "account", std::string_view(account));
      member_or_null(writer, "name", known ? facts->second.name : "");
      member_or_null(writer, "approval_status", known ? facts->second.approval_status : "");
      writer.EndObject();
    }
    writer.EndArray();
    writer.Key("failures");
    writer.StartArray();
    for (const auto& [token, why] : outcome.failures) {
      writer.StartObject();
      member(writer, "token", std::string_view(token));
      member(writer, "why", std::string_view(why));
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

void print_result(const Result& result, const ListsRead& outcome) {
  if (!result.fresh.empty()) {
    Table table({"NEW ACCOUNT", "TOKEN", "NAME", "STATUS"});
    for (const auto& [token, account] : result.fresh) {
      const auto facts = result.facts.find(account);
      const bool known = facts != result.facts.end();
      table.add({account, token, known ? facts->second.name : "-", known ? facts->second.approval_status : "-"});
    }
    table.print();
    fmt::print("\n");
  }
  fmt::print("{} new, {} ad accounts in all\n", result.fresh.size(), result.accounts);
  for (const auto& [token, why] : outcome.failures)
    fmt::print(stderr, "token {}: its list was not read: {}\n", token, base::clean_text(why));
  if (!outcome.complete)
    fmt::print(stderr,
               "not all lists were read to their end in time; the next reading goes on where this one stopped\n");
}

}  // namespace

ListsRead read_account_lists(const settings::Settings& settings, const std::string& token, base::Duration limit,
                             bool quiet) {
  base::SystemRandom random;
  const auto store = open_if_there(settings, random);
  const auto tokens = tokens_to_read(settings, store.get(), token);
  if (tokens.empty()) return {.complete = true};
  try {
    return read_here(settings, token, limit, quiet);
  } catch (const store::LockedStore&) {
    if (store == nullptr) throw;
    const base::Duration quiet_for = settings.api.deadline + 3s;  // the daemon looks for requests each 2 s
    return read_by_daemon(*store, tokens, token, quiet_for, limit, quiet);
  }
}

int discover_accounts(const Invocation& called, const std::string& token, base::Duration limit) {
  const auto settings = load_settings(called, Secrets::kNeeded);
  base::SystemRandom random;
  auto store = open_if_there(settings, random);
  const auto tokens = tokens_to_read(settings, store.get(), token);
  const Reached before = reached_by(store.get(), tokens);
  const ListsRead outcome = read_account_lists(settings, token, limit, called.json);
  if (store == nullptr) store = open_store(settings, random, true);
  const Result result = compare(*store, tokens, before);
  if (called.json)
    print_json_result(result, outcome);
  else
    print_result(result, outcome);
  return outcome.complete ? kExitOk : kExitTimedOut;
}

}  // namespace app
