#include "store/change_log.h"

#include <array>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ensure.h"
#include "base/text.h"
#include "store/row_text.h"
#include "store/row_value.h"
#include "store/seal.h"

namespace store {
namespace {

// The place in this list is what is stored: only ever append to it. Kinds that are not in it are stored as text.
constexpr std::array<std::string_view, 14> kKinds{
    "changed",          "first_seen",      "token_added",      "token_removed",  "token_replaced", "account_found",
    "account_vanished", "account_deleted", "account_returned", "account_status", "accepted",       "announced",
    "given_up",         "pruned"};
/// Those that tell what a token was answered about an account.
constexpr std::array<std::string_view, 4> kAnswerKinds{"first_seen", "changed", "accepted", "announced"};

/// With token and account where they lie: in the row, or in the probe or token that it names. A name of digits is not
/// taken for a number.
constexpr std::string_view kColumns =
    "SELECT c.number, c.id, c.at, c.kind, coalesce(t.name, c.token, ''), coalesce(c.account, p.account, ''), c.before, "
    "c.after, c.http_status, c.code, c.confirmations, c.hash, c.rule, c.witnesses ";
constexpr std::string_view kSubjectsJoined =
    "LEFT JOIN probes p ON p.number = c.probe "
    "LEFT JOIN tokens t ON t.number = coalesce(p.token, CASE typeof(c.token) WHEN 'integer' THEN c.token END) ";

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

/// A text that we cannot have written is one witness: the hash then tells.
std::vector<std::string> read_witnesses(std::string_view json) {
  auto witnesses = texts_from_json(json);
  return witnesses ? std::move(witnesses).value() : std::vector<std::string>{std::string(json)};
}

verdict::Change read_change(const Statement& row) {
  verdict::Change change;
  change.at = row.time(2);
  change.id = row.id<verdict::ChangeId>(1, change.at);
  change.kind = read_word(row, 3, kKinds);
  change.token = row.view(4);
  change.account = row.view(5);
  change.before = read_side(row, 6);
  change.after = read_side(row, 7);
  change.evidence = {static_cast<int>(row.number(8)), row.text(9)};
  change.confirmations = static_cast<int>(row.number(10));
  change.grounds.rule = row.view(12);
  if (!row.null(13)) change.grounds.witnesses = read_witnesses(row.view(13));
  return change;
}

HistoryRow read_row(const Statement& row) {
  return {static_cast<std::uint64_t>(row.number(0)), read_change(row), base::to_hex(row.view(11))};
}

void bind_grounds(Statement& statement, const verdict::Grounds& grounds) {
  if (grounds.rule.empty())
    statement.bind_null();
  else
    statement.bind(grounds.rule);
  if (grounds.witnesses.empty())
    statement.bind_null();
  else
    statement.bind(texts_to_json(grounds.witnesses));
}

/// Whether read_change() gives all that the row says: an id of ours, and numbers that are not cut to size.
bool is_readable(const Statement& row) {
  const auto fits_int = [&](int column) { return std::in_range<int>(row.number(column)); };
  const auto id_size = row.view(1).size();
  return (id_size == 16 || id_size == 10) && fits_int(8) && fits_int(10);
}

/// Finds what a change can name instead of carrying two texts.
class Subjects {
 public:
  explicit Subjects(const Database& database)
      : token_(database, "SELECT number FROM tokens WHERE name = ? ORDER BY removed_at IS NULL DESC, number DESC"),
        probe_(database, "SELECT number FROM probes WHERE token = ? AND account = ? ORDER BY ended, number DESC") {}

  /// The token of this name, the live one if there are several.
  std::optional<std::int64_t> token(const std::string& name) { return first(token_.bind(name)); }
  std::optional<std::int64_t> probe(std::int64_t token, const std::string& account) {
    return first(probe_.bind(token).bind(account));
  }

 private:
  static std::optional<std::int64_t> first(Statement& statement) {
    const auto number = statement.next() ? std::optional(statement.number(0)) : std::nullopt;
    statement.leave();
    return number;
  }

