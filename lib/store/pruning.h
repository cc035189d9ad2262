#pragma once

#include <cstdint>

#include "store/change_log.h"
#include "store/retention.h"
#include "store/sqlite.h"

namespace store {

/// Throws away what is over, the oldest first, one small step at a time: the change log, then what was heard, alerts,
/// incidents, the operator's words, and last the pages that this left empty. Keeps its place between two steps.
class Pruning {
 public:
  /// Both must outlive it.
  Pruning(Database& database, ChangeLog& change_log);

  /// `note` is for the change log, when the first entries of a pass go.
  Pruned step(const Retention& retention, const verdict::ChangeId& note, base::Instant now);

 private:
  enum class Stage { kHistory, kAlerts, kObservations, kIncidents, kWords, kPages };

  /// Each says whether its stage is over.
  bool prune_history(base::Instant limit, const verdict::ChangeId& note, base::Instant now, Pruned& pruned);
  bool prune_alerts(base::Instant limit, base::Instant dead_limit, Pruned& pruned);
  bool prune_observations(base::Instant limit, Pruned& pruned);
  bool prune_incidents(base::Instant limit, Pruned& pruned);
  bool prune_words(base::Instant limit, Pruned& pruned);
  bool give_pages_back(Pruned& pruned);
  bool is_too_large(const Retention& retention);
  bool run(const Retention& retention, const verdict::ChangeId& note, base::Instant now, Pruned& pruned);

  Database& database_;
  ChangeLog& change_log_;
  Stage stage_ = Stage::kHistory;
  std::uint64_t place_ = 0;  ///< of the present stage: number or sequence of the last row that was looked at
};

}  // namespace store
