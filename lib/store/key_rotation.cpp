#include "store/key_rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/crash_point.h"
#include "store/database_file.h"
#include "store/sqlite_store.h"

namespace store {
namespace {

constexpr int kBatch = 1000;
/// Rewriting a file of this size keeps a daemon from its commits for a second or two; it waits for ten.
constexpr std::uintmax_t kLargest = std::uintmax_t{128} << 20;
constexpr std::string_view kOfOthers = "sealed IS NOT NULL AND substr(sealed, 1, 8) <> ?";

bool daemon_runs(const Database& database) {
  return !database.in_memory() && !FileLock::take(database.path() + ".lock", base::Duration(0));
}

/// Throws LockedStore when a daemon runs without it, which is to be restarted `with`.
void require_daemon_with_key(const Database& database, const Seal& seal, std::string_view with) {
  if (!daemon_runs(database)) return;
  Statement keys(database, "SELECT value FROM meta WHERE name = 'daemon_keys'");
  if (!keys.next() || keys.view(0).find(seal.key_id()) == std::string_view::npos)
    throw LockedStore(fmt::format("{}: the daemon that is running does not know the new key; restart it with {}",
                                  database.path(), with));
}

/// False when there is nothing to do.
bool begin(Database& database, const Seal& seal) {
  Transaction transaction(database);
  const auto ids = sealed_with(database);
  if (ids.empty() || (ids.size() == 1 && ids[0] == seal.key_id())) return false;
  require_key(database, seal);
  require_daemon_with_key(database, seal, "store.key (the new one) and store.old_key (the one before), then rotate");
  Statement(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('new_key_id', ?)").bind(seal.key_id()).run();
  transaction.commit("rotation_begin");
  return true;
}

struct SealedRow {
  std::int64_t number;
  audit::TokenId id;
  std::string name;
  std::string sealed;
};

std::vector<SealedRow> next_rows(const Database& database, const Seal& seal, std::int64_t after) {
  Statement rows(database, std::string("SELECT number, id, name, sealed FROM tokens WHERE ")
                               .append(kOfOthers)
                               .append(" AND number > ? ORDER BY number LIMIT ?"));
  rows.bind_bytes(seal.key_id_bytes()).bind(after).bind(kBatch);
  std::vector<SealedRow> found;
  while (rows.next()) found.push_back({rows.number(0), rows.id<audit::TokenId>(1), rows.text(2), rows.bytes(3)});
  return found;
}

/// One transaction; the number of the last token that it looked at, or nothing when there was none.
std::optional<std::int64_t> reseal_some(Database& database, const Seal& seal, std::int64_t after, base::Random& random,
                                        Rotation& rotation) {
  Transaction transaction(database);
  const auto rows = next_rows(database, seal, after);
  if (rows.empty()) return std::nullopt;
  Statement update(database, "UPDATE tokens SET sealed = ? WHERE number = ?");
  std::uint64_t resealed = 0;
  for (const auto& row : rows) {
    const auto secrets = open_secrets(seal, row.sealed, row.id);
    if (!secrets) {
      rotation.unreadable.push_back(row.name);
      continue;
    }
    update.bind_bytes(seal_secrets(seal, secrets.value(), row.id, random)).bind(row.number).run();
    ++resealed;
  }
  transaction.commit("rotation_batch");
  rotation.resealed += resealed;
  return rows.back().number;
}

/// True when nothing of the old key is left in the rows: from now on the store refuses it.
bool end(Database& database, const Seal& seal) {
  Transaction transaction(database);
  Statement others(database, std::string("SELECT count(*) FROM tokens WHERE ").append(kOfOthers));
  if (others.bind_bytes(seal.key_id_bytes()).next() && others.number(0) > 0) return false;
  others.leave();
  Statement(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('key_id', ?)").bind(seal.key_id()).run();
  database.run("DELETE FROM meta WHERE name = 'new_key_id'");
  transaction.commit("rotation_end");
  return true;
}

/// How often the bytes are in the file, which may be missing. Requires that no connection of this process has the file
/// open: closing it here would end that one's locks.
std::uint64_t count_in_file(const std::string& path, std::string_view bytes) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t count = 0;
  std::string window;
  for (std::string block(1 << 20, '\0'); file.read(block.data(), std::ssize(block)) || file.gcount() > 0;) {
    window.append(block, 0, static_cast<std::size_t>(file.gcount()));
    for (auto at = window.find(bytes); at != std::string::npos; at = window.find(bytes, at + 1)) ++count;
    window.erase(0, window.size() - std::min(window.size(), bytes.size() - 1));
  }
  return count;
}

void empty_log(Database& database) {
  base::crash_point("rotation.log_left");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  base::crash_point("rotation.log_emptied");
}

std::uint64_t count_leftovers(const std::string& path, const Seal& older) {
  return count_in_file(path, older.key_id_bytes()) + count_in_file(path + "-wal", older.key_id_bytes());
}

}  // namespace

std::vector<std::string> sealed_with(const Database& database) {
  Statement rows(database, "SELECT value FROM meta WHERE name IN ('key_id', 'new_key_id') ORDER BY name");
  std::vector<std::string> ids;
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

bool holds_secrets(const Database& database) {
  return Statement(database, "SELECT 1 FROM tokens WHERE sealed IS NOT NULL LIMIT 1").next();
}

void forget_lost_keys(Database& database, const Seal& seal) {
  const auto ids = sealed_with(database);
  if (std::all_of(ids.begin(), ids.end(), [&](const auto& id) { return seal.has(id); }) || holds_secrets(database))
    return;
  require_daemon_with_key(database, seal, "it first");
  database.run("DELETE FROM meta WHERE name IN ('key_id', 'new_key_id')");
}

void note_keys_of_daemon(Database& database, const Seal& seal) {
  const auto keys = seal.key_id() + (seal.older() == nullptr ? "" : " " + seal.older()->key_id());
  Statement known(database, "SELECT value FROM meta WHERE name = 'daemon_keys'");
  if (known.next() && known.view(0) == keys) return;
  known.leave();
  Transaction transaction(database);
  Statement(database, "INSERT OR REPLACE INTO meta (name, value) VALUES ('daemon_keys', ?)").bind(keys).run();
  transaction.commit("daemon_keys");
}

Rotation rotate_key(const StoreOptions& options, base::Random& random, base::Instant now,
                    const std::function<void(std::uint64_t done, std::uint64_t all)>& progress) {
  Rotation rotation;
  std::optional<Seal> older;
  std::string path;
  {
    auto opened = open_database(options, now);
    auto& database = opened.database;
    if (!opened.seal || opened.seal->older() == nullptr)
      throw UnusableStore(database.path() +
                          ": both keys are needed; set store.key to the new one and store.old_key to the one before");
    const auto& seal = *opened.seal;
    older = seal.older()->clone();
    path = database.path();
    if (begin(database, seal)) {
      const auto all =
          static_cast<std::uint64_t>(database.number("SELECT count(*) FROM tokens WHERE sealed IS NOT NULL"));
      std::optional<std::int64_t> place = 0;
      while ((place = reseal_some(database, seal, *place, random, rotation))) progress(rotation.resealed, all);
      rotation.complete = end(database, seal);
    } else {
      rotation.complete = true;
    }
    empty_log(database);
  }
  rotation.leftovers = count_leftovers(path, *older);
  if (!rotation.complete || rotation.leftovers == 0) return rotation;
  // Pages keep pieces of rows that moved to others long ago.
  {
    auto opened = open_database(options, now);
    if (daemon_runs(opened.database) && std::filesystem::file_size(path) > kLargest) return rotation;
    opened.database.vacuum();
    empty_log(opened.database);
  }
  rotation.leftovers = count_leftovers(path, *older);
  return rotation;
}

}  // namespace store