  Statement token_;
  Statement probe_;
};

void bind_subject(Statement& statement, Subjects& subjects, const verdict::Change& change) {
  const auto token = subjects.token(change.token);
  const auto probe = token && !change.account.empty() ? subjects.probe(*token, change.account) : std::nullopt;
  if (probe) {
    statement.bind(*probe).bind_null().bind_null();
    return;
  }
  statement.bind_null();
  if (token)
    statement.bind(*token);
  else
    statement.bind(change.token);
  if (change.account.empty())
    statement.bind_null();
  else
    statement.bind(change.account);
}

/// The numbers of the changes of a token, or of an account: by what they name, and by their own texts.
constexpr std::string_view kOfToken =
    "AND c.number IN (SELECT number FROM changes WHERE probe IN "
    "(SELECT number FROM probes WHERE token IN (SELECT number FROM tokens WHERE name = ?)) UNION ALL "
    "SELECT number FROM changes WHERE token IN (SELECT +number FROM tokens WHERE name = ?) UNION ALL "
    "SELECT number FROM changes WHERE token = ?) ";
constexpr std::string_view kOfAccount =
    "AND c.number IN (SELECT number FROM changes WHERE probe IN (SELECT number FROM probes WHERE account = ?) UNION "
    "ALL "
    "SELECT number FROM changes WHERE account = ?) ";

std::string select(std::string_view rest) {
  return std::string(kColumns).append("FROM changes c ").append(kSubjectsJoined).append(rest);
}

/// The rows to look at, with their hashes, and whether each stays.
constexpr std::string_view kPrunable =
    "SELECT c.number, c.hash, c.at >= ?3 OR (c.kind IN (?5,?6,?7,?8) AND c.after IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM changes l WHERE l.probe = c.probe AND l.number > c.number AND l.number <= ?2 "
    "AND l.at < ?3 AND l.kind IN (?5,?6,?7,?8) AND l.after IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM changes r WHERE r.token = (SELECT token FROM probes WHERE number = c.probe) "
    "AND r.number > c.number AND r.number <= ?2 AND r.at < ?3 AND r.kind = ?9)) "
    "FROM changes c WHERE c.number > ?1 AND c.number <= ?2 ORDER BY c.number LIMIT ?4";

/// A figure about pruning; 0 before the first time.
std::int64_t noted(const Database& database, std::string_view name) {
  Statement row(database, "SELECT value FROM meta WHERE name = ?");
  return row.bind(name).next() ? row.number(0) : 0;
}

void note(const Database& database, std::string_view name, std::int64_t value) {
  Statement(database, "INSERT OR REPLACE INTO meta (name, value) VALUES (?,?)").bind(name).bind(value).run();
}

/// The highest number that may be missing; 0 when none may.
std::uint64_t pruned_to(const Database& database) {
  return static_cast<std::uint64_t>(noted(database, "changes_pruned_to"));
}

std::string pruned_text(std::uint64_t last) { return "entries up to number " + std::to_string(last); }

std::string in_list(std::string_view column, std::size_t count) {
  return std::string(column) + " IN (" + base::join(std::vector<std::string>(count, "?"), ",") + ") ";
}

std::string conditions_of(const HistoryQuery& query) {
  // The plus keeps SQLite from reading all rows of that range where it should go by the subjects.
  const std::string number = query.token || query.account || query.probe ? "+c.number" : "c.number";
  std::string sql = "WHERE " + number + " > ? ";
  if (query.before_number) sql += "AND " + number + " < ? ";
  if (query.token) sql += kOfToken;
  if (query.account) sql += kOfAccount;
  if (query.probe) sql += "AND c.probe = (SELECT number FROM probes WHERE id = ?) ";
  if (query.since) sql += "AND c.at >= ? ";
  if (query.until) sql += "AND c.at < ? ";
  if (!query.kinds.empty()) sql += "AND " + in_list("c.kind", query.kinds.size());
  return sql;
}

/// The latest answer of each name, then those of them that no removal follows.
std::string last_changes_sql() {
  return std::string("WITH last (number, name) AS (SELECT max(c.number), coalesce(t.name, c.token, '') FROM changes c ")
      .append(kSubjectsJoined)
      .append("WHERE c.at <= ? AND c.after IS NOT NULL AND " + in_list("c.kind", kAnswerKinds.size()))
      .append(kOfAccount)
      .append("GROUP BY 2) ")
      .append(kColumns)
      .append("FROM last CROSS JOIN changes c ON c.number = last.number ")
      .append(kSubjectsJoined)
      .append(
          "WHERE NOT EXISTS (SELECT 1 FROM changes r WHERE r.kind = ? AND r.number > last.number AND r.at <= ? AND "
          "r.number IN (SELECT number FROM changes WHERE token IN (SELECT +number FROM tokens WHERE name = last.name) "
          "UNION ALL SELECT number FROM changes WHERE token = last.name)) ORDER BY last.name");
}

}  // namespace

std::string canonical_form(std::uint64_t number, const verdict::Change& change) {
  const auto number_text = std::to_string(number);
  const auto id = change.id.text();
  const auto at = std::to_string(base::to_epoch_ms(change.at));
  const auto http_status = std::to_string(change.evidence.http_status);
  const auto confirmations = std::to_string(change.confirmations);
  std::vector<std::string_view> fields{
      number_text,   id,           at,          change.kind,          change.token, change.account,
      change.before, change.after, http_status, change.evidence.code, confirmations};
  if (change.grounds != verdict::Grounds()) {
    fields.emplace_back(change.grounds.rule);
    fields.insert(fields.end(), change.grounds.witnesses.begin(), change.grounds.witnesses.end());
  }
  return join_fields(fields);
}

std::span<const std::string_view> change_kinds() { return kKinds; }

ChangeLog::ChangeLog(Database& database)
    : database_(database),
      insert_(database,
              "INSERT INTO changes (number, id, at, kind, probe, token, account, before, after, http_status, code, "
              "confirmations, rule, witnesses, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)") {}

void ChangeLog::append(const std::vector<verdict::Change>& changes) {
  if (changes.empty()) return;
  Head head = head_of(database_);
  Subjects subjects(database_);
  for (const auto& change : changes) {
    const auto number = head.number + 1;
    auto hash = chain_hash(head.hash, canonical_form(number, change));
    insert_.bind(number).bind(change.id, change.at).bind(change.at);
    bind_word(insert_, kKinds, change.kind);
    bind_subject(insert_, subjects, change);
    bind_side(insert_, change.before);
    bind_side(insert_, change.after);
    insert_.bind(change.evidence.http_status).bind(change.evidence.code).bind(change.confirmations);
    bind_grounds(insert_, change.grounds);
    insert_.bind_bytes(hash).run();
    head = {number, std::move(hash)};
  }
}

std::vector<HistoryRow> ChangeLog::read(const HistoryQuery& query) const {
  ENSURE(query.limit > 0);
  Statement rows(database_, select(conditions_of(query)) +
                                (query.latest_first ? "ORDER BY c.number DESC LIMIT ?" : "ORDER BY c.number LIMIT ?"));
  rows.bind(query.after_number);
  if (query.before_number) rows.bind(*query.before_number);
  if (query.token) rows.bind(*query.token).bind(*query.token).bind(*query.token);
  if (query.account) rows.bind(*query.account).bind(*query.account);
  if (query.probe) rows.bind(*query.probe);
  if (query.since) rows.bind(*query.since);
  if (query.until) rows.bind(*query.until);
  for (const auto& kind : query.kinds) bind_word(rows, kKinds, kind);
  rows.bind(query.limit);
  std::vector<HistoryRow> history;
  while (rows.next()) history.push_back(read_row(rows));
  return history;
}

std::vector<HistoryRow> ChangeLog::last_changes_before(const std::string& account, base::Instant at) const {
  Statement rows(database_, last_changes_sql());
  rows.bind(at);
  for (const auto kind : kAnswerKinds) bind_word(rows, kKinds, kind);
  rows.bind(account).bind(account);
  bind_word(rows, kKinds, "token_removed");
  rows.bind(at);
  std::vector<HistoryRow> changes;
  while (rows.next()) changes.push_back(read_row(rows));
  return changes;
}

ChainCheck ChangeLog::verify() const {
  Statement rows(database_, select("ORDER BY c.number"));
  Statement anchor(database_, "SELECT hash FROM change_anchors WHERE number = ?");
  const auto may_miss = pruned_to(database_);
  std::string said;  // by the latest row about it
  ChainCheck check;
  Head head;
  while (rows.next()) {
    ++check.rows;
    const auto number = static_cast<std::uint64_t>(rows.number(0));
    if (number > head.number + 1 && number - 1 <= may_miss && anchor.bind(number - 1).next()) {
      check.pruned += number - 1 - head.number;
      head = {number - 1, anchor.bytes(0)};
    }
    anchor.leave();
    const auto change = is_readable(rows) ? std::optional(read_change(rows)) : std::nullopt;
    auto hash = rows.bytes(11);
    const bool fits =
        number == head.number + 1 && change && hash == chain_hash(head.hash, canonical_form(number, *change));
    if (!fits && !check.broken_at) check.broken_at = number;
    if (change && change->kind == "pruned") said = change->after;
    head = {number, std::move(hash)};
  }
  // Rows that are missing without a word of the log were taken by somebody else.
  if (may_miss > 0 && said != pruned_text(may_miss) && !check.broken_at) check.broken_at = may_miss;
  return check;
}

std::uint64_t ChangeLog::last_before(base::Instant limit) const {
  std::uint64_t low = 0;                               // is before it
  std::uint64_t high = head_of(database_).number + 1;  // is not, or is not there
  Statement next(database_, "SELECT number, at FROM changes WHERE number >= ? ORDER BY number LIMIT 1");
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    const bool found = next.bind(middle).next() && static_cast<std::uint64_t>(next.number(0)) < high;
    if (found && next.time(1) < limit)
      low = static_cast<std::uint64_t>(next.number(0));
    else
      high = middle;
    next.leave();
  }
  return low;
}

