#pragma once

#include <functional>
#include <vector>

#include "store/batch.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace store {

/// Probes, each with its open run and its suspicion, and the runs that were closed. Everything that writes requires a
/// transaction.
class ProbeTable {
 public:
  explicit ProbeTable(Database& database);

  /// Adds or replaces, in the order of the ids: what a flush in that order touches then lies side by side. A probe that
  /// has ended stays ended.
  void put(const std::vector<verdict::ProbeState>& states);
  void grow(const GrownRun& grown);
  void end(const audit::ProbeId& probe);
  void append(const ClosedRun& closed);

  /// Those that have not ended, of one token or of all (null), in the order of their ids.
  std::vector<verdict::ProbeState> read(const audit::TokenId& token) const;
  struct Placed {
    verdict::ProbeState state;
    AccountFacts account;
  };
  /// See Store::pairs().
  std::vector<Placed> page(const PairQuery& query) const;
  std::uint64_t count() const;  ///< of what page() would give in all
  /// All that have not ended, in the order in which they lie; `token_id` gives the id of a token by its number.
  void stream(const std::function<audit::TokenId(std::int64_t number)>& token_id,
              const std::function<void(verdict::ProbeState state)>& take) const;

 private:
  void put(const verdict::ProbeState& state);

  Database& database_;
  Statement upsert_;
  Statement grow_;
  Statement end_;
  Statement insert_run_;
};

}  // namespace store
