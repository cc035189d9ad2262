#pragma once

#include "settings/plan.h"
#include "settings/settings.h"
#include "store/store.h"

namespace app {

/// A list of ad accounts that is read with GET accounts.
struct DiscoveredList {
  std::string token;
  std::size_t accounts = 0;  ///< as far as they are known
  int limit = 0;             ///< calls per window, documented or learned
  int allowed = 0;           ///< calls of these that we may spend
};

/// Everything that is to be asked, and the limits that are known.
struct BudgetPlan {
  settings::Plan plan;
  audit::KnownLimits limits;
  std::vector<DiscoveredList> lists;
};

/// The tokens of the settings as the next start will see them, and those of the command line. `store`: nullptr before
/// the first start.
BudgetPlan read_budget_plan(const settings::Settings& settings, store::Store* store);

/// How long reading a list takes that holds `accounts`, when nothing of its window was spent before.
base::Duration time_to_read(std::size_t accounts, int allowed);

}  // namespace app
