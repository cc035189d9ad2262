#include "store/mute_table.h"

#include "alert/match.h"

namespace store {

MuteTable::MuteTable(Database& database) : database_(database) {}

void MuteTable::add(const alert::Mute& mute) {
  Statement insert(database_,
                   "INSERT INTO mutes (id, match, reason, muted_by, at, until, withdrawn) VALUES (?,?,?,?,?,?,?)");
  insert.bind(mute.id).bind(alert::to_text(mute.match)).bind(mute.reason).bind(mute.by).bind(mute.at).bind(mute.until);
  insert.bind(mute.withdrawn).run();
}

bool MuteTable::withdraw(const alert::MuteId& id, base::Instant now) {
  Statement update(database_,
                   "UPDATE mutes SET withdrawn = 1 WHERE id = ? AND withdrawn = 0 AND until > ? RETURNING 1");
  return update.bind(id).bind(now).next();
}

std::vector<alert::Mute> MuteTable::read(std::optional<base::Instant> after) const {
  Statement rows(database_, std::string("SELECT id, match, reason, muted_by, at, until, withdrawn FROM mutes ") +
                                (after ? "WHERE withdrawn = 0 AND until > ? " : "") + "ORDER BY at DESC, id DESC");
  if (after) rows.bind(*after);
  std::vector<alert::Mute> mutes;
  while (rows.next()) {
    auto& mute = mutes.emplace_back();
    mute.id = rows.id<alert::MuteId>(0);
    mute.match = rows.read_back(alert::parse_match(rows.view(1)));
    mute.reason = rows.view(2);
    mute.by = rows.view(3);
    mute.at = rows.time(4);
    mute.until = rows.time(5);
    mute.withdrawn = rows.number(6) != 0;
  }
  return mutes;
}

}  // namespace store
