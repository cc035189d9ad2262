#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alert/lane.h"
#include "alert/notifier.h"
#include "audit/host_pace.h"
#include "audit/probe.h"
#include "base/time.h"
#include "service/pair.h"
#include "verdict/agreement.h"

namespace service {

/// What an engine and its loop give to those that take their place in the same process, when the settings are others:
/// whatever the database does not keep and a change of the settings must not forget. All times are steady.
struct Handover {
  struct Turn {
    audit::ProbeId probe;
    base::Instant due;
    base::Instant answered;  ///< see Pair::answered
    Blindness why;           ///< see Pair::why
    std::uint8_t vain_attempts;
  };
  std::vector<Turn> turns;  ///< by probe
  struct Doubt {
    base::Instant began;     ///< see Memory::suspicion_began
    base::Instant believed;  ///< see Memory::believed
  };
  std::map<audit::ProbeId, Doubt> doubts;              ///< of the pairs that are under suspicion
  std::map<audit::TokenId, base::Instant> lists;       ///< when the accounts of a token are read next
  std::map<audit::TokenId, base::Instant> identities;  ///< whether a token lives is asked then
  base::Instant watching_since;
  std::map<audit::TokenId, base::Instant> replaced;  ///< when its secrets became others
  std::map<std::string, base::Instant> well_since;   ///< apps that were in trouble, by name: when that ended
  Blindness host_trouble = Blindness::kBudget;       ///< what the Ads host suffered from last
  base::Instant host_trouble_at = base::Instant::min();
  std::optional<audit::HostPace> api_pace, identity_pace;  ///< none: X is asked in another way from now on
  struct Clock {
    verdict::Agreement skew;  ///< how far the answers agree that ours is off
    bool last_date_fine;
  };
  std::optional<Clock> clock;
  std::optional<base::Instant> emptied_at;  ///< when the budget began without a call, if it has not filled since
  alert::Notifier::Waiting waiting;
  std::map<std::string, alert::Lane::Pace> paces;  ///< by destination
};

}  // namespace service
