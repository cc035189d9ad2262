#include "service/demand.h"

#include <algorithm>

#include "audit/token_bucket.h"

namespace service {

using audit::Counting;
using audit::Endpoint;

void Demand::add(const audit::Budget::Asker& asker, base::Duration interval) {
  const double calls = static_cast<double>(audit::kWindow.count()) / static_cast<double>(interval.count());
  const double share = asker.allowance.share;
  if (budget_.counts(asker.token, Counting::kToken))
    add(tokens_, {Counting::kToken, Endpoint::kAccess, static_cast<std::uint32_t>(asker.token)}, share, calls);
  if (budget_.counts(asker.token, Counting::kAccount))
    add(accounts_, {Counting::kAccount, Endpoint::kAccess, static_cast<std::uint32_t>(asker.account)}, share, calls);
}

void Demand::add(std::vector<Load>& loads, const audit::BucketId& bucket, double share, double calls) {
  if (bucket.owner >= loads.size()) loads.resize(std::max<std::size_t>(bucket.owner + 1, 2 * loads.size()));
  Load& load = loads[bucket.owner];
  const int ours = audit::share_of(Endpoint::kAccess, budget_.limit_of(bucket), share);
  const int allowed = audit::TokenBucket::pace_of(ours);
  load.allowed = load.calls > 0 ? std::min(load.allowed, allowed) : allowed;
  load.calls += calls;
}

std::size_t Demand::unfit() const {
  const auto count = [](const std::vector<Load>& loads) {
    // A sum of fractions may be off by a little.
    return std::count_if(loads.begin(), loads.end(), [](const Load& load) { return load.calls > load.allowed + 1e-6; });
  };
  return static_cast<std::size_t>(count(tokens_) + count(accounts_));
}

}  // namespace service
