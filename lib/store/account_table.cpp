#include "store/account_table.h"

namespace store {

AccountTable::AccountTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO accounts (id, name, approval_status, deleted) VALUES (?,?,?,?) ON CONFLICT (id) DO UPDATE "
              "SET name = excluded.name, approval_status = excluded.approval_status, deleted = excluded.deleted") {}

void AccountTable::put(const AccountFacts& facts) {
  upsert_.bind(facts.id).bind(facts.name).bind(facts.approval_status).bind(facts.deleted).run();
}

void AccountTable::stream(const std::function<void(AccountFacts facts)>& take) const {
  Statement rows(database_, "SELECT id, name, approval_status, deleted FROM accounts ORDER BY id");
  while (rows.next()) take({rows.text(0), rows.text(1), rows.text(2), rows.number(3) != 0});
}

}  // namespace store
