#pragma once

#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"
#include "verdict/incident.h"
#include "xads/permissions.h"

namespace verdict {

struct PlanTag {
  static constexpr const char* kPrefix = "pln_";
};
using PlanId = base::Id<PlanTag>;

/// A change that the operator has announced: quiet when it comes, loud when it does not.
struct PlannedChange {
  enum class State { kOpen, kDone, kOverdue, kWithdrawn };

  PlanId id;
  std::string account;
  std::string token;                    ///< name; empty: any token on the account
  std::optional<xads::Permissions> to;  ///< none: access is taken away
  base::Instant announced_at;           ///< UTC
  base::Instant until;                  ///< UTC
  std::string by;                       ///< who announced it
  std::string reason;
  State state = State::kOpen;
  bool operator==(const PlannedChange&) const = default;
};
std::string_view to_text(PlannedChange::State state);  ///< "open"
std::optional<PlannedChange::State> plan_state_from_text(std::string_view text);
/// "AD_MANAGER, TWEET_COMPOSER" or "no access"
std::string target_text(const PlannedChange& plan);

/// The operator makes the present the new normal.
struct Acceptance {
  IncidentId incident;
  std::string by;
  std::string reason;
  base::Instant at;  ///< UTC
  bool operator==(const Acceptance&) const = default;
};
/// The operator knows of an incident and takes care of it: reminders and escalations end.
struct Acknowledgement {
  IncidentId incident;
  Acknowledged word;
  bool operator==(const Acknowledgement&) const = default;
};
/// Whether an incident of this cause can be accepted: those about rights, and lost access. A dead token cannot.
bool acceptable(Cause cause);

}  // namespace verdict
