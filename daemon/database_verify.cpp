#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "change_output.h"
#include "context.h"
#include "database.h"

namespace app {
namespace {

struct Verification {
  store::ChainCheck check;
  std::optional<store::HistoryRow> broken;  ///< the first entry that does not fit
  std::optional<store::HistoryRow> last;
};

Verification verify_log(store::Store& store) {
  Verification result{store.verify_chain(), {}, {}};
  const auto first_of = [&](const store::HistoryQuery& query) {
    auto rows = store.history(query);
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
  };
  // A number below 1 can only be planted; no query leads to it.
  if (const auto number = result.check.broken_at; number && *number > 0)
    result.broken = first_of({.after_number = *number - 1, .limit = 1});
  result.last = first_of({.latest_first = true, .limit = 1});
  return result;
}

void print_as_json(const Verification& result) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "ok", !result.check.broken_at);
    member(writer, "changes", result.check.rows);
    member(writer, "pruned", result.check.pruned);
    member(writer, "broken_at", result.check.broken_at);
    writer.Key("broken");
    if (result.broken)
      write_change(writer, *result.broken);
    else
      writer.Null();
    member_or_null(writer, "last_hash", result.last ? result.last->hash : "");
    writer.EndObject();
  });
}

void print_broken(const Verification& result) {
  fmt::print("the change log was altered at entry {}; the entries before it are as they were written\n",
             *result.check.broken_at);
  if (!result.broken) return;
  const auto& change = result.broken->change;
  Table table({"NUMBER", "AT", "KIND", "TOKEN", "ACCOUNT", "BEFORE", "AFTER"});
  table.add({std::to_string(result.broken->number), base::to_text(change.at), change.kind, or_dash(change.token),
             or_dash(change.account), or_dash(change.before), or_dash(change.after)});
  table.print();
}

int verify(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  base::SystemRandom random;
  const auto result = verify_log(*open_store(settings, random, false));
  if (called.json)
    print_as_json(result);
  else if (result.check.broken_at)
    print_broken(result);
  else
    fmt::print("the change log is whole: {} entries, each chained to the one before{}\n", result.check.rows,
               result.check.pruned == 0 ? "" : fmt::format("; {} older ones were pruned", result.check.pruned));
  if (!called.json && !result.check.broken_at && result.last)
    fmt::print("the last one, number {}, has the hash {}: noted elsewhere, it proves that none was cut off\n",
               result.last->number, result.last->hash);
  return result.check.broken_at ? kExitStoreUnusable : kExitOk;
}

}  // namespace

void add_database_verify(CLI::App& database, Invocation& invocation) {
  CLI::App* verb = database.add_subcommand("verify", "Check that the change log was not altered; exit code 13 if so");
  verb->footer("Example: adsauditd db verify --json");
  verb->callback([&invocation] { invocation.verb = verify; });
}

}  // namespace app
