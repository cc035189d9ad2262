#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "audit/bound.h"
#include "audit/budget.h"
#include "audit/interval.h"
#include "verdict/expectation.h"
#include "verdict/judge.h"
#include "xads/credentials.h"

namespace service {

/// An app of the operator: who we are when we sign.
struct App {
  std::string name;
  xads::Consumer consumer;
  std::optional<int> token_limit;   ///< how many tokens X lets this app hold; none: as many as one likes
  std::string access = "standard";  ///< X's level of access: that, or "conversion_only"
};

struct AuditOptions {
  audit::IntervalOptions intervals;
  base::Duration discovery_interval{6 * 3600'000};
  verdict::ConfirmOptions confirm;
  std::optional<std::string> control_token;  ///< name of a token that is known to be good
  audit::BudgetOptions budget;
  std::size_t max_in_flight = 64;   ///< questions under way at one host
  base::Duration deadline{10'000};  ///< of a question; part of the detection bound
  std::string api_version = "12";   ///< that the questions name
  verdict::Policy policy;           ///< what is expected of answers
};

/// What the detection bound is made of under these options.
audit::BoundTerms bound_terms(const AuditOptions& options);

}  // namespace service
