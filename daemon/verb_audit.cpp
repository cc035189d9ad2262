#include <fmt/format.h>
#include <spdlog/logger.h>

#include <CLI/CLI.hpp>
#include <set>

#include "base/overloaded.h"
#include "base/text.h"
#include "machine.h"
#include "progress.h"

namespace app {
namespace {

struct Options {
  std::string token, account;
  bool once = false, explain = false;
};

/// Long enough for every confirmation, with an answer at the last moment each time, and for the alerts.
base::Duration limit_of(const settings::Settings& settings) {
  const auto& confirm = settings.audit.confirm;
  constexpr base::Duration kForAlerts{15'000};
  return (confirm.count + 2) * (confirm.spacing + settings.api.deadline) + kForAlerts;
}

std::string explain(const service::Audited& audited) {
  const auto& evidence = audited.observation.evidence;
  const std::string outcome =
      std::visit(base::Overloaded{
                     [](const xads::Granted& granted) {
                       return "granted " + granted.permissions.text() + " to user " + granted.user_id;
                     },
                     [](const xads::Denied& denied) { return "denied: " + std::string(xads::to_text(denied.denial)); },
                     [](const xads::Throttled&) { return std::string("throttled: says nothing of the token"); },
                     [](const xads::Unavailable& unavailable) {
                       return "unavailable: " + unavailable.why + ", says nothing of the token";
                     }},
                 audited.observation.answer);
  std::string text = fmt::format("{} on {}: {}", audited.token, audited.account, outcome);
  if (evidence.http_status != 0)
    text += fmt::format(" (HTTP {}{}{})", evidence.http_status, evidence.code.empty() ? "" : ", code ", evidence.code);
  if (audited.baseline.suspicion)
    text += fmt::format("; seen {} time(s), to be confirmed", audited.baseline.suspicion->count);
  return base::clean_text(text);
}

/// A pair as it stands after the audit.
struct Row {
  audit::TokenId token_id;
  std::string token, account;
  std::optional<verdict::Run> run;
  bool suspicion = false;
};

std::vector<Row> rows_of(const service::Roster& roster, const Options& options) {
  std::vector<Row> rows;
  for (std::uint32_t place = 0; place < roster.pair_places(); ++place) {
    const audit::PairIndex index{place};
    const service::Pair& pair = roster.pair(index);
    if (pair.id.null()) continue;
    const audit::TokenIndex token{pair.token};
    const std::string_view name = roster.token_name(token);
    const std::string_view account = roster.account_id(audit::AccountIndex{pair.account});
    if (!options.token.empty() && name != options.token) continue;
    if (!options.account.empty() && account != options.account) continue;
    auto baseline = roster.baseline(index);
    rows.push_back({roster.record(token).id, std::string(name), std::string(account), std::move(baseline.run),
                    baseline.suspicion.has_value()});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return std::tie(left.token, left.account) < std::tie(right.token, right.account);
  });
  return rows;
}

TokenNames names_of(const service::Roster& roster) {
  TokenNames names;
  for (std::uint32_t place = 0; place < roster.token_places(); ++place) {
    const audit::TokenIndex token{place};
    if (!roster.record(token).id.null()) names.emplace(roster.record(token).id, roster.token_name(token));
  }
  return names;
}

std::vector<verdict::Incident> findings_of(const service::Engine& engine, const std::vector<Row>& rows) {
  std::set<audit::TokenId> tokens;
  std::set<std::string_view> accounts;
  std::set<std::pair<audit::TokenId, std::string_view>> pairs;
  for (const Row& row : rows) {
    tokens.insert(row.token_id);
    accounts.insert(row.account);
    pairs.emplace(row.token_id, row.account);
  }
  std::vector<verdict::Incident> findings;
  for (const auto& [key, incident] : engine.open_incidents()) {
    const bool concerned = key.token.null()      ? accounts.contains(key.account)
                           : key.account.empty() ? tokens.contains(key.token)
                                                 : pairs.contains({key.token, key.account});
    if (concerned) findings.push_back(incident);
  }
  return findings;
}

/// Our own auditing may be ill while all tokens are well.
bool is_about_access(const verdict::Incident& incident) {
  return verdict::scope_of(incident.finding.key.cause) != verdict::Scope::kAudit;
}

void print_json_result(const std::vector<Row>& rows, const std::vector<verdict::Incident>& findings,
                       std::size_t unsettled, const TokenNames& names) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("pairs");
    writer.StartArray();
    for (const auto& row : rows) {
      writer.StartObject();
      member(writer, "token", std::string_view(row.token));
      member(writer, "account", std::string_view(row.account));
      member_or_null(writer, "answer", row.run ? verdict::to_text(row.run->answer) : "");
      member(writer, "since", row.run ? std::optional(row.run->since) : std::nullopt);
      member(writer, "suspicion", row.suspicion);
      writer.EndObject();
    }
    writer.EndArray();
    writer.Key("findings");
    writer.StartArray();
    for (const auto& incident : findings) write_incident(writer, incident, names);
    writer.EndArray();
    member(writer, "unsettled", static_cast<std::uint64_t>(unsettled));
    writer.EndObject();
  });
}

