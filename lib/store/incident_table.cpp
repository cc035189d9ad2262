#include "store/incident_table.h"

#include <array>
#include <map>

#include "base/ensure.h"
#include "store/row_value.h"

namespace store {
namespace {

// The place in this list is what is stored: only ever append to it. Causes that are not in it are stored as text.
constexpr std::array<std::string_view, 14> kCauses{"token.revoked",
                                                   "token.user_suspended",
                                                   "token.user_locked",
                                                   "token.reauthorization_required",
                                                   "access.removed",
                                                   "account.unavailable",
                                                   "role.reduced",
                                                   "role.escalated",
                                                   "role.changed",
                                                   "composer.lost",
                                                   "composer.gained",
                                                   "permission.unknown",
                                                   "token.identity_mismatch",
                                                   "audit.throttled"};

verdict::Incident read_incident(const Statement& row) {
  verdict::Incident incident;
  incident.opened_at = row.time(0);
  incident.id = row.id<verdict::IncidentId>(1, incident.opened_at);
  auto& finding = incident.finding;
  const auto cause = read_word(row, 2, kCauses);
  finding.key.cause = row.read_back(verdict::cause_from_text(cause), cause);
  if (!row.null(3)) finding.key.token = row.id<audit::TokenId>(3);
  finding.key.account = row.view(4);
  finding.before = read_permissions(row, 5);
  finding.after = read_permissions(row, 6);
  finding.last_good_at = row.optional_time(7);
  finding.evidence = {static_cast<int>(row.number(8)), row.text(9)};
  finding.confirmations = static_cast<int>(row.number(10));
  incident.updated_at = row.time(11);
  incident.resolved_at = row.optional_time(12);
  return incident;
}

std::string select(std::string_view rest) {
  return std::string(
             "SELECT opened_at, incidents.id, cause, tokens.id, account, before, after, last_good_at, http_status, "
             "code, confirmations, updated_at, resolved_at FROM incidents LEFT JOIN tokens ON tokens.number = token ")
      .append(rest);
}

}  // namespace

IncidentTable::IncidentTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO incidents (opened_at, id, cause, token, account, before, after, last_good_at, http_status, "
              "code, confirmations, updated_at, resolved_at) "
              "VALUES (?,?,?,(SELECT number FROM tokens WHERE id = ?),?,?,?,?,?,?,?,?,?) "
              "ON CONFLICT (opened_at, id) DO UPDATE SET before = excluded.before, after = excluded.after, "
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
  upsert_.bind(incident.opened_at).bind(incident.id, incident.opened_at);
  bind_word(upsert_, kCauses, verdict::to_text(finding.key.cause));
  upsert_.bind(finding.key.token).bind(finding.key.account);
  bind_permissions(upsert_, finding.before);
  bind_permissions(upsert_, finding.after);
  upsert_.bind(finding.last_good_at).bind(finding.evidence.http_status).bind(finding.evidence.code);
  upsert_.bind(finding.confirmations).bind(incident.updated_at).bind(incident.resolved_at);
  upsert_.run();
}

std::vector<verdict::Incident> IncidentTable::read(const IncidentQuery& query) const {
  ENSURE(query.limit > 0);
  Statement rows(database_, select(query.open_only ? "WHERE resolved_at IS NULL " : "") +
                                "ORDER BY opened_at DESC, incidents.id DESC LIMIT ?");
  rows.bind(query.limit);
  std::vector<verdict::Incident> incidents;
  while (rows.next()) incidents.push_back(read_incident(rows));
  return incidents;
}

void IncidentTable::stream_open(const std::function<void(verdict::Incident incident)>& take) const {
  Statement rows(database_, select("WHERE resolved_at IS NULL ORDER BY opened_at DESC, incidents.id DESC"));
  while (rows.next()) take(read_incident(rows));
}

}  // namespace store
