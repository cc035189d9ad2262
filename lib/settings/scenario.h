#pragma once

#include <optional>
#include <vector>

#include "settings/complaint.h"
#include "simulation/scenario.h"

namespace settings {

struct LoadedScenario {
  std::optional<simulation::Scenario> scenario;  ///< nothing when there is an error among the complaints
  std::vector<Complaint> complaints;
};

/// Reads days that did not happen, as strictly as the settings are read:
///
///   days: 2
///   interval: 15m                       # 15m when left out
///   faults: 1%                          # of the answers; none when left out
///   pairs: 20                           # a world of so many, or tokens:
///   tokens:
///     - {name: brand-a, app: agency, kind: advertiser, accounts: {18ce54d4x5t: [AD_MANAGER]}}
///   events:
///     - {at: 3h, what: role_changed, token: brand-a, to: [CAMPAIGN_ANALYST], lasts: 2h}
LoadedScenario read_scenario(const Source& source);
/// The same for a file. A file that cannot be read is a complaint.
LoadedScenario read_scenario_file(const std::string& path);

}  // namespace settings
