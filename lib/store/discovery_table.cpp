#include "store/discovery_table.h"

namespace store {
namespace {

std::vector<std::string> read_seen(const Database& database, std::int64_t token) {
  Statement rows(database, "SELECT account FROM discovery_seen WHERE token = ? ORDER BY account");
  rows.bind(token);
  std::vector<std::string> accounts;
  while (rows.next()) accounts.push_back(rows.text(0));
  return accounts;
}

}  // namespace

DiscoveryTable::DiscoveryTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO discoveries (token, cursor) "
              "SELECT number, ? FROM tokens WHERE id = ? AND removed_at IS NULL "
              "ON CONFLICT (token) DO UPDATE SET cursor = excluded.cursor"),
      see_(database,
           "INSERT OR IGNORE INTO discovery_seen (token, account) "
           "SELECT token, ? FROM discoveries WHERE token = (SELECT number FROM tokens WHERE id = ?)"),
      complete_(database, "DELETE FROM discoveries WHERE token = (SELECT number FROM tokens WHERE id = ?)") {}

void DiscoveryTable::take_step(const DiscoveryStep& step) {
  if (step.cursor.empty()) {
    complete_.bind(step.token).run();  // with all that was seen
    return;
  }
  upsert_.bind(step.cursor).bind(step.token).run();
  for (const auto& account : step.seen) see_.bind(account).bind(step.token).run();
}

void DiscoveryTable::stream(const std::function<void(OpenSweep sweep)>& take) const {
  Statement rows(
      database_,
      "SELECT token, tokens.id, cursor FROM discoveries JOIN tokens ON tokens.number = token ORDER BY token");
  while (rows.next()) take({rows.id<audit::TokenId>(1), rows.text(2), read_seen(database_, rows.number(0))});
}

bool DiscoveryTable::request(const std::string& token_name) {
  Statement token(database_, "SELECT 1 FROM tokens WHERE name = ? AND removed_at IS NULL");
  if (!token.bind(token_name).next()) return false;
  Statement(database_,
            "INSERT OR IGNORE INTO discovery_requests (token) "
            "SELECT number FROM tokens WHERE name = ? AND removed_at IS NULL")
      .bind(token_name)
      .run();
  return true;
}

bool DiscoveryTable::has_requests() const {
  return Statement(database_, "SELECT 1 FROM discovery_requests LIMIT 1").next();
}

bool DiscoveryTable::under_way(const std::string& token_name) const {
  return Statement(database_,
                   "SELECT 1 FROM tokens WHERE (? = '' OR name = ?) AND removed_at IS NULL AND "
                   "(number IN (SELECT token FROM discoveries) OR number IN (SELECT token FROM discovery_requests)) "
                   "LIMIT 1")
      .bind(token_name)
      .bind(token_name)
      .next();
}

std::vector<audit::TokenId> DiscoveryTable::take_requests() {
  std::vector<audit::TokenId> tokens;
  {
    Statement rows(database_,
                   "SELECT id FROM discovery_requests JOIN tokens ON number = token WHERE removed_at IS NULL "
                   "ORDER BY token");
    while (rows.next()) tokens.push_back(rows.id<audit::TokenId>(0));
  }
  database_.run("DELETE FROM discovery_requests");
  return tokens;
}

void DiscoveryTable::forget(const std::string& token_name) {
  for (const char* table : {"discoveries", "discovery_requests"})
    Statement(database_,
              std::string("DELETE FROM ") + table + " WHERE token IN (SELECT number FROM tokens WHERE name = ?)")
        .bind(token_name)
        .run();
}

}  // namespace store
