#pragma once

#include <vector>

#include "store/batch.h"
#include "store/sqlite.h"

namespace store {

/// Probes, each with its open run and its suspicion, and the runs that were closed. Everything that writes requires a
/// transaction.
class ProbeTable {
 public:
  explicit ProbeTable(Database& database);

  /// Adds or replaces. A probe that has ended stays ended.
  void put(const verdict::ProbeState& state);
  void end(const audit::ProbeId& probe);
  void append(const ClosedRun& closed);

  /// Those that have not ended, in the order of their ids.
  std::vector<verdict::ProbeState> read() const;

 private:
  Database& database_;
  Statement upsert_;
  Statement end_;
  Statement insert_run_;
};

}  // namespace store
