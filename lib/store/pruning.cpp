#include "store/pruning.h"

#include <algorithm>
#include <utility>

#include "store/row_value.h"

namespace store {
namespace {

constexpr int kRows = 1000;           ///< in one transaction
constexpr int kAlerts = 50;           ///< each with its deliveries, attempts and bodies
constexpr int kMembers = 1000;        ///< of a digest
constexpr std::int64_t kPages = 256;  ///< in one step; so many may stay empty, for what comes next

std::uint64_t number_of(Database& database, std::string_view sql) {
  return static_cast<std::uint64_t>(database.number(std::string(sql)));
}

/// How many rows `statement` changed.
std::uint64_t changed_by(Database& database, Statement& statement) {
  statement.run();
  return number_of(database, "SELECT changes()");
}

void erase_alert(Database& database, std::uint64_t sequence, std::string_view id) {
  // What refers to others goes before them.
  constexpr const char* kByDelivery[] = {
      "DELETE FROM delivery_attempts WHERE delivery IN (SELECT id FROM deliveries WHERE sequence = ?)",
      "DELETE FROM replays WHERE delivery IN (SELECT id FROM deliveries WHERE sequence = ?)",
      "DELETE FROM deliveries WHERE sequence = ?"};
  for (const char* sql : kByDelivery) Statement(database, sql).bind(sequence).run();
  Statement(database, "DELETE FROM bodies WHERE alert = ?").bind_bytes(id).run();
  Statement(database, "DELETE FROM alerts WHERE sequence = ?").bind(sequence).run();
}

/// Whether none is left.
bool erase_members(Database& database, std::uint64_t sequence) {
  Statement erase(database,
                  "DELETE FROM digest_members WHERE alert = ?1 AND incident IN "
                  "(SELECT incident FROM digest_members WHERE alert = ?1 LIMIT ?2)");
  return changed_by(database, erase.bind(sequence).bind(kMembers)) < kMembers;
}

}  // namespace

Pruning::Pruning(Database& database, ChangeLog& change_log) : database_(database), change_log_(change_log) {}

Pruned Pruning::step(const Retention& retention, const verdict::ChangeId& note, base::Instant now) {
  Pruned pruned{.more = true};
  if (stage_ == Stage::kPages) {
    pruned.more = !give_pages_back(pruned);
    if (!pruned.more) stage_ = Stage::kHistory;
    return pruned;
  }
  const auto place = place_;
  Transaction transaction(database_);
  const bool over = run(retention, note, now, pruned);
  const auto next = std::exchange(place_, place);  // kept when the commit fails
  transaction.commit("prune");
  place_ = over ? 0 : next;
  if (over) stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
  return pruned;
}

bool Pruning::run(const Retention& retention, const verdict::ChangeId& note, base::Instant now, Pruned& pruned) {
  const auto limit = [&](base::Duration kept) {
    return now - (is_too_large(retention) ? std::min(kept, kLeastKept) : kept);
  };
  switch (stage_) {
    case Stage::kHistory:
      return prune_history(now - retention.history, note, now, pruned);
    case Stage::kAlerts:
      return prune_alerts(limit(retention.alerts), now - retention.dead_letters, pruned);
    case Stage::kObservations:
      return prune_observations(limit(retention.observations), pruned);
    case Stage::kIncidents:
      return prune_incidents(limit(retention.incidents), pruned);
    case Stage::kWords:
      return prune_words(now - retention.incidents, pruned);
    case Stage::kPages:
      break;
  }
  return true;
}

/// What is empty does not count: it is used again, or given back.
bool Pruning::is_too_large(const Retention& retention) {
  if (!retention.max_size) return false;
  const auto pages = number_of(database_, "PRAGMA page_count") - number_of(database_, "PRAGMA freelist_count");
  return pages * number_of(database_, "PRAGMA page_size") > *retention.max_size;
}

bool Pruning::prune_history(base::Instant limit, const verdict::ChangeId& note, base::Instant now, Pruned& pruned) {
  // By whole days: the log is looked through once a day, and notes once a day that it became shorter.
  const auto day = std::chrono::time_point_cast<base::Duration>(std::chrono::floor<std::chrono::days>(limit));
  const auto swept = change_log_.prune(place_, day, kRows, note, now);
  pruned.changes += swept.deleted;
  place_ = swept.looked_at;
  return swept.over;
}

bool Pruning::prune_alerts(base::Instant limit, base::Instant dead_limit, Pruned& pruned) {
  Statement rows(database_,
                 "SELECT sequence, id, at < ?1, EXISTS (SELECT 1 FROM deliveries WHERE sequence = alerts.sequence AND "
                 "(state = 'pending' OR (state = 'dead' AND alerts.at >= ?2))) "
                 "FROM alerts WHERE sequence > ?3 ORDER BY sequence LIMIT ?4");
  rows.bind(limit).bind(dead_limit).bind(place_).bind(kAlerts);
  int seen = 0;
  for (; rows.next(); ++seen) {
    if (rows.number(2) == 0) return true;  // the rest is younger
    const auto sequence = static_cast<std::uint64_t>(rows.number(0));
    if (rows.number(3) == 0) {
      if (!erase_members(database_, sequence)) return false;  // the rest of it comes next
      erase_alert(database_, sequence, rows.view(1));
      ++pruned.alerts;
    }
    place_ = sequence;
  }
  return seen < kAlerts;
}

bool Pruning::prune_observations(base::Instant limit, Pruned& pruned) {
  Statement erase(database_,
                  "DELETE FROM runs WHERE number IN (SELECT number FROM runs ORDER BY number LIMIT ?) "
                  "AND since + lasted_ms < ?");
  const auto erased = changed_by(database_, erase.bind(kRows).bind(limit));
  pruned.observations += erased;
  return erased < kRows;
}

bool Pruning::prune_incidents(base::Instant limit, Pruned& pruned) {
  // What refers to an incident has its whole id, and its own row has it without the time at its start, see
  // Statement::bind().
  Statement erase(database_,
                  "DELETE FROM incidents WHERE (opened_at, id) IN (SELECT opened_at, id FROM incidents AS old "
                  "WHERE resolved_at < ? AND NOT EXISTS (SELECT 1 FROM tellings WHERE opened_at = old.opened_at AND "
                  "incident = old.id) AND id NOT IN (SELECT substr(part_of, 1 + ?) FROM incidents "  // read once
                  "WHERE resolved_at IS NULL AND part_of IS NOT NULL) "
                  "ORDER BY resolved_at LIMIT ?)");
  const auto erased = changed_by(database_, erase.bind(limit).bind(kIdTimeSize).bind(kRows));
  pruned.incidents += erased;
  return erased < kRows;
}

bool Pruning::prune_words(base::Instant limit, Pruned& pruned) {
  Statement plans(database_, "DELETE FROM planned_changes WHERE state NOT IN ('open', 'overdue') AND until < ?");
  pruned.incidents += changed_by(database_, plans.bind(limit));
  Statement mutes(database_, "DELETE FROM mutes WHERE until < ?");
  pruned.incidents += changed_by(database_, mutes.bind(limit));
  Statement hours(database_, "DELETE FROM hours WHERE hour < ?");
  pruned.incidents += changed_by(database_, hours.bind(limit));
  return true;
}

bool Pruning::give_pages_back(Pruned& pruned) {
  const auto empty = database_.number("PRAGMA freelist_count");
  const auto before = database_.number("PRAGMA page_count");
  if (empty <= kPages) return true;
  database_.run("PRAGMA incremental_vacuum(" + std::to_string(std::min(kPages, empty - kPages)) + ")");
  const auto given = before - database_.number("PRAGMA page_count");
  pruned.pages += static_cast<std::uint64_t>(std::max<std::int64_t>(given, 0));
  return given <= 0;  // a database that was not made for it gives nothing
}

}  // namespace store
