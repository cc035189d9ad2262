#include "audit/bound.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "audit/token_bucket.h"
#include "base/ensure.h"

namespace audit {
namespace {

std::uint32_t owner_of(const PlannedPair& pair, Counting by) {
  return by == Counting::kToken ? static_cast<std::uint32_t>(pair.token) : static_cast<std::uint32_t>(pair.account);
}

std::unordered_map<std::uint32_t, int> known_limits(const KnownLimits& limits, Counting by) {
  std::unordered_map<std::uint32_t, int> known;
  if (by == Counting::kToken) {
    for (const auto& [token, limit] : limits.tokens) known[static_cast<std::uint32_t>(token)] = limit;
  } else {
    for (const auto& [account, limit] : limits.accounts) known[static_cast<std::uint32_t>(account)] = limit;
  }
  return known;
}

double calls_per_window(base::Duration interval) {
  return static_cast<double>(kWindow.count()) / static_cast<double>(interval.count());
}

/// Of what is allowed. By as much do the intervals grow that do not fit.
double fill_of(const BucketLoad& load) { return load.calls / load.allowed; }

base::Duration stretched(base::Duration interval, const BucketLoad& load) {
  if (load.fits()) return interval;
  return base::Duration(
      static_cast<base::Duration::rep>(std::ceil(static_cast<double>(interval.count()) * fill_of(load))));
}

}  // namespace

base::Duration detection_bound(base::Duration interval, const BoundTerms& terms) {
  const double most = static_cast<double>(interval.count()) * (1 + terms.jitter);
  return base::Duration(static_cast<base::Duration::rep>(std::ceil(most - 1e-6))) + terms.lateness + terms.deadline +
         std::max(terms.confirmations - 1, 0) * (terms.spacing + terms.deadline);
}

Proof prove(const std::vector<PlannedPair>& plan, Counting by, const KnownLimits& limits, const BoundTerms& terms) {
  const auto known = known_limits(limits, by);
  Proof proof{.by = by};
  std::unordered_map<std::uint32_t, std::size_t> load_of;  // owner to place in proof.loads
  for (const PlannedPair& pair : plan) {
    ENSURE(pair.interval > base::Duration::zero());
    const std::uint32_t owner = owner_of(pair, by);
    const auto [place, is_new] = load_of.try_emplace(owner, proof.loads.size());
    if (is_new) {
      const auto limit = known.find(owner);
      proof.loads.push_back({.bucket = {by, Endpoint::kAccess, owner},
                             .limit = limit == known.end() ? documented_limit(Endpoint::kAccess) : limit->second});
    }
    BucketLoad& load = proof.loads[place->second];
    const int share = share_of(Endpoint::kAccess, load.limit, pair.allowance.share);
    load.share = is_new ? share : std::min(load.share, share);
    load.allowed = TokenBucket::pace_of(load.share);
    load.calls += calls_per_window(pair.interval);
    ++load.pairs;
  }
  proof.bounds.reserve(plan.size());
  for (std::size_t place = 0; place < plan.size(); ++place) {
    const BucketLoad& load = proof.loads[load_of.at(owner_of(plan[place], by))];
    const base::Duration interval = stretched(plan[place].interval, load);
    proof.bounds.push_back({place, interval, detection_bound(interval, terms)});
    proof.fits = proof.fits && load.fits();
  }
  std::stable_sort(proof.loads.begin(), proof.loads.end(),
                   [](const BucketLoad& one, const BucketLoad& other) { return fill_of(one) > fill_of(other); });
  std::stable_sort(proof.bounds.begin(), proof.bounds.end(),
                   [](const PairBound& one, const PairBound& other) { return one.bound > other.bound; });
  return proof;
}

Remedy remedy_for(const BucketLoad& load) {
  constexpr double kMost = 1e9;  // calls per window; beyond, nothing helps anyway
  const int calls = static_cast<int>(std::ceil(std::min(load.calls - 1e-6, kMost)));
  const bool by_token = load.bucket.by == Counting::kToken;
  return {.share = static_cast<double>(TokenBucket::capacity_for(calls)) / load.limit,
          .interval_factor = std::max(fill_of(load), 1.0),
          .tokens = by_token ? std::max((calls + load.allowed - 1) / load.allowed, 1) : 1};
}

}  // namespace audit
