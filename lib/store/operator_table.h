#pragma once

#include <functional>
#include <vector>

#include "store/sqlite.h"

namespace store {

/// What the operator has said: changes that were announced, incidents that were accepted or acknowledged, messages to
/// be tried. Everything that writes requires a transaction.
class OperatorTable {
 public:
  explicit OperatorTable(Database& database);

  /// Adds it, or moves a known one into its new state. One that is done or withdrawn stays so: a daemon and a command
  /// may write at the same time.
  void put(const verdict::PlannedChange& plan);
  /// The latest announced first; `open_only`: those that are open or overdue, or done and to be believed beyond
  /// `done_until` (UTC).
  void stream(bool open_only, base::Instant done_until,
              const std::function<void(verdict::PlannedChange plan)>& take) const;

  /// False when the incident was accepted already and no daemon has taken it up yet.
  bool request(const verdict::Acceptance& acceptance);
  /// The earliest first.
  std::vector<verdict::Acceptance> acceptances() const;
  /// A daemon has taken up, or refused, what was said of this incident.
  void finish_acceptance(const verdict::IncidentId& incident);

  /// False when the incident was acknowledged already and no daemon has taken it up yet.
  bool request(const verdict::Acknowledgement& acknowledgement);
  /// The earliest first.
  std::vector<verdict::Acknowledgement> acknowledgements() const;
  void finish_acknowledgement(const verdict::IncidentId& incident);

  void request(const alert::TestRequest& request);
  /// The earliest first.
  std::vector<alert::TestRequest> test_requests() const;
  void finish(const alert::TestId& test);

 private:
  Database& database_;
  Statement upsert_plan_, erase_acceptance_, erase_acknowledgement_, erase_test_;
};

}  // namespace store
