#pragma once

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "audit/budget.h"
#include "base/clock.h"
#include "service/roster.h"
#include "store/batch.h"

namespace service {

/// The budget under the roster's names: who asks has which allowance, and what a bucket is called on disk and to
/// people. Loop thread only.
class Limits {
 public:
  /// Both must outlive this.
  Limits(const audit::BudgetOptions& options, const Roster& roster) : options_(options), roster_(roster) {}

  /// Before anything else; `emptied` as audit::Budget means it.
  void start(base::Instant steady_now, bool emptied) { budget_.emplace(steady_now, emptied); }
  /// Buckets of tokens and accounts that the roster does not know are left out.
  void restore(const store::BucketRow& row, base::Moment now);

  /// `account` is none for endpoints without one.
  std::optional<audit::Budget::Wait> try_spend(audit::TokenIndex token, std::optional<audit::AccountIndex> account,
                                               audit::Endpoint endpoint, audit::Purpose purpose, base::Moment now);

  /// What an answer taught about limits.
  struct Lesson {
    std::optional<std::string> notice;         ///< for people
    bool warning = false;                      ///< of the notice
    std::optional<audit::BucketId> overdrawn;  ///< a 429 although nothing said that others use this window
  };
  Lesson learn(audit::TokenIndex token, std::optional<audit::AccountIndex> account, audit::Endpoint endpoint,
               const xads::RateLimits& limits, const xads::Answer& answer, std::optional<base::Instant> server_date,
               base::Moment now);

  /// The token's bucket of a question that has to be on the disk before it is asked.
  store::BucketRow note(audit::TokenIndex token, audit::Endpoint endpoint, base::Moment now);
  /// What changed since the last call.
  std::vector<store::BucketRow> take_changed(base::Moment now);
  std::string name_of(const audit::BucketId& bucket) const;  ///< "account/18ce54d4x5t/access"
  const audit::Budget& budget() const { return *budget_; }
  audit::Budget::Asker asker(audit::TokenIndex token, std::optional<audit::AccountIndex> account) const;
  /// The token goes: what the database is to forget.
  std::vector<store::BucketRow> forget(audit::TokenIndex token);

 private:
  const audit::BudgetOptions& options_;
  const Roster& roster_;
  std::optional<audit::Budget> budget_;
  std::set<std::tuple<audit::Counting, audit::Endpoint, int>> told_limits_;  ///< one line for a thousand accounts alike
};

}  // namespace service
