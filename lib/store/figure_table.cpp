#include "store/figure_table.h"

namespace store {

FigureTable::FigureTable(Database& database)
    : database_(database),
      upsert_gauge_(database, "INSERT OR REPLACE INTO gauges (name, value) VALUES (?,?)"),
      note_end_(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('ended_in_order', ?)"),
      raise_sequence_(database,
                      "INSERT INTO meta (name, value) VALUES ('last_sequence', ?) "
                      "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"),
      note_listed_mutes_(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('mutes_listed_at', ?)") {}

void FigureTable::put(const Gauge& gauge) { upsert_gauge_.bind(gauge.first).bind(gauge.second).run(); }

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
