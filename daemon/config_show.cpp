#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <set>

#include "audit/interval.h"
#include "base/text.h"
#include "config.h"
#include "context.h"
#include "settings/listing.h"

namespace app {
namespace {

using verdict::Expectation;

struct Known {
  std::map<std::string, audit::Token> tokens;             ///< by name
  std::map<std::string, std::set<std::string>> accounts;  ///< by token
};

/// Tokens and ad accounts of the settings, and those that only the database knows.
Known known_of(const settings::Settings& settings) {
  Known known;
  for (const auto& token : settings.tokens) {
    known.tokens.emplace(token.token.name, token.token);
    known.accounts[token.token.name].insert(token.accounts.begin(), token.accounts.end());
  }
  if (!has_database(settings)) return known;
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  std::map<audit::TokenId, std::string> names;
  for (const auto& row : store->tokens()) {
    if (row.source == store::TokenSource::kSettings && !known.tokens.contains(row.token.name)) continue;
    known.tokens.emplace(row.token.name, row.token);
    known.accounts[row.token.name].insert(row.accounts.begin(), row.accounts.end());
    if (row.accounts.empty()) names.emplace(row.token.id, row.token.name);
  }
  for (const auto& state : store->probes()) {
    if (const auto name = names.find(state.probe.token); name != names.end())
      known.accounts[name->second].insert(state.probe.account);
  }
  return known;
}

/// One pair, and what is expected of it.
struct Row {
  std::string token, account;
  audit::IntervalClass interval_class;
  base::Duration interval;
  const Expectation* decides;     ///< nullptr: nothing is expected
  std::vector<std::string> also;  ///< names of those that fit, too
};

Row row_of(const audit::Token& token, const std::string& account, const service::AuditOptions& options) {
  Row row{token.name, account, audit::class_of(options.intervals, token, account), {}, nullptr, {}};
  row.interval = audit::interval_of(options.intervals, row.interval_class);
  row.decides = verdict::expectation_for(options.policy, token, account);
  for (const Expectation* fits : verdict::expectations_for(options.policy, token, account)) {
    if (fits != row.decides) row.also.push_back(fits->name);
  }
  return row;
}

/// An ad account, and how many are expected to see it.
struct AccountRow {
  std::string account;
  const Expectation* live_tokens;
  const Expectation* admins;
};

std::vector<AccountRow> account_rows(const Known& known, const verdict::Policy& policy) {
  std::set<std::string> accounts;
  for (const auto& [token, of_token] : known.accounts) accounts.insert(of_token.begin(), of_token.end());
  std::vector<AccountRow> rows;
  for (const auto& account : accounts) {
    const auto* live = verdict::expectation_for_account(policy, account, &Expectation::min_live_tokens);
    const auto* admins = verdict::expectation_for_account(policy, account, &Expectation::min_admins);
    if (live != nullptr || admins != nullptr) rows.push_back({account, live, admins});
  }
  return rows;
}

void write_row(base::JsonWriter& writer, const Row& row) {
  writer.StartObject();
  member(writer, "token", std::string_view(row.token));
  member(writer, "account", std::string_view(row.account));
  member(writer, "class", audit::to_text(row.interval_class));
  member(writer, "interval_ms", row.interval);
  member_or_null(writer, "expectation", row.decides == nullptr ? "" : row.decides->name);
  member_or_null(writer, "expects", row.decides == nullptr ? "" : verdict::to_text(*row.decides));
  member_or_null(writer, "severity", row.decides == nullptr ? "" : verdict::to_text(row.decides->severity));
  member(writer, "also_fit", row.also);
  writer.EndObject();
}

void write_number(base::JsonWriter& writer, const char* name, const char* by, const Expectation* expectation,
                  std::optional<int> Expectation::*number) {
  writer.Key(name);
  if (expectation == nullptr)
    writer.Null();
  else
    writer.Int(*(expectation->*number));
  member_or_null(writer, by, expectation == nullptr ? "" : expectation->name);
}

void print_as_json(const std::vector<Row>& rows, const std::vector<AccountRow>& accounts) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("pairs");
    writer.StartArray();
    for (const Row& row : rows) write_row(writer, row);
    writer.EndArray();
    writer.Key("accounts");
    writer.StartArray();
    for (const AccountRow& row : accounts) {
      writer.StartObject();
      member(writer, "account", std::string_view(row.account));
      write_number(writer, "min_live_tokens", "min_live_tokens_by", row.live_tokens, &Expectation::min_live_tokens);
      write_number(writer, "min_admins", "min_admins_by", row.admins, &Expectation::min_admins);
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  });
}

