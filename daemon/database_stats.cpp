#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "context.h"
#include "database.h"
#include "store/upkeep.h"

namespace app {
namespace {

void write_table(base::JsonWriter& writer, const store::TableFigures& table) {
  writer.StartObject();
  member(writer, "name", std::string_view(table.name));
  member(writer, "rows", table.rows);
  member(writer, "bytes", table.bytes);
  member(writer, "oldest", table.oldest);
  member(writer, "newest", table.newest);
  writer.EndObject();
}

void print_as_json(const store::Figures& figures) {
  print_json([&](base::JsonWriter& writer) {
    writer.StartObject();
    member(writer, "schema", static_cast<std::uint64_t>(figures.schema));
    member(writer, "created_at", figures.created_at);
    member(writer, "file_bytes", figures.file_bytes);
    member(writer, "log_bytes", figures.log_bytes);
    member(writer, "page_bytes", figures.page_bytes);
    member(writer, "pages", figures.pages);
    member(writer, "free_pages", figures.free_pages);
    member(writer, "gives_pages_back", figures.gives_back);
    member(writer, "changes_pruned_to", figures.changes_pruned_to.value_or(0));
    member(writer, "keys", figures.keys);
    writer.Key("tables");
    writer.StartArray();
    for (const auto& table : figures.tables) write_table(writer, table);
    writer.EndArray();
    writer.EndObject();
  });
}

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{:.2f} MiB", static_cast<double>(bytes) / (1 << 20)); }

std::string day_of(const std::optional<base::Instant>& instant) {
  return instant ? base::to_text(*instant).substr(0, 10) : "-";
}

void print_for_people(const store::Figures& figures) {
  print_field("made", figures.created_at ? base::to_text(*figures.created_at) : "");
  print_field("schema", std::to_string(figures.schema));
  print_field("file", mebibytes(figures.file_bytes));
  print_field("log", mebibytes(figures.log_bytes));
  print_field("free", fmt::format("{} of {} pages{}", figures.free_pages, figures.pages,
                                  figures.gives_back ? "" : "; they are used again, but not given back"));
  print_fields("key", figures.keys);
  if (figures.changes_pruned_to)
    print_field("pruned", fmt::format("of the change log, entries up to number {}", *figures.changes_pruned_to));
  Table table({"TABLE", "ROWS", "SIZE", "OLDEST", "NEWEST"});
  for (const auto& each : figures.tables)
    table.add({each.name, std::to_string(each.rows), mebibytes(each.bytes), day_of(each.oldest), day_of(each.newest)});
  table.print();
}

int stats(const Invocation& called) {
  const auto settings = load_settings(called, Secrets::kSkipped);
  require_database(settings);
  const auto figures = store::figures(settings.store_path);
  called.json ? print_as_json(figures) : print_for_people(figures);
  return kExitOk;
}

}  // namespace

void add_database_stats(CLI::App& database, Invocation& invocation) {
  CLI::App* verb = database.add_subcommand("stats", "What is in the database: rows, bytes, ages, free pages");
  verb->footer("Example: adsauditd db stats --json");
  verb->callback([&invocation] { invocation.verb = stats; });
}

}  // namespace app
