#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "audit/allowance.h"
#include "audit/index.h"
#include "base/time.h"

namespace audit {

/// What a detection bound is made of: D = I(1+j) + S + T + (k-1)(c+T).
struct BoundTerms {
  double jitter = 0.10;
  base::Duration lateness{1'000};   ///< S: of the scheduler
  base::Duration deadline{10'000};  ///< T: of a request
  int confirmations = 2;            ///< k
  base::Duration spacing{20'000};   ///< c
};
/// Within how much time a lasting change is reported, when each audit comes `interval` after the one before.
base::Duration detection_bound(base::Duration interval, const BoundTerms& terms);

/// One pair, as it is meant to be asked.
struct PlannedPair {
  TokenIndex token;
  AccountIndex account;
  base::Duration interval;
  Allowance allowance;
};
/// Calls per window that X is known to allow; the documented limit where nothing is known.
struct KnownLimits {
  std::vector<std::pair<TokenIndex, int>> tokens;
  std::vector<std::pair<AccountIndex, int>> accounts;
};

/// The load of one bucket, beside what it may spend.
struct BucketLoad {
  BucketId bucket;
  double calls = 0;  ///< wanted per window by all its pairs
  int limit = 0;     ///< of X
  int share = 0;     ///< calls that we never exceed in a window
  int allowed = 0;   ///< calls that the share gives in each window for ever: a tenth of it serves as burst
  std::size_t pairs = 0;
  bool fits() const { return calls <= allowed + 1e-6; }  // a sum of fractions
};
struct PairBound {
  std::size_t pair = 0;     ///< its place in the plan
  base::Duration interval;  ///< as asked; longer than planned when its bucket does not fit
  base::Duration bound;     ///< D
};
/// What would make a bucket fit, or better.
struct Remedy {
  double share = 0;            ///< the least that fits (may be above 1: then no share does)
  double interval_factor = 1;  ///< by which the intervals must grow
  int tokens = 1;              ///< over how many tokens the accounts of a token must be spread; 1 for an ad account
};

/// The proof for one way of counting: by token, or by ad account.
struct Proof {
  Counting by = Counting::kToken;
  bool fits = true;
  std::vector<BucketLoad> loads;  ///< the fullest (calls / allowed) first
  std::vector<PairBound> bounds;  ///< the longest first
};
/// Pure. Linear in the pairs, apart from sorting what it returns. Each pair is taken to be asked each interval, without
/// the jitter that only ever delays; where the pairs of a bucket have different shares, the least counts.
Proof prove(const std::vector<PlannedPair>& plan, Counting by, const KnownLimits& limits, const BoundTerms& terms);
Remedy remedy_for(const BucketLoad& load);

}  // namespace audit
