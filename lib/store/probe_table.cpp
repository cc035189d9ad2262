#include "store/probe_table.h"

#include <fmt/format.h>

#include <array>

#include "store/row_text.h"

namespace store {
namespace {

/// Never change for a probe; then what an upsert writes anew.
constexpr std::string_view kFixedColumns = "id, token, account";
constexpr std::array<std::string_view, 15> kColumns{"account_name",
                                                    "run_answer",
                                                    "run_since",
                                                    "run_last_seen",
                                                    "run_count",
                                                    "run_http_status",
                                                    "run_code",
                                                    "normal",
                                                    "last_good_at",
                                                    "suspicion_answer",
                                                    "suspicion_began",
                                                    "suspicion_count",
                                                    "suspicion_http_status",
                                                    "suspicion_code",
                                                    "suspicion_identity"};

std::string upsert_sql() {
  std::string values = "?,?,?";
  std::string updates;
  for (const auto column : kColumns) {
    values += ",?";
    updates += fmt::format("{}{} = excluded.{}", updates.empty() ? "" : ", ", column, column);
  }
  return fmt::format("INSERT INTO probes ({}, {}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}", kFixedColumns,
                     fmt::join(kColumns, ", "), values, updates);
}

void bind_run(Statement& statement, const verdict::Run& run) {
  statement.bind(answer_to_json(run.answer)).bind(run.since).bind(run.last_seen).bind(run.count);
  statement.bind(run.evidence.http_status).bind(run.evidence.code);
}

void bind_suspicion(Statement& statement, const verdict::Suspicion& suspicion) {
  statement.bind(answer_to_json(suspicion.answer)).bind(suspicion.began).bind(suspicion.count);
  statement.bind(suspicion.evidence.http_status).bind(suspicion.evidence.code);
  statement.bind(identity_to_text(suspicion.identity));
}

void bind_nulls(Statement& statement, int count) {
  for (int bound = 0; bound < count; ++bound) statement.bind_null();
}

verdict::Conclusive read_answer(const Statement& row, int column) {
  return row.read_back(answer_from_json(row.text(column)));
}

xads::Granted read_normal(const Statement& row, int column) {
  const auto answer = read_answer(row, column);
  const auto* granted = std::get_if<xads::Granted>(&answer);
  return row.read_back(granted != nullptr ? std::optional(*granted) : std::nullopt, row.text(column));
}

verdict::Run read_run(const Statement& row, int first) {
  return {read_answer(row, first),
          row.time(first + 1),
          row.time(first + 2),
          static_cast<std::uint64_t>(row.number(first + 3)),
          {static_cast<int>(row.number(first + 4)), row.text(first + 5)}};
}

verdict::Suspicion read_suspicion(const Statement& row, int first) {
  verdict::Suspicion suspicion;
  suspicion.answer = read_answer(row, first);
  suspicion.began = row.time(first + 1);
  suspicion.count = static_cast<int>(row.number(first + 2));
  suspicion.evidence = {static_cast<int>(row.number(first + 3)), row.text(first + 4)};
  suspicion.identity = row.read_back(identity_from_text(row.text(first + 5)), row.text(first + 5));
  return suspicion;
}

verdict::ProbeState read_state(const Statement& row) {
  verdict::ProbeState state;
  state.probe = {row.id<audit::ProbeId>(0), row.id<audit::TokenId>(1), row.text(2)};
  state.account_name = row.text(3);
  if (!row.null(4)) state.baseline.run = read_run(row, 4);
  if (!row.null(10)) state.baseline.normal = read_normal(row, 10);
  state.baseline.last_good_at = row.optional_time(11);
  if (!row.null(12)) state.baseline.suspicion = read_suspicion(row, 12);
  return state;
}

}  // namespace

ProbeTable::ProbeTable(Database& database)
    : database_(database),
      upsert_(database, upsert_sql()),
      end_(database, "UPDATE probes SET ended = 1 WHERE id = ?"),
      insert_run_(database,
                  "INSERT INTO runs (probe, answer, since, last_seen, count, http_status, code) "
                  "VALUES (?,?,?,?,?,?,?)") {}

void ProbeTable::put(const verdict::ProbeState& state) {
  const auto& [run, normal, last_good_at, suspicion] = state.baseline;
  upsert_.bind(state.probe.id).bind(state.probe.token).bind(state.probe.account).bind(state.account_name);
  if (run)
    bind_run(upsert_, *run);
  else
    bind_nulls(upsert_, 6);
  if (normal)
    upsert_.bind(answer_to_json(*normal));
  else
    upsert_.bind_null();
  upsert_.bind(last_good_at);
  if (suspicion)
    bind_suspicion(upsert_, *suspicion);
  else
    bind_nulls(upsert_, 6);
  upsert_.run();
}

void ProbeTable::end(const audit::ProbeId& probe) { end_.bind(probe).run(); }

void ProbeTable::append(const ClosedRun& closed) {
  insert_run_.bind(closed.probe);
  bind_run(insert_run_, closed.run);
  insert_run_.run();
}

std::vector<verdict::ProbeState> ProbeTable::read() const {
  Statement rows(database_, fmt::format("SELECT {}, {} FROM probes WHERE ended = 0 ORDER BY id", kFixedColumns,
                                        fmt::join(kColumns, ", ")));
  std::vector<verdict::ProbeState> states;
  while (rows.next()) states.push_back(read_state(rows));
  return states;
}

}  // namespace store
