#pragma once

#include <vector>

#include "audit/budget.h"

namespace service {

/// What all audits ask of the buckets that rule, beside what these give for ever: the figures of `adsauditd budget`, as
/// the running daemon knows X's limits. Loop thread only.
class Demand {
 public:
  /// `budget` outlives this.
  explicit Demand(const audit::Budget& budget) : budget_(budget) {}

  /// A pair that is asked each `interval`.
  void add(const audit::Budget::Asker& asker, base::Duration interval);
  /// Buckets that cannot give what is asked of them: some of their pairs will be late.
  std::size_t unfit() const;

 private:
  struct Load {
    double calls = 0;  ///< wanted per window
    int allowed = 0;   ///< per window
  };
  void add(std::vector<Load>& loads, const audit::BucketId& bucket, double share, double calls);

  const audit::Budget& budget_;
  std::vector<Load> tokens_, accounts_;  ///< by their index
};

}  // namespace service
