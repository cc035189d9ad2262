#include <memory>
#include <string>

#include "fuzz/targets.h"
#include "store/change_log.h"
#include "store/incident_table.h"
#include "store/outbox.h"
#include "store/packed_secrets.h"
#include "store/probe_table.h"
#include "store/schema.h"
#include "store/seal.h"

namespace fuzz {
namespace {

/// A database without the triggers that keep the log in order: whoever may write the file can drop them.
store::Database& database() {
  static const auto made = [] {
    auto database = std::make_unique<store::Database>(":memory:");
    store::upgrade_schema(*database, store::schema_steps(), base::Instant());
    database->run(
        "DROP TRIGGER changes_only_append; DROP TRIGGER changes_never_update; DROP TRIGGER changes_never_delete; "
        "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; INSERT INTO tokens (number, id, name, source, app, "
        "kind, user_id, claimed_user, labels, accounts, revision, added_at, sealed) VALUES (1, zeroblob(16), "
        "'brand-a', 1, 'agency', 1, '', '', '', '', 1, 0, x'01'); INSERT INTO probes (number, id, token, account, "
        "vanished) VALUES (1, zeroblob(16), 1, 'acc1', 0)");
    return database;
  }();
  return *made;
}

/// A column of the type ANY may hold anything.
void bind_any(store::Statement& statement, Pieces& pieces) {
  switch (pieces.byte() % 4) {
    case 0:
      statement.bind_null();
      break;
    case 1:
      statement.bind(pieces.number());
      break;
    case 2:
      statement.bind(pieces.text());
      break;
    default:
      statement.bind_bytes(pieces.text());
  }
}

void plant_change(store::Database& database, Pieces& pieces) {
  store::Statement insert(
      database,
      "INSERT OR IGNORE INTO changes (number, id, at, http_status, confirmations, code, hash, kind, "
      "probe, before, after, rule, witnesses, token, account) "
      "VALUES (?,?,?,?,?,?,?,coalesce(?,0),?,?,?,?,?,?,?)");
  insert.bind(pieces.number()).bind_bytes(pieces.text()).bind(pieces.number()).bind(pieces.number());
  insert.bind(pieces.number()).bind(pieces.text());
  std::string hash(pieces.text());
  hash.resize(32);
  insert.bind_bytes(hash);
  bind_any(insert, pieces);
  const bool of_probe = pieces.byte() % 2 == 0;
  if (of_probe)
    insert.bind(1);
  else
    insert.bind_null();
  bind_any(insert, pieces);
  bind_any(insert, pieces);
  insert.bind(pieces.text()).bind(pieces.text());
  if (of_probe) {
    insert.bind_null().bind_null();
  } else {
    bind_any(insert, pieces);
    insert.bind(pieces.text());
  }
  insert.run();
}

void plant_incident(store::Database& database, Pieces& pieces) {
  store::Statement insert(
      database,
      "INSERT OR IGNORE INTO incidents (opened_at, id, cause, token, account, before, after, "
      "http_status, code, confirmations, updated_at, more) VALUES (?,?,coalesce(?,0),1,?,?,?,?,?,?,?,?)");
  insert.bind(pieces.number()).bind_bytes(pieces.text());
  bind_any(insert, pieces);
  insert.bind(pieces.text());
  bind_any(insert, pieces);
  bind_any(insert, pieces);
  insert.bind(pieces.number())
      .bind(pieces.text())
      .bind(pieces.number())
      .bind(pieces.number())
      .bind(pieces.text())
      .run();
}

}  // namespace

/// Rows of the change log, of incidents, and a probe's, as somebody may have planted them. They are read, or refused
/// as unreadable. The check of the chain takes them for ours only when each hash was computed: libFuzzer reads hashes
/// off the comparison. Then nothing in a row can be altered any more.
void change_log(std::string_view bytes) {
  auto& database = fuzz::database();
  database.run(
      "DELETE FROM changes; DELETE FROM incidents; DELETE FROM change_anchors; "
      "DELETE FROM meta WHERE name = 'changes_pruned_to'");
  Pieces pieces(bytes);
  const auto anchors = pieces.byte() % 3;
  for (unsigned anchor = 0; anchor < anchors; ++anchor) {
    const auto number = pieces.number();
    store::Statement(database, "INSERT OR REPLACE INTO change_anchors (number, hash) VALUES (?, zeroblob(32))")
        .bind(number)
        .run();
    store::Statement(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('changes_pruned_to', ?)")
        .bind(number)
        .run();
  }
  std::uint64_t planted = 0;
  for (; planted < 4 && !pieces.empty(); ++planted)
    pieces.byte() % 4 == 0 ? plant_incident(database, pieces) : plant_change(database, pieces);
  const store::ChangeLog log(database);
  const auto check = log.verify();
  if (check.rows > 0 && !check.broken_at) {
    database.run("UPDATE changes SET confirmations = (confirmations = 0)");
    ENSURE(log.verify().broken_at);
  }
  const auto attempt = [](const auto& read) {
    try {
      read();
    } catch (const store::UnusableStore&) {  // the answer to a row that is not ours
    }
  };
  attempt([&] { log.read({.after_number = 0}); });
  attempt([&] { log.read({.token = "brand-a", .latest_first = true}); });
  attempt([&] { log.last_changes_before("acc1", base::Instant::max()); });
  attempt([&] { store::IncidentTable(database).read({.open_only = false}); });
}

/// A sealed cell, and what lies in it: nothing that was altered opens.
void sealed(std::string_view bytes) {
  static const auto seal =
      store::Seal::from_master(base::Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")).value();
  ENSURE(!seal.open(bytes, {"tokens", "row", "sealed"}));
  const auto with_id = seal.key_id_bytes() + std::string(bytes);
  ENSURE(!seal.open(with_id, {"tokens", "row", "sealed"}));
  const auto secrets = store::unpack_secrets(bytes);
  if (!secrets) return;
  if (xads::reveal(secrets.value()).token.size() + xads::reveal(secrets.value()).secret.size() > xads::kTokenRoom)
    return;
  const auto again = store::unpack_secrets(store::pack_secrets(secrets.value()).reveal());
  ENSURE(again && store::same_secrets(secrets.value(), again.value()));
}

}  // namespace fuzz
