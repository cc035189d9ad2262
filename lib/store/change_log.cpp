#include "store/change_log.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "store/seal.h"

namespace store {
namespace {

constexpr std::string_view kColumns =
    "number, id, at, kind, token, account, before, after, http_status, code, confirmations, previous_hash, hash";

/// Where the next row ties in.
struct Head {
  std::uint64_t number = 0;
  std::string hash = std::string(std::tuple_size_v<base::Sha256>, '\0');
};

Head head_of(const Database& database) {
  Statement last(database, "SELECT number, hash FROM changes ORDER BY number DESC LIMIT 1");
  if (!last.next()) return {};
  return {static_cast<std::uint64_t>(last.number(0)), last.bytes(1)};
}

std::string chain_hash(const std::string& previous_hash, const std::string& canonical) {
  return std::string(base::as_view(base::sha256(previous_hash + canonical)));
}

verdict::Change read_change(const Statement& row) {
  verdict::Change change;
  change.id = row.id<verdict::ChangeId>(1);
  change.at = row.time(2);
  change.kind = row.text(3);
  change.token = row.text(4);
  change.account = row.text(5);
  change.before = row.text(6);
  change.after = row.text(7);
  change.evidence = {static_cast<int>(row.number(8)), row.text(9)};
  change.confirmations = static_cast<int>(row.number(10));
  return change;
}

/// As canonical_form(), from the columns as they are: a row that is no readable change any more is broken, no error.
std::string canonical_form_of_row(const Statement& row) {
  std::vector<std::string> texts;
  for (int column = 0; column <= 10; ++column) texts.push_back(row.text(column));
  return join_fields({texts.begin(), texts.end()});
}

}  // namespace

std::string canonical_form(std::uint64_t number, const verdict::Change& change) {
  return join_fields({std::to_string(number), change.id.text(), std::to_string(base::to_epoch_ms(change.at)),
                      change.kind, change.token, change.account, change.before, change.after,
                      std::to_string(change.evidence.http_status), change.evidence.code,
                      std::to_string(change.confirmations)});
}

ChangeLog::ChangeLog(Database& database)
    : database_(database),
      insert_(database, "INSERT INTO changes (" + std::string(kColumns) + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)") {}

void ChangeLog::append(const std::vector<verdict::Change>& changes) {
  if (changes.empty()) return;
  Head head = head_of(database_);
  for (const auto& change : changes) {
    const auto number = head.number + 1;
    auto hash = chain_hash(head.hash, canonical_form(number, change));
    insert_.bind(number).bind(change.id).bind(change.at).bind(change.kind).bind(change.token).bind(change.account);
    insert_.bind(change.before).bind(change.after).bind(change.evidence.http_status).bind(change.evidence.code);
    insert_.bind(change.confirmations).bind_bytes(head.hash).bind_bytes(hash).run();
    head = {number, std::move(hash)};
  }
}

std::vector<HistoryRow> ChangeLog::read(const HistoryQuery& query) const {
  ENSURE(query.limit > 0);
  std::string sql = "SELECT " + std::string(kColumns) + " FROM changes WHERE number > ?";
  if (query.token) sql += " AND token = ?";
  if (query.account) sql += " AND account = ?";
  if (query.since) sql += " AND at >= ?";
  if (query.until) sql += " AND at < ?";
  Statement rows(database_, sql + " ORDER BY number LIMIT ?");
  rows.bind(query.after_number);
  if (query.token) rows.bind(*query.token);
  if (query.account) rows.bind(*query.account);
  if (query.since) rows.bind(*query.since);
  if (query.until) rows.bind(*query.until);
  rows.bind(query.limit);
  std::vector<HistoryRow> history;
  while (rows.next())
    history.push_back({static_cast<std::uint64_t>(rows.number(0)), read_change(rows), base::to_hex(rows.bytes(12))});
  return history;
}

ChainCheck ChangeLog::verify() const {
  Statement rows(database_, "SELECT " + std::string(kColumns) + " FROM changes ORDER BY number");
  ChainCheck check;
  Head head;
  while (rows.next()) {
    ++check.rows;
    const auto number = static_cast<std::uint64_t>(rows.number(0));
    const auto previous_hash = rows.bytes(11);
    const auto hash = rows.bytes(12);
    const bool fits = number == head.number + 1 && previous_hash == head.hash &&
                      hash == chain_hash(head.hash, canonical_form_of_row(rows));
    if (!fits && !check.broken_at) check.broken_at = number;
    head = {number, hash};
  }
  return check;
}

}  // namespace store
