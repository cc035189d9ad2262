#include "audit/allowance.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"

namespace audit {

std::string_view to_text(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kAccess:
      return "access";
    case Endpoint::kAccounts:
      return "accounts";
    case Endpoint::kIdentity:
      return "identity";
  }
  base::broken_promise("an endpoint is one of its enumerators", __FILE__, __LINE__);
}

int documented_limit(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kAccess:
      return 2000;  // https://docs.x.com/x-ads-api/fundamentals/rate-limiting: other reads with an account in the path
    case Endpoint::kAccounts:
      return 5;  // same page: global reads
    case Endpoint::kIdentity:
      return 75;  // GET account/verify_credentials, on the identity host
  }
  base::broken_promise("an endpoint is one of its enumerators", __FILE__, __LINE__);
}

Allowance allowance_of(const BudgetOptions& options, const Token& token, std::string_view account) {
  std::optional<double> share;
  std::optional<int> reserve;
  for (const AllowanceRule& rule : options.rules) {
    if (share && reserve) break;
    if (!fits(rule.match, token, account)) continue;
    if (!share) share = rule.share;
    if (!reserve) reserve = rule.reserve;
  }
  return {share.value_or(options.allowance.share), reserve.value_or(options.allowance.reserve)};
}

int share_of(Endpoint endpoint, int limit, double share) {
  constexpr double kRounding = 1e-6;  // 29% of 100 is 28.999999999999996 to a machine
  const double part = std::floor(static_cast<double>(limit) * std::clamp(share, 0.0, 1.0) + kRounding);
  const int least = endpoint == Endpoint::kAccounts ? std::min(limit, documented_limit(endpoint)) : 1;
  return std::max({static_cast<int>(part), least, 1});
}

int reserve_of(Endpoint endpoint, int limit, const Allowance& allowance) {
  return std::clamp(allowance.reserve, 0, std::max(limit - share_of(endpoint, limit, allowance.share), 0));
}

}  // namespace audit
