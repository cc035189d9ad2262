#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "change_output.h"
#include "choices.h"
#include "context.h"
#include "time_option.h"
#include "view/twins.h"

namespace app {
namespace {

struct Options {
  std::string id, token, account, since;
  std::vector<std::string> causes;
  int limit = 1000;
  bool all = false;
  bool evidence = false;
};

store::IncidentQuery query_of(const Options& options) {
  store::IncidentQuery query{.open_only = !options.all,
                             .causes = options.causes,
                             .since = instant_if_given(options.since, "--since"),
                             .limit = options.limit};
  if (!options.token.empty()) query.token = options.token;
  if (!options.account.empty()) query.account = options.account;
  return query;
}

void print_list(const view::IncidentList& list, const Options& options) {
  if (list.incidents.empty()) {
    fmt::print("no {}incidents\n", options.all ? "" : "open ");
    return;
  }
  auto header = incident_header();
  if (options.evidence) header.insert(header.end(), {"RULE", "ANSWER", "CONFIRMED", "WITNESSES"});
  Table table(header);
  for (const auto& incident : list.incidents) {
    const auto& finding = incident.finding;
    auto row = incident_row(incident, list.names);
    if (options.evidence)
      row.insert(row.end(), {or_dash(finding.grounds.rule), or_dash(evidence_text(finding.evidence)),
                             finding.confirmations > 0 ? fmt::format("{} times", finding.confirmations) : "-",
                             or_dash(base::join(finding.grounds.witnesses, "; "))});
    table.add(std::move(row));
  }
  table.print();
  if (list.more) fmt::print("there are more; see --limit\n");
}

void print_evidence(const verdict::Finding& finding) {
  print_field("rule", finding.grounds.rule);
  print_field("answer", evidence_text(finding.evidence));
  if (finding.confirmations > 0) print_field("confirmed", fmt::format("{} times", finding.confirmations));
  if (finding.last_good_at) print_field("last good", base::to_text(*finding.last_good_at));
  print_fields("witnesses", finding.grounds.witnesses);
}

void print_one(const verdict::Incident& incident, const TokenNames& names) {
  const auto& finding = incident.finding;
  const auto row = incident_row(incident, names);
  print_field("incident", incident.id.text());
  print_field("cause", fmt::format("{} ({})", row[2], row[1]));
  print_field("topic", finding.key.topic);
  if (!finding.key.token.null()) print_field("token", row[3]);
  print_field("account", finding.key.account);
  print_field("opened", base::to_text(incident.opened_at));
  print_field("updated", base::to_text(incident.updated_at));
  print_field("resolved", incident.resolved_at ? base::to_text(*incident.resolved_at) : "open");
  if (const auto& word = incident.acknowledged) {
    print_field("acknowledged", fmt::format("by {} at {}", word->by, base::to_text(word->at)));
    print_field("", word->reason);
  }
  if (incident.part_of) print_field("part of", incident.part_of->text());
  print_field("was", base::join(finding.before, ", "));
  print_field("is", base::join(finding.after, ", "));
  print_fields("details", finding.details);
  if (finding.affected > 0) print_field("affected", std::to_string(finding.affected));
  print_fields("examples", finding.examples);
  print_evidence(finding);
  std::vector<std::string> flips;
  for (const auto flip : incident.flips) flips.push_back(base::to_text(flip));
  print_fields("came again", flips);
}

int show_one(const Invocation& called, store::Store& store, const std::string& text) {
  const auto incident = require_incident(store, text);
  const auto names = view::names_of(store, {incident});
  if (called.json)
    print_json([&](base::JsonWriter& writer) { write_incident(writer, incident, names); });
  else
    print_one(incident, names);
  return kExitOk;
}

int incidents(const Invocation& called, const Options& options) {
  for (const auto& cause : options.causes) cause_named("--cause", cause);
  const auto query = query_of(options);
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  if (!options.id.empty()) return show_one(called, *store, options.id);
  const auto list = view::read_incidents(*store, query);
  if (called.json)
    print_json([&](base::JsonWriter& writer) { view::write_incidents(writer, list); });
  else
    print_list(list, options);
  return kExitOk;
}

}  // namespace

void add_incidents(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("incidents", "Show the open incidents, or all there is to know of one");
  auto options = std::make_shared<Options>();
  CLI::Option* id = verb->add_option("INCIDENT", options->id, "Only this one, with all its details");
  verb->add_flag("--all", options->all, "The resolved ones, too")->excludes(id);
  verb->add_option("--cause", options->causes, "Only of this cause, or several")->delimiter(',')->excludes(id);
  verb->add_option("--token", options->token, "Only about this token")->excludes(id);
  verb->add_option("--account", options->account, "Only about this ad account")->excludes(id);
  verb->add_option("--since", options->since, "Opened at this time or later, UTC")->excludes(id);
  verb->add_option("--limit", options->limit, "Rows at most, the latest opened first")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  verb->add_flag("--evidence", options->evidence, "Also why: rule, answer, confirmations and witnesses")->excludes(id);
  verb->footer("Example: adsauditd incidents --all --cause token.revoked --since 2026-11-01 --evidence");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return incidents(called, *options); };
  });
}

}  // namespace app
