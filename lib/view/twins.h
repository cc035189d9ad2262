#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/store.h"
#include "view/json_rows.h"
#include "view/overview.h"

namespace view {

// What is told of the store as JSON, by the command line and by the status listener alike. The schemas are in
// config/schemas: status, pairs, incidents, incident, history.

/// What is watched, and what is wrong.
struct Status {
  std::uint64_t tokens = 0;
  PairPage pairs;
  std::vector<verdict::Incident> incidents;  ///< open ones, the latest opened first
  bool more_incidents = false;
  store::DeliveryCounts deliveries;
  std::map<std::string, store::DeliveryCounts> undelivered;  ///< by destination
  std::map<std::string, std::int64_t> gauges;  ///< of the daemon, when it wrote them last; empty before the first time
  TokenNames names;                            ///< of the incidents' tokens
};
Status read_status(store::Store& store, const store::PairQuery& pairs, int most_incidents);
void write_status(base::JsonWriter& writer, const Status& status);
/// The member "deliveries".
void write_deliveries(base::JsonWriter& writer, const store::DeliveryCounts& counts,
                      const std::map<std::string, store::DeliveryCounts>& undelivered);
/// The member "daemon".
void write_gauges(base::JsonWriter& writer, const std::map<std::string, std::int64_t>& gauges);

void write_pairs(base::JsonWriter& writer, const PairPage& page);

/// A part of the incidents, the latest opened first.
struct IncidentList {
  std::vector<verdict::Incident> incidents;
  bool more = false;  ///< others are older
  TokenNames names;
};
IncidentList read_incidents(store::Store& store, store::IncidentQuery query);
void write_incidents(base::JsonWriter& writer, const IncidentList& list);
/// With what people are told of it.
void write_details(base::JsonWriter& writer, const IncidentDetails& details);

/// A part of the change log.
struct HistoryPage {
  std::vector<store::HistoryRow> rows;
  bool more = false;  ///< others follow in the same direction
  bool latest_first = false;
};
HistoryPage read_history(store::Store& store, store::HistoryQuery query);
void write_history(base::JsonWriter& writer, const HistoryPage& page);

/// Names of the tokens that these are about, also of removed ones.
TokenNames names_of(store::Store& store, const std::vector<verdict::Incident>& incidents);

}  // namespace view
