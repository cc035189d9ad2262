#pragma once

#include "alert/alert.h"
#include "service/roster.h"
#include "verdict/incident.h"

namespace service {

/// Whom an incident is about, as it is now; and, unless it is over, which ad accounts lose what.
alert::Subject subject_of(const verdict::Incident& incident, const Roster& roster);

}  // namespace service
