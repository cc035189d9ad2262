#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "verdict/incident.h"

namespace store {

/// What few incidents have, as one JSON object: "details", "affected", "examples", "severity", "witnesses", "flips"
/// (ms) and "acknowledged" ("by", "reason", "at" in ms), each only where there is something. Empty when there is
/// nothing of all that.
std::string rare_parts_to_json(const verdict::Incident& incident);
/// Puts them back into an incident that has none of them yet. Members of other names are passed over. Error: what is
/// wrong with the text.
base::Result<verdict::Incident> with_rare_parts(verdict::Incident incident, std::string_view json);

}  // namespace store
