#pragma once

#include "base/json.h"
#include "command_line.h"
#include "store/store.h"

namespace app {

// The verbs of the family `alerts`, each in a file of its own: declares it below `alerts` and sets Invocation::verb.
void add_alerts_list(CLI::App& alerts, Invocation& invocation);
void add_alerts_dead(CLI::App& alerts, Invocation& invocation);
void add_alerts_replay(CLI::App& alerts, Invocation& invocation);
void add_alerts_route(CLI::App& alerts, Invocation& invocation);
void add_alerts_preview(CLI::App& alerts, Invocation& invocation);
void add_alerts_test(CLI::App& alerts, Invocation& invocation);

/// Members of an object that name an alert: the same in every verb that tells of one.
void write_record(base::JsonWriter& writer, const alert::Record& record);
/// "opened", "digest (test)"
std::string kind_text(const alert::Record& record);
/// What became of an alert at one destination, as a JSON object that stays open for more members.
void start_delivery(base::JsonWriter& writer, const store::DeliveryRow& row);
/// "http 503" and the like, of the latest attempt; a dash before the first.
std::string outcome_text(const store::DeliveryRow& row);

}  // namespace app
