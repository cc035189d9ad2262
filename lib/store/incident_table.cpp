#include "store/incident_table.h"

#include <array>
#include <map>

#include "base/ensure.h"
#include "base/text.h"
#include "store/incident_text.h"
#include "store/row_value.h"

namespace store {
namespace {

// The place in this list is what is stored: only ever append to it. Causes that are not in it are stored as text.
constexpr std::array<std::string_view, 24> kCauses{"token.revoked",
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
                                                   "audit.throttled",
                                                   "app.rejected",
                                                   "api.version_retired",
                                                   "api.sunset",
                                                   "audit.blind",
                                                   "audit.clock_skew",
                                                   "policy.violated",
                                                   "redundancy.lost",
                                                   "change.overdue",
                                                   "destination.broken",
                                                   "store.unwritable"};

verdict::Cause read_cause(const Statement& row, int column) {
  const auto cause = read_word(row, column, kCauses);
  return row.read_back(verdict::cause_from_text(cause), cause);
}

verdict::Incident read_incident(const Statement& row) {
  verdict::Incident incident;
  incident.opened_at = row.time(0);
  incident.id = row.id<verdict::IncidentId>(1, incident.opened_at);
  auto& finding = incident.finding;
  finding.key.cause = read_cause(row, 2);
  if (!row.null(3)) finding.key.token = row.id<audit::TokenId>(3);
  finding.key.account = row.view(4);
  finding.key.topic = row.view(5);
  finding.before = read_permissions(row, 6);
  finding.after = read_permissions(row, 7);
  finding.last_good_at = row.optional_time(8);
  finding.evidence = {static_cast<int>(row.number(9)), row.text(10)};
  finding.confirmations = static_cast<int>(row.number(11));
  incident.updated_at = row.time(12);
  incident.resolved_at = row.optional_time(13);
  finding.grounds.rule = row.view(14);
  if (!row.null(15)) incident.part_of = row.id<verdict::IncidentId>(15);
  if (row.null(16)) return incident;
  return row.read_back(with_rare_parts(std::move(incident), row.view(16)));
}

std::string select(std::string_view rest) {
  return std::string(
             "SELECT opened_at, incidents.id, cause, tokens.id, account, topic, before, after, last_good_at, "
             "http_status, code, confirmations, updated_at, resolved_at, rule, part_of, more "
             "FROM incidents LEFT JOIN tokens ON tokens.number = token ")
      .append(rest);
}

std::string conditions_of(const IncidentQuery& query) {
  std::vector<std::string> conditions;
  if (query.open_only) conditions.emplace_back("resolved_at IS NULL");
  if (query.leave_out_parts) conditions.emplace_back("part_of IS NULL");
  if (!query.causes.empty())
    conditions.push_back("cause IN (" + base::join(std::vector<std::string>(query.causes.size(), "?"), ",") + ")");
  if (query.token) conditions.emplace_back("tokens.name = ?");
  if (query.account) conditions.emplace_back("account = ?");
  if (query.since) conditions.emplace_back("opened_at >= ?");
  return conditions.empty() ? "" : "WHERE " + base::join(conditions, " AND ") + " ";
}

}  // namespace

IncidentTable::IncidentTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO incidents (opened_at, id, cause, token, account, topic, before, after, last_good_at, "
              "http_status, code, confirmations, updated_at, resolved_at, rule, part_of, more) "
              "VALUES (?,?,?,(SELECT number FROM tokens WHERE id = ?),?,?,?,?,?,?,?,?,?,?,?,?,?) "
              "ON CONFLICT (opened_at, id) DO UPDATE SET before = excluded.before, after = excluded.after, "
              "last_good_at = excluded.last_good_at, http_status = excluded.http_status, code = excluded.code, "
              "confirmations = excluded.confirmations, updated_at = excluded.updated_at, "
              "resolved_at = excluded.resolved_at, rule = excluded.rule, part_of = excluded.part_of, "
              "more = excluded.more") {}

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
  upsert_.bind(finding.key.token).bind(finding.key.account).bind(finding.key.topic);
  bind_permissions(upsert_, finding.before);
  bind_permissions(upsert_, finding.after);
  upsert_.bind(finding.last_good_at).bind(finding.evidence.http_status).bind(finding.evidence.code);
  upsert_.bind(finding.confirmations).bind(incident.updated_at).bind(incident.resolved_at).bind(finding.grounds.rule);
  if (incident.part_of)
    upsert_.bind(*incident.part_of);
  else
    upsert_.bind_null();
  if (const auto more = rare_parts_to_json(incident); more.empty())
    upsert_.bind_null();
  else
    upsert_.bind(more);
  upsert_.run();
}

std::vector<verdict::Incident> IncidentTable::read(const IncidentQuery& query) const {
  ENSURE(query.limit > 0);
  Statement rows(database_, select(conditions_of(query)) + "ORDER BY opened_at DESC, incidents.id DESC LIMIT ?");
  for (const auto& cause : query.causes) bind_word(rows, kCauses, cause);
  if (query.token) rows.bind(*query.token);
  if (query.account) rows.bind(*query.account);
  if (query.since) rows.bind(*query.since);
  rows.bind(query.limit);
  std::vector<verdict::Incident> incidents;
  while (rows.next()) incidents.push_back(read_incident(rows));
  return incidents;
}

std::map<verdict::Cause, std::uint64_t> IncidentTable::count_open() const {
  Statement rows(database_, "SELECT cause, count(*) FROM incidents WHERE resolved_at IS NULL GROUP BY cause");
  std::map<verdict::Cause, std::uint64_t> counts;
  while (rows.next()) counts[read_cause(rows, 0)] += static_cast<std::uint64_t>(rows.number(1));
  return counts;
}

std::optional<verdict::Incident> IncidentTable::find(const verdict::IncidentId& id) const {
  // An id is made when its incident is opened: the first look goes by the key. Only an id that was made at another
  // time, and so is stored whole, makes SQLite read them all.
  Statement by_key(database_, select("WHERE opened_at = ? AND incidents.id = ?"));
  if (by_key.bind(id.made_at()).bind(id, id.made_at()).next()) return read_incident(by_key);
  Statement whole(database_, select("WHERE incidents.id = ?"));
  if (whole.bind(id).next()) return read_incident(whole);
  return std::nullopt;
}

void IncidentTable::stream(base::Instant resolved_since,
                           const std::function<void(verdict::Incident incident)>& take) const {
  Statement rows(database_, select("WHERE resolved_at IS NULL OR resolved_at >= ? "
                                   "OR (opened_at, incidents.id) IN (SELECT opened_at, incident FROM tellings) "
                                   "ORDER BY opened_at DESC, incidents.id DESC"));
  rows.bind(resolved_since);
  while (rows.next()) take(read_incident(rows));
}

}  // namespace store