std::string number_text(const Expectation* expectation, std::optional<int> Expectation::*number) {
  return expectation == nullptr ? "-" : fmt::format("{} ({})", *(expectation->*number), expectation->name);
}

void print_as_text(const std::vector<Row>& rows, const std::vector<AccountRow>& accounts) {
  Table table({"TOKEN", "ACCOUNT", "CLASS", "INTERVAL", "EXPECTATION", "EXPECTS", "ALSO FIT"});
  for (const Row& row : rows)
    table.add({row.token, row.account, std::string(audit::to_text(row.interval_class)), base::to_text(row.interval),
               row.decides == nullptr ? "-" : row.decides->name,
               row.decides == nullptr ? "-" : verdict::to_text(*row.decides),
               row.also.empty() ? "-" : base::join(row.also, ", ")});
  table.print();
  if (accounts.empty()) return;
  fmt::print("\n");
  Table numbers({"ACCOUNT", "LIVE TOKENS AT LEAST", "ADMINISTRATORS AT LEAST"});
  for (const AccountRow& row : accounts)
    numbers.add({row.account, number_text(row.live_tokens, &Expectation::min_live_tokens),
                 number_text(row.admins, &Expectation::min_admins)});
  numbers.print();
}

int show_pairs(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  const Known known = known_of(settings);
  std::vector<Row> rows;
  for (const auto& [name, token] : known.tokens) {
    const auto& accounts = known.accounts.at(name);
    for (const auto& account : accounts) rows.push_back(row_of(token, account, settings.audit));
    if (accounts.empty()) fmt::print(stderr, "{}: its ad accounts are discovered, and none is known yet\n", name);
  }
  const auto accounts = account_rows(known, settings.audit.policy);
  if (called.json)
    print_as_json(rows, accounts);
  else
    print_as_text(rows, accounts);
  return kExitOk;
}

struct Options {
  bool effective = false, origin = false;
};

/// Every setting, given or not.
int show_effective(const Invocation& called, bool origin) {
  static_cast<void>(load_settings(called, Secrets::kSkipped));
  const auto all = settings::list_file(called.settings_file);
  if (called.json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("settings");
      writer.StartArray();
      for (const auto& setting : all) {
        writer.StartObject();
        member(writer, "path", std::string_view(setting.path));
        member(writer, "value", std::string_view(setting.value));
        member(writer, "origin", std::string_view(setting.origin));
        writer.EndObject();
      }
      writer.EndArray();
      writer.EndObject();
    });
    return kExitOk;
  }
  std::vector<std::string> header{"SETTING", "VALUE"};
  if (origin) header.emplace_back("ORIGIN");
  Table table(std::move(header));
  for (const auto& setting : all) {
    std::vector<std::string> row{setting.path, setting.value.empty() ? "-" : setting.value};
    if (origin) row.push_back(setting.origin);
    table.add(std::move(row));
  }
  table.print();
  return kExitOk;
}

}  // namespace

void add_config_show(CLI::App& config, Invocation& invocation) {
  CLI::App* verb = config.add_subcommand(
      "show", "What the settings come to: for each pair how often, and which expectation decides");
  auto options = std::make_shared<Options>();
  verb->add_flag("--effective", options->effective, "Every setting instead, also those that nobody gave");
  verb->add_flag("--origin", options->origin, "The same, with the file and line where each stands");
  verb->footer("Example: adsauditd config show --effective --origin\nSecrets are never shown.");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) {
      return options->effective || options->origin ? show_effective(called, options->origin) : show_pairs(called);
    };
  });
}

}  // namespace app
