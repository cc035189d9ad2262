#include "store/account_table.h"

namespace store {
namespace {

AccountFacts read_account(const Statement& row) { return {row.text(0), row.text(1), row.text(2), row.number(3) != 0}; }

}  // namespace

AccountTable::AccountTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO accounts (id, name, approval_status, deleted) VALUES (?,?,?,?) ON CONFLICT (id) DO UPDATE "
              "SET name = excluded.name, approval_status = excluded.approval_status, deleted = excluded.deleted") {}

void AccountTable::put(const AccountFacts& facts) {
  upsert_.bind(facts.id).bind(facts.name).bind(facts.approval_status).bind(facts.deleted).run();
}

std::optional<AccountFacts> AccountTable::find(const std::string& id) const {
  Statement row(database_, "SELECT id, name, approval_status, deleted FROM accounts WHERE id = ?");
  if (!row.bind(id).next()) return std::nullopt;
  return read_account(row);
}

void AccountTable::stream(const std::function<void(AccountFacts facts)>& take) const {
  Statement rows(database_, "SELECT id, name, approval_status, deleted FROM accounts ORDER BY id");
  while (rows.next()) take(read_account(rows));
}

}  // namespace store
