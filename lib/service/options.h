#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alert/destination.h"
#include "audit/budget.h"
#include "audit/schedule.h"
#include "verdict/judge.h"
#include "xads/credentials.h"

namespace service {

/// An app of the operator: who we are when we sign.
struct App {
  std::string name;
  xads::Consumer consumer;
};

struct AuditOptions {
  audit::ScheduleOptions schedule;
  base::Duration discovery_interval{6 * 3600'000};
  verdict::ConfirmOptions confirm;
  std::optional<std::string> control_token;  ///< name of a token that is known to be good
  audit::BudgetOptions budget;
};

}  // namespace service
