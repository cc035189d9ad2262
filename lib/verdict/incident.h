#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "audit/probe.h"
#include "base/id.h"
#include "base/time.h"
#include "verdict/cause.h"
#include "xads/observation.h"

namespace verdict {

struct IncidentTag {
  static constexpr const char* kPrefix = "inc_";
};
using IncidentId = base::Id<IncidentTag>;

/// What makes two reports the same problem.
struct IncidentKey {
  Cause cause;
  audit::TokenId token;  ///< null when it is about an account alone
  std::string account;   ///< empty when it is about a token alone
  auto operator<=>(const IncidentKey&) const = default;
};

/// What holds now and should not: computed from baselines alone.
struct Finding {
  IncidentKey key;
  std::vector<std::string> before;  ///< permissions; empty when not about permissions
  std::vector<std::string> after;
  std::optional<base::Instant> last_good_at;  ///< UTC
  xads::Evidence evidence;
  int confirmations = 0;
  bool operator==(const Finding&) const = default;
};

/// A lasting problem: opened once, updated while its details change, resolved once.
struct Incident {
  IncidentId id;
  Finding finding;
  base::Instant opened_at;  ///< UTC
  base::Instant updated_at;
  std::optional<base::Instant> resolved_at;
  bool operator==(const Incident&) const = default;
};

}  // namespace verdict
