#pragma once

#include <map>
#include <string>

#include "audit/probe.h"
#include "store/store.h"
#include "verdict/incident.h"
#include "view/json_members.h"

namespace view {

/// Names behind the ids of tokens.
using TokenNames = std::map<audit::TokenId, std::string>;
/// Empty for no token; the id of one whose name is not known.
std::string name_of(const audit::TokenId& token, const TokenNames& names);

// The same object wherever one of its kind is told of: on the command line and by the status listener.

void write_incident(base::JsonWriter& writer, const verdict::Incident& incident, const TokenNames& names);
void write_change(base::JsonWriter& writer, const store::HistoryRow& row);

}  // namespace view