void print_result(const std::vector<Row>& rows, const std::vector<verdict::Incident>& findings, std::size_t unsettled,
                  const TokenNames& names) {
  Table table({"TOKEN", "ACCOUNT", "ANSWER"});
  for (const auto& row : rows)
    table.add({row.token, row.account, row.run ? verdict::to_text(row.run->answer) : "no conclusive answer yet"});
  table.print();
  if (!findings.empty()) {
    fmt::print("\n");
    Table wrong(incident_header());
    for (const auto& incident : findings) wrong.add(incident_row(incident, names));
    wrong.print();
  }
  if (unsettled > 0) fmt::print("\n{} pairs could not be settled in time\n", unsettled);
}

int audit_once(const Invocation& called, const Options& options) {
  const auto settings = load_settings(called, Secrets::kNeeded);
  auto log_options = settings.log;
  log_options.level = std::max(log_options.level, settings::LogLevel::kWarning);
  const auto log = make_logger(log_options);
  return with_machine(settings, *log, [&](Machine& machine) {
    Progress progress(!called.json && !options.explain);
    std::size_t most = 0;
    machine.loop.observe([&](const service::Audited& audited) {
      const std::size_t left = machine.engine.unsettled();
      most = std::max(most, left);
      progress.show(fmt::format("auditing: {} of {} pairs settled", most - left, most));
      if (options.explain) fmt::print(stderr, "{}\n", explain(audited));
    });
    const std::size_t unsettled = machine.loop.run_once(options.token, options.account, limit_of(settings));
    progress.end();
    const auto rows = rows_of(machine.engine.roster(), options);
    if (rows.empty())
      throw CommandError(kExitNotFound, "no pair of token and ad account fits; see adsauditd token list");
    const TokenNames names = names_of(machine.engine.roster());
    const auto findings = findings_of(machine.engine, rows);
    if (called.json)
      print_json_result(rows, findings, unsettled, names);
    else
      print_result(rows, findings, unsettled, names);
    if (std::any_of(findings.begin(), findings.end(), is_about_access)) return kExitFindings;
    const auto silent = [](const Row& row) { return !row.run; };
    const bool incomplete = unsettled > 0 || std::any_of(rows.begin(), rows.end(), silent);
    return incomplete ? kExitTimedOut : kExitOk;
  });
}

}  // namespace

void add_audit(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("audit", "Audit now, in front; exit code 10 when something is wrong");
  auto options = std::make_shared<Options>();
  verb->add_flag("--once", options->once, "Each pair once, with the confirmations it needs")->required();
  verb->add_option("--token", options->token, "Only this token");
  verb->add_option("--account", options->account, "Only this ad account");
  verb->add_flag("--explain", options->explain, "Tell each answer and what it means");
  verb->footer("Example: adsauditd audit --once --token brand-a --explain");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return audit_once(called, *options); };
  });
}

}  // namespace app
