#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "access_then.h"
#include "audit/bound.h"
#include "base/clock.h"
#include "base/text.h"
#include "choices.h"
#include "context.h"
#include "report_output.h"
#include "report_span.h"
#include "view/report_forms.h"

namespace app {
namespace {

const std::vector<std::string_view> kFormats{"markdown", "csv", "json", "html"};

struct Options {
  SpanOptions span;
  std::string token, account, output;
  std::string format = "markdown";
  std::string table = "access";
};

std::vector<std::string_view> table_names() {
  std::vector<std::string_view> names;
  for (const auto table : view::all_report_tables()) names.push_back(view::to_text(table));
  return names;
}

/// Of a pair that is asked as seldom as the settings let any be.
base::Duration longest_bound(const settings::Settings& settings, store::Store& store) {
  const auto terms = service::bound_terms(settings.audit);
  auto longest =
      audit::detection_bound(audit::interval_of(settings.audit.intervals, audit::IntervalClass::kNormal), terms);
  for (const auto& [name, value] : store.gauges())
    if (name == "detection_bound_ms") longest = std::max(longest, base::Duration(value));
  return longest;
}

void require_known(store::Store& store, const Options& options) {
  const auto has_history = [&](store::HistoryQuery query) { return !store.history(query).empty(); };
  if (!options.token.empty() && !has_history({.token = options.token, .limit = 1}))
    throw CommandError(kExitNotFound, fmt::format("there is no token \"{}\"; see adsauditd token list",
                                                  base::clean_text(options.token)));
  if (options.account.empty() || has_history({.account = options.account, .limit = 1})) return;
  const auto accounts = store.accounts();
  if (std::none_of(accounts.begin(), accounts.end(), [&](const auto& one) { return one.id == options.account; }))
    throw CommandError(kExitNotFound, fmt::format("there is no ad account \"{}\"; see adsauditd account list",
                                                  base::clean_text(options.account)));
}

void write(std::ostream& out, const view::Report& made, const std::string& format, view::ReportTable table) {
  if (format == "json") return view::write_json(out, made);
  if (format == "csv") return view::write_csv(out, made, table);
  if (format == "html") return view::write_page(out, made);
  view::write_markdown(out, made);
}

void write_out(const view::Report& made, const Options& options, const std::string& format, view::ReportTable table) {
  const auto write_to = [&](std::ostream& out) { write(out, made, format, table); };
  if (!options.output.empty()) return write_private_file(options.output, write_to);
  write_to(std::cout);
  if (!std::cout.flush()) throw CommandError(kExitFailure, "cannot write the report to standard output");
}

void warn(const view::Report& made) {
  if (made.chain.broken_at)
    fmt::print(stderr,
               "warning: the change log was altered at entry {}: the report cannot be relied on from there on\n",
               *made.chain.broken_at);
  const auto& complete = made.query.complete_since;
  if (complete && made.query.span.since < *complete)
    fmt::print(stderr,
               "warning: the log is complete since {} only (store.retention.history): earlier changes are missing\n",
               base::to_text(*complete));
}

int report(const Invocation& called, const Options& options, bool table_given) {
  require_choice("--format", "format", options.format, kFormats);
  require_choice("--table", "table", options.table, table_names());
  const auto format = called.json ? "json" : options.format;
  if (called.json && options.format != "markdown" && options.format != "json")
    throw UsageError(fmt::format("--format: {} and --json contradict each other; give one of them", options.format));
  if (table_given && format != "csv") throw UsageError("--table: only CSV has one table a file; add --format csv");
  view::ReportQuery query{.now = base::SystemClock().now().utc};
  query.span = span_of(options.span, query.now);
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto store = open_store(settings, random, false);
  require_known(*store, options);
  query.bound = longest_bound(settings, *store);
  query.token = options.token;
  query.account = options.account;
  query.incidents_kept = settings.retention.incidents;
  query.version = ADSAUDITD_VERSION;
  query.database = settings.store_path;
  query.complete_since = complete_since(*store);
  const auto made = view::read_report(*store, query);
  write_out(made, options, format, *view::report_table_from_text(options.table));
  warn(made);
  return made.chain.broken_at ? kExitStoreUnusable : kExitOk;
}

}  // namespace

void add_report(CLI::App& app, Invocation& invocation) {
  CLI::App* verb =
      app.add_subcommand("report", "Write the access review of a span: who had which role, and what is known");
  auto options = std::make_shared<Options>();
  verb->add_option("--quarter", options->span.quarter,
                   "A quarter, UTC: 2026Q3, last or this; the last one when left out");
  verb->add_option("--since", options->span.since, "From this time on, UTC");
  verb->add_option("--until", options->span.until, "Up to this time, UTC; now when left out");
  verb->add_option("--account", options->account, "Only this ad account");
  verb->add_option("--token", options->token, "Only this token");
  verb->add_option("--format", options->format, fmt::format("One of {}", fmt::join(kFormats, ", ")))
      ->capture_default_str();
  CLI::Option* table =
      verb->add_option("--table", options->table, fmt::format("Of CSV, one of {}", fmt::join(table_names(), ", ")))
          ->capture_default_str();
  verb->add_option("--output", options->output,
                   "Into this file, which is replaced, mode 0600; else to standard output");
  verb->footer("Example: adsauditd report --quarter last --format html --output access-review.html");
  verb->callback([&invocation, options, table] {
    const bool table_given = table->count() > 0;
    invocation.verb = [options, table_given](const Invocation& called) {
      return report(called, *options, table_given);
    };
  });
}

}  // namespace app
