#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/batch.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace store {

/// Single figures: gauges, how the last process ended, the sequence of the latest alert, and when mutes were listed.
/// Writing requires a transaction.
class FigureTable {
 public:
  explicit FigureTable(Database& database);

  /// Also counts them into the hour in which they were written, when they say so.
  void put(const std::vector<Gauge>& gauges);
  std::vector<Gauge> gauges() const;                                           ///< by name
  std::vector<HourRow> hours(base::Instant since, base::Instant until) const;  ///< see Store

  void note_end(bool in_order);
  bool ended_in_order() const;  ///< true when nobody noted anything

  /// Never lowers it.
  void raise_sequence(std::uint64_t sequence);
  std::uint64_t last_sequence() const;

  void note_listed_mutes(base::Instant at);
  std::optional<base::Instant> mutes_listed_at() const;  ///< nothing before the first time

 private:
  void note_hour(const std::vector<Gauge>& gauges);

  Database& database_;
  Statement upsert_gauge_;
  Statement note_end_;
  Statement raise_sequence_;
  Statement note_listed_mutes_;
};

}  // namespace store
