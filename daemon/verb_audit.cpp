#include <fmt/format.h>
#include <spdlog/logger.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <set>

#include "base/overloaded.h"
#include "base/text.h"
#include "machine.h"

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

/// A line on the terminal that moves on with the audit.
class Progress {
 public:
  explicit Progress(bool shown) : shown_(shown && ::isatty(STDERR_FILENO) != 0) {}
  void show(std::size_t left) {
    most_ = std::max(most_, left);
    if (shown_) fmt::print(stderr, "\rauditing: {} of {} pairs settled \033[K", most_ - left, most_);
  }
  void end() const {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }

 private:
  bool shown_;
  std::size_t most_ = 0;
};

struct Pair {
  std::string token;
  const verdict::ProbeState* state;
};

std::vector<Pair> pairs_of(const service::Roster& roster, const Options& options) {
  std::vector<Pair> pairs;
  for (const auto& [id, watched] : roster.tokens()) {
    if (!options.token.empty() && watched.token.name != options.token) continue;
    for (const auto* state : roster.states_of_token(id)) {
      if (options.account.empty() || state->probe.account == options.account)
        pairs.push_back({watched.token.name, state});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& left, const Pair& right) {
    return std::tie(left.token, left.state->probe.account) < std::tie(right.token, right.state->probe.account);
  });
  return pairs;
}

std::vector<verdict::Incident> findings_of(const service::Engine& engine, const std::vector<Pair>& pairs) {
  std::vector<verdict::Incident> findings;
  for (const auto& [key, incident] : engine.open_incidents()) {
    const auto concerns = [&, wanted = key](const Pair& pair) {
      const audit::Probe& probe = pair.state->probe;
      return (wanted.token.null() || wanted.token == probe.token) &&
             (wanted.account.empty() || wanted.account == probe.account);
    };
    if (std::any_of(pairs.begin(), pairs.end(), concerns)) findings.push_back(incident);
  }
  return findings;
}

void print_result(const std::vector<Pair>& pairs, const std::vector<verdict::Incident>& findings, std::size_t unsettled,
                  const TokenNames& names, bool json) {
  if (json) {
    print_json([&](base::JsonWriter& writer) {
      writer.StartObject();
      writer.Key("pairs");
      writer.StartArray();
      for (const auto& pair : pairs) {
        const auto& run = pair.state->baseline.run;
        writer.StartObject();
        member(writer, "token", std::string_view(pair.token));
        member(writer, "account", std::string_view(pair.state->probe.account));
        member_or_null(writer, "answer", run ? verdict::to_text(run->answer) : "");
        member(writer, "since", run ? std::optional(run->since) : std::nullopt);
        member(writer, "suspicion", pair.state->baseline.suspicion.has_value());
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
    return;
  }
  Table table({"TOKEN", "ACCOUNT", "ANSWER"});
  for (const auto& pair : pairs) {
    const auto& run = pair.state->baseline.run;
    table.add(
        {pair.token, pair.state->probe.account, run ? verdict::to_text(run->answer) : "no conclusive answer yet"});
  }
  table.print();
  if (!findings.empty()) {
    fmt::print("\n");
    Table wrong({"INCIDENT", "SEVERITY", "CAUSE", "TOKEN", "ACCOUNT", "OPENED", "RESOLVED", "CHANGE"});
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
    machine.loop.observe([&](const service::Audited& audited) {
      progress.show(machine.engine.unsettled());
      if (options.explain) fmt::print(stderr, "{}\n", explain(audited));
    });
    const std::size_t unsettled = machine.loop.run_once(options.token, options.account, limit_of(settings));
    progress.end();
    const auto pairs = pairs_of(machine.engine.roster(), options);
    if (pairs.empty())
      throw CommandError(kExitNotFound, "no pair of token and ad account fits; see adsauditd token list");
    TokenNames names;
    for (const auto& [id, watched] : machine.engine.roster().tokens()) names.emplace(id, watched.token.name);
    const auto findings = findings_of(machine.engine, pairs);
    print_result(pairs, findings, unsettled, names, called.json);
    if (!findings.empty()) return kExitFindings;
    const auto silent = [](const Pair& pair) { return !pair.state->baseline.run; };
    const bool incomplete = unsettled > 0 || std::any_of(pairs.begin(), pairs.end(), silent);
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
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return audit_once(called, *options); };
  });
}

}  // namespace app
