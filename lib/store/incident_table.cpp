#include "store/incident_table.h"

#include <map>
#include "base/ensure.h"
#include "store/row_text.h"

namespace store {
namespace {

verdict::Incident read_incident(const Statement& row) {
  verdict::Incident incident;
  incident.id = row.id<verdict::IncidentId>(0);
  auto& finding = incident.finding;
  finding.key.cause = row.read_back(verdict::cause_from_text(row.text(1)), row.text(1));
  if (!row.null(2)) finding.key.token = row.id<audit::TokenId>(2);
  finding.key.account = row.text(3);
  finding.before = row.read_back(texts_from_json(row.text(4)));
  finding.after = row.read_back(texts_from_json(row.text(5)));
  finding.last_good_at = row.optional_time(6);
  finding.evidence = {static_cast<int>(row.number(7)), row.text(8)};
  finding.confirmations = static_cast<int>(row.number(9));
  incident.opened_at = row.time(10);
  incident.updated_at = row.time(11);
  incident.resolved_at = row.optional_time(12);
  return incident;
}

}  // namespace

IncidentTable::IncidentTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO incidents (id, cause, token, account, before, after, last_good_at, http_status, code, "
              "confirmations, opened_at, updated_at, resolved_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) "
              "ON CONFLICT (id) DO UPDATE SET before = excluded.before, after = excluded.after, "
              "last_good_at = excluded.last_good_at, http_status = excluded.http_status, code = excluded.code, "
              "confirmations = excluded.confirmations, updated_at = excluded.updated_at, "
              "resolved_at = excluded.resolved_at") {}

void IncidentTable::put(const std::vector<verdict::Incident>& incidents) {
  // A batch may hold an incident twice, opened and resolved: the later entry is what it is now.
  std::map<verdict::IncidentId, const verdict::Incident*> latest;
  for (const auto& incident : incidents) latest[incident.id] = &incident;
  // Resolved ones first: they make room for an open one of the same key.
  for (const bool resolved : {true, false}) {
    for (const auto& [id, incident] : latest) {
      if (incident->resolved_at.has_value() == resolved) put(*incident);
    }
  }
}

void IncidentTable::put(const verdict::Incident& incident) {
  const auto& finding = incident.finding;
  upsert_.bind(incident.id).bind(verdict::to_text(finding.key.cause));
  if (finding.key.token.null())
    upsert_.bind_null();
  else
    upsert_.bind(finding.key.token);
  upsert_.bind(finding.key.account).bind(texts_to_json(finding.before)).bind(texts_to_json(finding.after));
  upsert_.bind(finding.last_good_at).bind(finding.evidence.http_status).bind(finding.evidence.code);
  upsert_.bind(finding.confirmations).bind(incident.opened_at).bind(incident.updated_at).bind(incident.resolved_at);
  upsert_.run();
}

std::vector<verdict::Incident> IncidentTable::read(const IncidentQuery& query) const {
  ENSURE(query.limit > 0);
  std::string sql =
      "SELECT id, cause, token, account, before, after, last_good_at, http_status, code, confirmations, opened_at, "
      "updated_at, resolved_at FROM incidents ";
  if (query.open_only) sql += "WHERE resolved_at IS NULL ";
  Statement rows(database_, sql + "ORDER BY opened_at DESC, id DESC LIMIT ?");
  rows.bind(query.limit);
  std::vector<verdict::Incident> incidents;
  while (rows.next()) incidents.push_back(read_incident(rows));
  return incidents;
}

}  // namespace store
