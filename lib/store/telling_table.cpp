#include "store/telling_table.h"

namespace store {

TellingTable::TellingTable(Database& database)
    : database_(database),
      upsert_(database,
              "INSERT INTO tellings (opened_at, incident, destination, told, pending, told_at, reminders) "
              "VALUES (?,?,?,?,?,?,?) ON CONFLICT (opened_at, incident, destination) DO UPDATE SET "
              "told = excluded.told, pending = excluded.pending, told_at = excluded.told_at, "
              "reminders = excluded.reminders"),
      erase_(database, "DELETE FROM tellings WHERE opened_at = ? AND incident = ? AND destination = ?") {}

void TellingTable::put(const alert::Telling& telling) {
  auto& statement = telling.over ? erase_ : upsert_;
  statement.bind(telling.opened_at).bind(telling.incident, telling.opened_at).bind(telling.destination);
  if (telling.over) return statement.run();
  statement.bind(telling.told);
  if (telling.pending)
    statement.bind(alert::to_text(*telling.pending));
  else
    statement.bind_null();
  statement.bind(telling.told_at).bind(telling.reminders).run();
}

void TellingTable::stream(const std::function<void(alert::Telling telling)>& take) const {
  Statement rows(database_,
                 "SELECT opened_at, incident, destination, told, pending, told_at, reminders FROM tellings "
                 "ORDER BY opened_at, incident, destination");
  while (rows.next()) {
    alert::Telling telling;
    telling.opened_at = rows.time(0);
    telling.incident = rows.id<verdict::IncidentId>(1, telling.opened_at);
    telling.destination = rows.view(2);
    telling.told = rows.number(3) != 0;
    if (!rows.null(4)) telling.pending = rows.read_back(alert::state_from_text(rows.view(4)), rows.view(4));
    telling.told_at = rows.time(5);
    telling.reminders = static_cast<int>(rows.number(6));
    take(std::move(telling));
  }
}

}  // namespace store
