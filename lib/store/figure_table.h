#pragma once

#include <cstdint>
#include <vector>

#include "store/batch.h"
#include "store/sqlite.h"

namespace store {

/// Single figures: gauges, how the last process ended, and the sequence of the latest alert. Writing requires a
/// transaction.
class FigureTable {
 public:
  explicit FigureTable(Database& database);

  void put(const Gauge& gauge);
  std::vector<Gauge> gauges() const;  ///< by name

  void note_end(bool in_order);
  bool ended_in_order() const;  ///< true when nobody noted anything

  /// Never lowers it.
  void raise_sequence(std::uint64_t sequence);
  std::uint64_t last_sequence() const;

 private:
  Database& database_;
  Statement upsert_gauge_;
  Statement note_end_;
  Statement raise_sequence_;
};

}  // namespace store
