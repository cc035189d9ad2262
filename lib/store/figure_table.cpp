#include "store/figure_table.h"

#include <algorithm>

namespace store {
namespace {

constexpr std::int64_t kAllLeft = 1000;  // permille

}  // namespace

FigureTable::FigureTable(Database& database)
    : database_(database),
      upsert_gauge_(database, "INSERT OR REPLACE INTO gauges (name, value) VALUES (?,?)"),
      note_end_(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('ended_in_order', ?)"),
      raise_sequence_(database,
                      "INSERT INTO meta (name, value) VALUES ('last_sequence', ?) "
                      "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"),
      note_listed_mutes_(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('mutes_listed_at', ?)") {}

void FigureTable::put(const std::vector<Gauge>& gauges) {
  note_hour(gauges);  // looks at what is there
  for (const auto& [name, value] : gauges) upsert_gauge_.bind(name).bind(value).run();
}

void FigureTable::note_hour(const std::vector<Gauge>& gauges) {
  const auto value = [&](std::string_view name) {
    const auto found = std::ranges::find(gauges, name, &Gauge::first);
    return found == gauges.end() ? std::nullopt : std::optional(found->second);
  };
  const auto written = value("written_at_ms");
  if (!written) return;
  Statement before(database_, "SELECT value FROM gauges WHERE name = 'audits_total'");
  const auto known = before.next() ? before.number(0) : 0;
  const auto audits = value("audits_total").value_or(0);
  Statement hour(database_,
                 "INSERT INTO hours (hour, samples, least_left_permille, lateness_p99_ms, audits) VALUES (?,1,?,?,?) "
                 "ON CONFLICT (hour) DO UPDATE SET samples = samples + 1, "
                 "least_left_permille = min(least_left_permille, excluded.least_left_permille), "
                 "lateness_p99_ms = max(lateness_p99_ms, excluded.lateness_p99_ms), audits = audits + excluded.audits");
  hour.bind(std::chrono::time_point_cast<base::Duration>(
      std::chrono::floor<std::chrono::hours>(base::from_epoch_ms(*written))));
  hour.bind(value("least_left_permille").value_or(kAllLeft)).bind(value("lateness_p99_ms").value_or(0));
  hour.bind(audits >= known ? audits - known : audits).run();  // another process counts from 0
}

std::vector<HourRow> FigureTable::hours(base::Instant since, base::Instant until) const {
  Statement rows(database_,
                 "SELECT hour, samples, least_left_permille, lateness_p99_ms, audits FROM hours "
                 "WHERE hour >= ? AND hour < ? ORDER BY hour");
  rows.bind(since).bind(until);
  std::vector<HourRow> hours;
  while (rows.next())
    hours.push_back({rows.time(0), static_cast<std::uint64_t>(rows.number(1)), static_cast<int>(rows.number(2)),
                     base::Duration(rows.number(3)), static_cast<std::uint64_t>(rows.number(4))});
  return hours;
}

std::vector<Gauge> FigureTable::gauges() const {
  Statement rows(database_, "SELECT name, value FROM gauges ORDER BY name");
  std::vector<Gauge> gauges;
  while (rows.next()) gauges.emplace_back(rows.text(0), rows.number(1));
  return gauges;
}

void FigureTable::note_end(bool in_order) { note_end_.bind(in_order).run(); }

bool FigureTable::ended_in_order() const {
  Statement row(database_, "SELECT value FROM meta WHERE name = 'ended_in_order'");
  return !row.next() || row.number(0) != 0;
}

void FigureTable::raise_sequence(std::uint64_t sequence) { raise_sequence_.bind(sequence).run(); }

std::uint64_t FigureTable::last_sequence() const {
  Statement row(database_, "SELECT value FROM meta WHERE name = 'last_sequence'");
  return row.next() ? static_cast<std::uint64_t>(row.number(0)) : 0;
}

void FigureTable::note_listed_mutes(base::Instant at) { note_listed_mutes_.bind(at).run(); }

std::optional<base::Instant> FigureTable::mutes_listed_at() const {
  Statement row(database_, "SELECT value FROM meta WHERE name = 'mutes_listed_at'");
  return row.next() ? row.optional_time(0) : std::nullopt;
}

}  // namespace store
