#include "store/alert_table.h"

#include <fmt/format.h>

#include <set>

#include "base/ensure.h"
#include "base/text.h"

namespace store {
namespace {

/// What the deliveries of an alert must be like. Few are pending or dead, and have indexes of their own: listing them
/// is quicker than looking at every alert. Most are delivered: there it is the other way round.
std::string condition_on_deliveries(const AlertQuery& query) {
  std::vector<std::string> conditions;
  if (query.state) conditions.push_back(fmt::format("state = '{}'", alert::to_text(*query.state)));
  if (query.destination) conditions.emplace_back("destination = ?");
  const bool few = query.state && *query.state != alert::DeliveryState::kDelivered;
  if (few) return "sequence IN (SELECT sequence FROM deliveries WHERE " + base::join(conditions, " AND ") + ")";
  conditions.emplace_back("sequence = alerts.sequence");
  return "EXISTS (SELECT 1 FROM deliveries WHERE " + base::join(conditions, " AND ") + ")";
}

std::string conditions_of(const AlertQuery& query) {
  std::vector<std::string> conditions{"TRUE"};
  if (query.alert) conditions.emplace_back("id = ?");
  if (query.incident)
    conditions.emplace_back(
        "sequence IN (SELECT sequence FROM alerts WHERE incident = ? "
        "UNION ALL SELECT alert FROM digest_members WHERE incident = ?)");
  if (query.state || query.destination) conditions.push_back(condition_on_deliveries(query));
  if (query.since) conditions.emplace_back("at >= ?");
  if (query.before_sequence) conditions.emplace_back("sequence < ?");
  return base::join(conditions, " AND ");
}

/// In the order of conditions_of().
void bind_conditions(Statement& rows, const AlertQuery& query) {
  if (query.alert) rows.bind(*query.alert);
  if (query.incident) rows.bind(*query.incident).bind(*query.incident);
  if (query.destination) rows.bind(*query.destination);
  if (query.since) rows.bind(*query.since);
  if (query.before_sequence) rows.bind(*query.before_sequence);
}

}  // namespace

AlertTable::AlertTable(Database& database)
    : database_(database),
      insert_(database, "INSERT INTO alerts (sequence, id, at, kind, title, test, incident) VALUES (?,?,?,?,?,?,?)"),
      insert_member_(database, "INSERT INTO digest_members (alert, incident) VALUES (?,?)") {}

void AlertTable::add(const alert::Record& record) {
  insert_.bind(record.sequence).bind(record.id).bind(record.at).bind(record.kind).bind(record.title).bind(record.test);
  if (record.incidents.size() == 1)
    insert_.bind(record.incidents[0]);
  else
    insert_.bind_null();
  insert_.run();
  if (record.incidents.size() < 2) return;
  // In the order of the key, a hundred thousand take a fraction of the time. One may be opened and resolved in between.
  const std::set<verdict::IncidentId> members(record.incidents.begin(), record.incidents.end());
  for (const auto& incident : members) insert_member_.bind(record.sequence).bind(incident).run();
}

void AlertTable::read_members(alert::Record& record) const {
  Statement rows(database_, "SELECT incident FROM digest_members WHERE alert = ? ORDER BY incident");
  rows.bind(record.sequence);
  while (rows.next()) record.incidents.push_back(rows.id<verdict::IncidentId>(0));
}

std::vector<alert::Record> AlertTable::read(const AlertQuery& query) const {
  ENSURE(query.limit > 0);
  Statement rows(database_, "SELECT sequence, id, at, kind, title, test, incident FROM alerts WHERE " +
                                conditions_of(query) + " ORDER BY sequence DESC LIMIT ?");
  bind_conditions(rows, query);
  rows.bind(query.limit);
  std::vector<alert::Record> records;
  while (rows.next()) {
    auto& record = records.emplace_back();
    record.sequence = static_cast<std::uint64_t>(rows.number(0));
    record.id = rows.id<alert::AlertId>(1);
    record.at = rows.time(2);
    record.kind = rows.view(3);
    record.title = rows.view(4);
    record.test = rows.number(5) != 0;
    if (rows.null(6))
      read_members(record);
    else
      record.incidents = {rows.id<verdict::IncidentId>(6)};
  }
  return records;
}

}  // namespace store
