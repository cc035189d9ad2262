#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audit/probe.h"
#include "audit/token_bucket.h"
#include "xads/observation.h"

namespace audit {

/// The three questions that we ask; each has windows of its own.
enum class Endpoint { kAccess, kAccounts, kIdentity };
std::string_view to_text(Endpoint endpoint);

/// Routine audits live on the share; confirmations may also use the reserve.
enum class Purpose { kRoutine, kConfirmation };

struct BudgetOptions {
  double share = 0.10;  ///< of each limit, for everything the audit does
  int reserve = 20;     ///< calls per window that confirmations may add
};

/// One bucket as it is kept over a restart. Times are UTC.
struct BucketState {
  std::string key;  ///< "account/<id>/access", "token/<id>/accounts", ...
  int limit = 0;    ///< calls per window that X allows, documented or learned
  base::Instant full_at;
  base::Instant reserve_full_at;
  base::Instant parked_until;
  bool operator==(const BucketState&) const = default;
};

/// Spends a stated share of each rate limit: one bucket per (ad account, endpoint) and one per (token, endpoint).
/// Starts from the documented limits (https://docs.x.com/x-ads-api/fundamentals/rate-limiting); headers correct them.
/// All times are steady. Loop thread only.
class Budget {
 public:
  explicit Budget(BudgetOptions options) : options_(options) {}

  /// Spends one call from both buckets and returns nothing, or spends nothing and returns the earliest time to ask
  /// again. `account` is empty for endpoints without one.
  std::optional<base::Instant> try_spend(const TokenId& token, const std::string& account, Endpoint endpoint,
                                         Purpose purpose, base::Instant now);

  /// Learns limits and what is left from the headers of an answer.
  void learn(const TokenId& token, const std::string& account, Endpoint endpoint, const xads::RateLimits& limits,
             base::Instant now);
  /// X answered 429: nothing more before `until` from the account's bucket when X counts by account (or there is an
  /// account family in the headers), else from the token's.
  void park(const TokenId& token, const std::string& account, Endpoint endpoint, bool by_account, base::Instant until,
            base::Instant now);

  /// Buckets that changed since the last call. `utc_minus_steady` turns steady times into UTC.
  std::vector<BucketState> take_changed(base::Duration utc_minus_steady);
  void restore(const std::vector<BucketState>& states, base::Duration utc_minus_steady, base::Instant now);

 private:
  struct Bucket {
    int limit;  ///< of X
    TokenBucket share;
    TokenBucket reserve;
  };
  Bucket& bucket(const std::string& key, Endpoint endpoint, base::Instant now);
  void set_limit(Bucket& bucket, int limit, base::Instant now) const;
  int share_of(int limit) const;

  BudgetOptions options_;
  std::map<std::string, Bucket> buckets_;
  std::set<std::string> changed_;
};

}  // namespace audit
