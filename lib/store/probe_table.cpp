#include "store/probe_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ensure.h"
#include "store/row_text.h"
#include "store/row_value.h"

namespace store {
namespace {

/// What an upsert writes anew; number, id, token and account never change for a probe.
constexpr std::array<std::string_view, 11> kColumns{"vanished",     "run_answer",      "run_since", "run_last_seen",
                                                    "run_count",    "run_http_status", "run_code",  "normal",
                                                    "last_good_at", "suspicion",       "accepted"};

std::string upsert_sql() {
  std::string values = "?, (SELECT number FROM tokens WHERE id = ?), ?";
  std::string updates;
  for (const auto column : kColumns) {
    values += ",?";
    updates += fmt::format("{}{} = excluded.{}", updates.empty() ? "" : ", ", column, column);
  }
  return fmt::format("INSERT INTO probes (id, token, account, {}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
                     fmt::join(kColumns, ", "), values, updates);
}

std::string select_sql(std::string_view rest) {
  return fmt::format("SELECT probes.id, account, {}, {}", fmt::join(kColumns, ", "), rest);
}

void bind_nulls(Statement& statement, int count) {
  for (int bound = 0; bound < count; ++bound) statement.bind_null();
}

verdict::Conclusive require_answer(const Statement& row, int column) {
  return row.read_back(read_answer(row, column), row.view(column));
}

xads::Granted read_normal(const Statement& row, int column) {
  auto answer = require_answer(row, column);
  auto* granted = std::get_if<xads::Granted>(&answer);
  return row.read_back(granted != nullptr ? std::optional(std::move(*granted)) : std::nullopt, row.view(column));
}

verdict::Run read_run(const Statement& row, int first) {
  return {require_answer(row, first),
          row.time(first + 1),
          row.time(first + 2),
          static_cast<std::uint64_t>(row.number(first + 3)),
          {static_cast<int>(row.number(first + 4)), row.text(first + 5)}};
}

verdict::ProbeState read_state(const Statement& row, const audit::TokenId& token) {
  verdict::ProbeState state;
  state.probe = {row.id<audit::ProbeId>(0), token, row.text(1)};
  state.vanished = row.number(2) != 0;
  auto& baseline = state.baseline;
  if (!row.null(3)) baseline.run = read_run(row, 3);
  if (!row.null(9)) baseline.normal = read_normal(row, 9);
  baseline.last_good_at = row.optional_time(10);
  if (!row.null(11)) baseline.suspicion = row.read_back(suspicion_from_json(row.view(11)));
  baseline.accepted = row.number(12) != 0;
  return state;
}

}  // namespace

ProbeTable::ProbeTable(Database& database)
    : database_(database),
      upsert_(database, upsert_sql()),
      grow_(database, "UPDATE probes SET run_last_seen = ?, run_count = ?, last_good_at = ? WHERE id = ?"),
      end_(database, "UPDATE probes SET ended = 1 WHERE id = ?"),
      insert_run_(database,
                  "INSERT INTO runs (probe, answer, since, lasted_ms, count, http_status, code) "
                  "VALUES ((SELECT number FROM probes WHERE id = ?),?,?,?,?,?,?)") {}

void ProbeTable::put(const std::vector<verdict::ProbeState>& states) {
  std::vector<const verdict::ProbeState*> in_order;
  in_order.reserve(states.size());
  for (const auto& state : states) in_order.push_back(&state);
  // Stable: of two states of one probe, the later one is what it is now.
  std::ranges::stable_sort(in_order, {}, [](const auto* state) { return state->probe.id; });
  for (const auto* state : in_order) put(*state);
}

void ProbeTable::put(const verdict::ProbeState& state) {
  const auto& [run, normal, accepted, last_good_at, suspicion] = state.baseline;
  upsert_.bind(state.probe.id).bind(state.probe.token).bind(state.probe.account).bind(state.vanished);
  if (run) {
    bind_answer(upsert_, run->answer);
    upsert_.bind(run->since).bind(run->last_seen).bind(run->count);
    upsert_.bind(run->evidence.http_status).bind(run->evidence.code);
  } else {
    bind_nulls(upsert_, 6);
  }
  if (normal)
    bind_answer(upsert_, *normal);
  else
    upsert_.bind_null();
  upsert_.bind(last_good_at);
  if (suspicion)
    upsert_.bind(suspicion_to_json(*suspicion));
  else
    upsert_.bind_null();
  upsert_.bind(accepted).run();
}

void ProbeTable::grow(const GrownRun& grown) {
  grow_.bind(grown.last_seen).bind(grown.count).bind(grown.last_good_at).bind(grown.probe).run();
}

void ProbeTable::end(const audit::ProbeId& probe) { end_.bind(probe).run(); }

void ProbeTable::append(const ClosedRun& closed) {
  const auto& run = closed.run;
  insert_run_.bind(closed.probe);
  bind_answer(insert_run_, run.answer);
  insert_run_.bind(run.since).bind((run.last_seen - run.since).count()).bind(run.count);
  insert_run_.bind(run.evidence.http_status).bind(run.evidence.code).run();
}

std::vector<verdict::ProbeState> ProbeTable::read(const audit::TokenId& token) const {
  std::string sql = select_sql("tokens.id FROM probes JOIN tokens ON tokens.number = token WHERE ended = 0");
  if (!token.null()) sql += " AND tokens.id = ?";
  Statement rows(database_, sql + " ORDER BY probes.id");
  if (!token.null()) rows.bind(token);
  std::vector<verdict::ProbeState> states;
  while (rows.next()) states.push_back(read_state(rows, rows.id<audit::TokenId>(13)));
  return states;
}

std::vector<ProbeTable::Placed> ProbeTable::page(const PairQuery& query) const {
  ENSURE(query.limit > 0);
  std::string sql = select_sql(
      "tokens.id, accounts.name, accounts.approval_status, accounts.deleted FROM tokens "
      "CROSS JOIN probes ON probes.token = tokens.number LEFT JOIN accounts ON accounts.id = probes.account "
      "WHERE removed_at IS NULL AND ended = 0 ");
  if (query.token) sql += "AND tokens.name = ? ";
  if (query.account) sql += "AND account = ? ";
  if (query.after) sql += "AND tokens.name >= ? AND (tokens.name > ? OR account > ?) ";
  // In the order of both indexes, so that nothing is sorted and a page costs what it shows.
  sql += "ORDER BY tokens.name, CASE WHEN removed_at IS NULL THEN 0 ELSE tokens.number END, account LIMIT ?";
  Statement rows(database_, sql);
  if (query.token) rows.bind(*query.token);
  if (query.account) rows.bind(*query.account);
  if (query.after) rows.bind(query.after->token).bind(query.after->token).bind(query.after->account);
  rows.bind(query.limit);
  std::vector<Placed> page;
  while (rows.next()) {
    auto state = read_state(rows, rows.id<audit::TokenId>(13));
    AccountFacts account{state.probe.account, rows.text(14), rows.text(15), rows.number(16) != 0};
    page.push_back({std::move(state), std::move(account)});
  }
  return page;
}

std::uint64_t ProbeTable::count() const {
  return static_cast<std::uint64_t>(
      database_.number("SELECT count(*) FROM probes JOIN tokens ON tokens.number = token "
                       "WHERE ended = 0 AND removed_at IS NULL"));
}

void ProbeTable::stream(const std::function<audit::TokenId(std::int64_t number)>& token_id,
                        const std::function<void(verdict::ProbeState state)>& take) const {
  Statement rows(database_, select_sql("token FROM probes WHERE ended = 0 ORDER BY number"));
  while (rows.next()) take(read_state(rows, token_id(rows.number(13))));
}

}  // namespace store
