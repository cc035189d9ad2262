#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/probe.h"
#include "base/id.h"
#include "base/time.h"
#include "verdict/cause.h"
#include "verdict/grounds.h"
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
  /// What else tells two of them apart: the app of app.rejected, why audit.blind is blind, the version of api.*, the
  /// plan of change.overdue; empty for all others.
  std::string topic{};
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
  /// For people, beside before and after: what of an expectation is broken, the likely cause. Never a secret.
  std::vector<std::string> details{};
  std::uint64_t affected = 0;           ///< tokens or pairs that it is about, where the key does not name them all
  std::vector<std::string> examples{};  ///< at most kMostExamples of those: "brand-a", "brand-a on 18ce54d4x5t"
  std::optional<Severity> severity{};   ///< where the settings give it
  Grounds grounds{};
  bool operator==(const Finding&) const = default;
};
constexpr std::size_t kMostExamples = 20;
Severity severity_of(const Finding& finding);

/// Somebody takes care of it.
struct Acknowledged {
  std::string by;
  std::string reason;  ///< may be empty
  base::Instant at;    ///< UTC
  bool operator==(const Acknowledged&) const = default;
};

/// A lasting problem: opened once, updated while its details change, resolved once.
struct Incident {
  IncidentId id;
  Finding finding;
  base::Instant opened_at;  ///< UTC
  base::Instant updated_at;
  std::optional<base::Instant> resolved_at;
  /// An incident of the app explains this one, for now: nobody is told of it but of its end.
  std::optional<IncidentId> part_of{};
  /// UTC, when it was over and came again, oldest first. While the last of several is recent, it flaps: it ends only
  /// after a quiet while, and nobody is told how it changes meanwhile.
  std::vector<base::Instant> flips{};
  std::optional<Acknowledged> acknowledged{};
  std::optional<base::Instant> calm_since{};  ///< UTC, of one that flaps: nothing is found of it since; not stored
  bool operator==(const Incident&) const = default;
};

}  // namespace verdict
