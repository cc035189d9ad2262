#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "change_output.h"
#include "context.h"
#include "time_option.h"

namespace app {
namespace {

struct Options {
  std::string token, account, since, until;
  std::vector<std::string> kinds;
  std::uint64_t after = 0;
  std::uint64_t before = 0;  ///< 0: not given
  int limit = 1000;
  bool latest = false;
  bool evidence = false;
};

/// A part of the log.
struct Page {
  std::vector<store::HistoryRow> rows;
  bool more = false;  ///< others follow in the same direction
};

store::HistoryQuery query_of(const Options& options) {
  store::HistoryQuery query{.since = instant_if_given(options.since, "--since"),
                            .until = instant_if_given(options.until, "--until"),
                            .kinds = options.kinds,
                            .after_number = options.after,
                            .latest_first = options.latest,
                            .limit = options.limit + 1};  // one more tells whether there are others
  if (!options.token.empty()) query.token = options.token;
  if (!options.account.empty()) query.account = options.account;
  if (options.before != 0) query.before_number = options.before;
  return query;
}

/// Requires a query for one row more than the page may have.
Page read_page(store::Store& store, const store::HistoryQuery& query) {
  Page page{store.history(query)};
  page.more = page.rows.size() == static_cast<std::size_t>(query.limit);
  if (page.more) page.rows.pop_back();
  return page;
}

/// What continues after this page: a member with a number, the other null.
void write_next(base::JsonWriter& writer, const char* name, bool there, const Page& page) {
  if (there) return member(writer, name, page.rows.back().number);
  writer.Key(name);
  writer.Null();
}

void print_page_as_json(const Page& page, bool latest) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    writer.Key("changes");
    writer.StartArray();
    for (const auto& row : page.rows) write_change(writer, row);
    writer.EndArray();
    write_next(writer, "next_after", page.more && !latest, page);
    write_next(writer, "next_before", page.more && latest, page);
    writer.EndObject();
  });
}

void print_page(const Page& page, const Options& options) {
  std::vector<std::string> header{"NUMBER", "AT", "KIND", "TOKEN", "ACCOUNT", "BEFORE", "AFTER"};
  if (options.evidence) header.insert(header.end(), {"RULE", "ANSWER", "CONFIRMED", "WITNESSES"});
  Table table(header);
  for (const auto& [number, change, hash] : page.rows) {
    std::vector<std::string> row{std::to_string(number), base::to_text(change.at), change.kind,
                                 or_dash(change.token),  or_dash(change.account),  or_dash(change.before),
                                 or_dash(change.after)};
    if (options.evidence)
      row.insert(row.end(), {or_dash(change.grounds.rule), or_dash(evidence_text(change.evidence)),
                             change.confirmations > 0 ? fmt::format("{} times", change.confirmations) : "-",
                             or_dash(base::join(change.grounds.witnesses, "; "))});
    table.add(std::move(row));
  }
  table.print();
  if (page.more)
    fmt::print("there are more; go on with {} {}\n", options.latest ? "--latest --before" : "--after",
               page.rows.back().number);
}

int history(const Invocation& called, const Options& options) {
  require_known_kinds(options.kinds);
  const auto query = query_of(options);
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto page = read_page(*open_store(settings, random, false), query);
  if (called.json)
    print_page_as_json(page, options.latest);
  else
    print_page(page, options);
  return kExitOk;
}

}  // namespace

void add_history(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("history", "Show what changed, oldest first, from a log chained by hash");
  auto options = std::make_shared<Options>();
  verb->add_option("--token", options->token, "Only this token");
  verb->add_option("--account", options->account, "Only this ad account");
  verb->add_option("--kind", options->kinds,
                   fmt::format("Only this kind, or several: {}", fmt::join(store::change_kinds(), ", ")))
      ->delimiter(',');
  verb->add_option("--since", options->since, "From this time on, UTC");
  verb->add_option("--until", options->until, "Up to this time, UTC");
  verb->add_option("--after", options->after, "Only entries after this number");
  verb->add_option("--before", options->before, "Only entries before this number")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 62));
  verb->add_option("--limit", options->limit, "Rows at most")->capture_default_str()->check(CLI::Range(1, 1'000'000));
  verb->add_flag("--latest", options->latest, "The latest first");
  verb->add_flag("--evidence", options->evidence, "Also why: rule, answer, confirmations and witnesses");
  verb->footer("Example: adsauditd history --account 18ce54d4x5t --kind changed,accepted --latest --limit 20");
  verb->callback([&invocation, options] {
    invocation.verb = [options](const Invocation& called) { return history(called, *options); };
  });
}

}  // namespace app
