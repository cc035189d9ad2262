#include "store/operator_table.h"

#include "store/row_text.h"

namespace store {
namespace {

verdict::PlannedChange read_plan(const Statement& row) {
  verdict::PlannedChange plan;
  plan.id = row.id<verdict::PlanId>(0);
  plan.account = row.view(1);
  plan.token = row.view(2);
  if (!row.null(3)) plan.to = xads::Permissions::from_texts(row.read_back(texts_from_json(row.view(3))));
  plan.announced_at = row.time(4);
  plan.until = row.time(5);
  plan.by = row.view(6);
  plan.reason = row.view(7);
  plan.state = row.read_back(verdict::plan_state_from_text(row.view(8)), row.view(8));
  return plan;
}

}  // namespace

OperatorTable::OperatorTable(Database& database)
    : database_(database),
      upsert_plan_(database,
                   "INSERT INTO planned_changes (id, account, token, permissions, announced_at, until, announced_by, "
                   "reason, state) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET state = excluded.state "
                   "WHERE state IN ('open', 'overdue')"),
      erase_acceptance_(database, "DELETE FROM acceptances WHERE incident = ?"),
      erase_acknowledgement_(database, "DELETE FROM acknowledgements WHERE incident = ?"),
      erase_test_(database, "DELETE FROM test_requests WHERE id = ?") {}

void OperatorTable::put(const verdict::PlannedChange& plan) {
  upsert_plan_.bind(plan.id).bind(plan.account).bind(plan.token);
  if (plan.to)
    upsert_plan_.bind(texts_to_json(plan.to->texts()));
  else
    upsert_plan_.bind_null();
  upsert_plan_.bind(plan.announced_at).bind(plan.until).bind(plan.by).bind(plan.reason);
  upsert_plan_.bind(verdict::to_text(plan.state)).run();
}

void OperatorTable::stream(bool open_only, base::Instant done_until,
                           const std::function<void(verdict::PlannedChange plan)>& take) const {
  Statement rows(database_,
                 std::string("SELECT id, account, token, permissions, announced_at, until, announced_by, reason, state "
                             "FROM planned_changes ") +
                     (open_only ? "WHERE state IN ('open', 'overdue') OR (state = 'done' AND until > ?) " : "") +
                     "ORDER BY announced_at DESC, id DESC");
  if (open_only) rows.bind(done_until);
  while (rows.next()) take(read_plan(rows));
}

bool OperatorTable::request(const verdict::Acceptance& acceptance) {
  Statement insert(database_,
                   "INSERT INTO acceptances (incident, accepted_by, reason, at) VALUES (?,?,?,?) "
                   "ON CONFLICT (incident) DO NOTHING RETURNING 1");
  return insert.bind(acceptance.incident).bind(acceptance.by).bind(acceptance.reason).bind(acceptance.at).next();
}

std::vector<verdict::Acceptance> OperatorTable::acceptances() const {
  std::vector<verdict::Acceptance> acceptances;
  Statement rows(database_, "SELECT incident, accepted_by, reason, at FROM acceptances ORDER BY at, incident");
  while (rows.next())
    acceptances.push_back({rows.id<verdict::IncidentId>(0), rows.text(1), rows.text(2), rows.time(3)});
  return acceptances;
}

void OperatorTable::finish_acceptance(const verdict::IncidentId& incident) { erase_acceptance_.bind(incident).run(); }

bool OperatorTable::request(const verdict::Acknowledgement& acknowledgement) {
  Statement insert(database_,
                   "INSERT INTO acknowledgements (incident, acknowledged_by, reason, at) VALUES (?,?,?,?) "
                   "ON CONFLICT (incident) DO NOTHING RETURNING 1");
  const auto& word = acknowledgement.word;
  return insert.bind(acknowledgement.incident).bind(word.by).bind(word.reason).bind(word.at).next();
}

std::vector<verdict::Acknowledgement> OperatorTable::acknowledgements() const {
  std::vector<verdict::Acknowledgement> acknowledgements;
  Statement rows(database_, "SELECT incident, acknowledged_by, reason, at FROM acknowledgements ORDER BY at, incident");
  while (rows.next())
    acknowledgements.push_back({rows.id<verdict::IncidentId>(0), {rows.text(1), rows.text(2), rows.time(3)}});
  return acknowledgements;
}

void OperatorTable::finish_acknowledgement(const verdict::IncidentId& incident) {
  erase_acknowledgement_.bind(incident).run();
}

void OperatorTable::request(const alert::TestRequest& request) {
  Statement insert(database_, "INSERT INTO test_requests (id, destination, kind, at) VALUES (?,?,?,?)");
  insert.bind(request.id).bind(request.destination).bind(request.kind).bind(request.at).run();
}

std::vector<alert::TestRequest> OperatorTable::test_requests() const {
  std::vector<alert::TestRequest> requests;
  Statement rows(database_, "SELECT id, destination, kind, at FROM test_requests ORDER BY at, id");
  while (rows.next()) requests.push_back({rows.id<alert::TestId>(0), rows.text(1), rows.text(2), rows.time(3)});
  return requests;
}

void OperatorTable::finish(const alert::TestId& test) { erase_test_.bind(test).run(); }

}  // namespace store