void ChangeLog::note_pruning(std::uint64_t last, const verdict::ChangeId& id, base::Instant now) {
  if (pruned_to(database_) >= last) return;
  verdict::Change change;
  change.id = id;
  change.at = now;
  change.kind = "pruned";
  change.after = pruned_text(last);
  append({change});
  note(database_, "changes_pruned_to", static_cast<std::int64_t>(last));
}

ChangeLog::Swept ChangeLog::prune(std::uint64_t after, base::Instant limit, int most, const verdict::ChangeId& id,
                                  base::Instant now) {
  // Once for each limit: what is kept is looked at again and again else.
  const auto limit_ms = base::to_epoch_ms(limit);
  if (after == 0 && noted(database_, "changes_looked_through") == limit_ms) return {.over = true};
  const auto last = last_before(limit);
  Statement rows(database_, kPrunable);
  rows.bind(after).bind(last).bind(limit).bind(most);
  for (const auto kind : kAnswerKinds) bind_word(rows, kKinds, kind);
  bind_word(rows, kKinds, "token_removed");
  struct Row {
    std::uint64_t number;
    std::string hash;
    bool kept;
  };
  std::vector<Row> looked_at;
  while (rows.next())
    looked_at.push_back({static_cast<std::uint64_t>(rows.number(0)), rows.bytes(1), rows.number(2) != 0});
  const bool over = std::ssize(looked_at) < most;
  if (over) note(database_, "changes_looked_through", limit_ms);
  if (looked_at.empty()) return {.over = true};

  Statement erase(database_, "DELETE FROM changes WHERE number = ?");
  Statement erase_anchor(database_, "DELETE FROM change_anchors WHERE number = ?");
  Statement anchor(database_, "INSERT INTO change_anchors (number, hash) VALUES (?,?)");
  Swept swept{.looked_at = looked_at.back().number, .over = over};
  for (const auto& [number, hash, kept] : looked_at) {
    if (kept) continue;
    if (swept.deleted++ == 0) note_pruning(last, id, now);
    erase.bind(number).run();
    // The one before it, if that is gone, has nothing that ties in to it any more; the one after it has.
    erase_anchor.bind(number - 1).run();
    anchor.bind(number).bind_bytes(hash).run();
  }
  return swept;
}

}  // namespace store
