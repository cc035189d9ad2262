#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>

#include "base/crash_point.h"
#include "base/ensure.h"
#include "store/key_rotation.h"
#include "store/schema.h"
#include "store/sqlite_store.h"

namespace store {
namespace {

/// How long a daemon waits for a command that is just making the schema.
constexpr base::Duration kLockPatience{200};

/// What a connection does, not what the file holds. `trusted_schema` off: whoever planted a view or a trigger in the
/// file cannot make it call functions with effects. `secure_delete`: what was deleted is overwritten.
constexpr const char* kConnectionSettings = R"sql(
PRAGMA busy_timeout = 10000;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA synchronous = FULL;
PRAGMA journal_size_limit = 16777216;
)sql";

/// Writing fails, whatever the call; the file behind the log may still be written by SQLite itself.
constexpr const char* kReaderSettings = "PRAGMA query_only = ON;";

/// Pages in the write-ahead log, 4 MiB of them, before a commit copies it into the database.
constexpr int kCheckpointPages = 1000;

/// While it is off, closing the last connection changes nothing: a database that we refuse stays as it was found.
void set_checkpoint_on_close(const Database& database, bool on) {
  ENSURE(::sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr) == SQLITE_OK);
}

std::optional<FileLock> take_daemon_lock(const std::string& path) {
  auto lock = FileLock::take(path + ".lock", kLockPatience);
  if (!lock) throw LockedStore(path + ": another adsauditd uses it; stop that one first, or set another store.path");
  return lock;
}

/// A log that is left means that the last process did not end in order. If that was for a failed fsync, the kernel may
/// show what is not on the disk and never will be: what is built on that falls with the next power cut.
void distrust_what_is_cached(const std::string& path) {
  std::error_code no_log;
  if (const auto size = std::filesystem::file_size(path + "-wal", no_log); no_log || size == 0) return;
  forget_cached(path);
  forget_cached(path + "-wal");
}

/// Reading every page takes half a second for each GiB or more: a large database whose last process ended in order is
/// taken for sound, and what a disk has spoiled in it is found when it is read.
bool may_be_unsound(Database& database, const std::string& path) {
  constexpr std::uintmax_t kLarge = std::uintmax_t{256} << 20;  // bytes
  if (std::filesystem::file_size(path) < kLarge) return true;
  return database.number("SELECT count(*) FROM meta WHERE name = 'ended_in_order' AND value = 0") > 0;
}

/// A page that cannot be read says nothing of what is in it, and SQLite tells of both in the same way: "... error
/// code=266". Of the map of pages it does not even say why: perhaps it can be read the next time.
bool is_read_error(const std::string& verdict) {
  if (verdict.find("Failed to read ptrmap") != std::string::npos) return true;
  constexpr std::string_view kBefore = "error code=";
  const auto found = verdict.find(kBefore);
  return found != std::string::npos && (std::atoi(verdict.c_str() + found + kBefore.size()) & 0xff) == SQLITE_IOERR;
}

void require_sound(Database& database) {
  const auto verdict = database.text("PRAGMA quick_check(1)");
  if (verdict == "ok") return;
  if (is_read_error(verdict))
    throw std::runtime_error(fmt::format(
        "{}: the database cannot be read: {}; if that stays, adsauditd db check tells more", database.path(), verdict));
  throw UnusableStore(
      fmt::format("{}: the database is damaged: {}; put a backup in its place", database.path(), verdict));
}

/// So that pages that became empty can be given back in small steps. An empty database is made so; one of before has to
/// be written anew once, and is left as it is while there is no room for that, or when it is so large that the start
/// would take too long.
void allow_incremental_vacuum(Database& database, bool empty) {
  constexpr std::int64_t kIncremental = 2;
  constexpr std::uintmax_t kLargest = std::uintmax_t{1} << 30;  // bytes: ten seconds or so
  if (database.number("PRAGMA auto_vacuum") == kIncremental) return;
  if (!empty && std::filesystem::file_size(database.path()) > kLargest) return;
  database.run("PRAGMA auto_vacuum = INCREMENTAL");
  if (empty) return;
  try {
    database.vacuum();
  } catch (const FullStore&) {  // nothing depends on it
    database.run("PRAGMA auto_vacuum = NONE");
  }
}

void use_write_ahead_log(Database& database) {
  if (database.in_memory()) return;
  const auto mode = database.text("PRAGMA journal_mode = WAL");
  if (mode != "wal")
    throw std::runtime_error(database.path() + ": cannot use a write-ahead log here; use a local file system");
}

/// The schema is made or upgraded by whoever holds the lock; beside a running daemon it has to fit.
void bring_up_to_date(Database& database, Access access, base::Instant now) {
  const auto steps = schema_steps();
  if (access == Access::kDaemon || database.in_memory()) {
    const bool empty = schema_version(database, static_cast<int>(steps.size())) == 0;
    if (empty) allow_incremental_vacuum(database, empty);
    use_write_ahead_log(database);
    base::crash_point("open.log_in_use");
    upgrade_schema(database, steps, now);
    if (!empty && !database.in_memory()) allow_incremental_vacuum(database, empty);
    return;
  }
  if (schema_version(database, static_cast<int>(steps.size())) == static_cast<int>(steps.size())) return;
  const auto lock = FileLock::take(database.path() + ".lock", kLockPatience);
  if (!lock)
    throw LockedStore(database.path() +
                      ": its schema is older than this program, and a daemon uses it; start the "
                      "daemon again with this version first");
  if (database.number("PRAGMA user_version") == 0) allow_incremental_vacuum(database, true);
  use_write_ahead_log(database);
  upgrade_schema(database, steps, now);
}

}  // namespace

std::optional<Seal> seal_of(const StoreOptions& options) {
  if (options.key.empty()) return std::nullopt;
  auto seal = Seal::from_master(options.key);
  if (!seal) throw UnusableStore("store.key: " + seal.error());
  if (!options.old_key.empty()) {
    auto older = Seal::from_master(options.old_key);
    if (!older) throw UnusableStore("store.old_key: " + older.error());
    seal.value().also_open_with(std::move(older).value());
  }
  return std::move(seal).value();
}

void require_key(const Database& database, const Seal& seal) {
  for (const auto& id : sealed_with(database)) {
    if (seal.has(id)) continue;
    if (!holds_secrets(database)) return;
    throw UnusableStore(
        fmt::format("{}: its secrets are sealed with another key (id {}, this key is {}); set "
                    "store.key to the key that sealed them, or, to have them sealed anew, store.old_key; if that key "
                    "is lost, remove all tokens (adsauditd token remove) and add them again",
                    database.path(), id, seal.key_id()));
  }
}

Database open_as_it_is(const std::string& name) {
  const auto path = real_path(name);
  require_private_file(path);
  Database database(path);
  set_checkpoint_on_close(database, false);
  database.run(kConnectionSettings);
  schema_version(database, static_cast<int>(schema_steps().size()));
  return database;
}

namespace {

/// Nothing of the file is looked at with a descriptor of its own: to close one would take the locks from the connection
/// that this process writes by.
OpenedDatabase open_to_read(const std::string& name) {
  Database database = open_as_it_is(name);
  const int newest = static_cast<int>(schema_steps().size());
  if (schema_version(database, newest) != newest)
    throw UnusableStore(database.path() + ": its schema is older than this program");
  database.run(kReaderSettings);
  return {std::nullopt, std::move(database), std::nullopt};
}

}  // namespace

OpenedDatabase open_database(const StoreOptions& options, base::Instant now) {
  if (options.access == Access::kReader) return open_to_read(options.path);
  const bool in_memory = options.path == ":memory:";
  const auto path = in_memory ? options.path : real_path(options.path);
  auto lock = in_memory || options.access == Access::kOperator ? std::nullopt : take_daemon_lock(path);
  base::crash_point("open.locked");
  if (!in_memory && !create_private_file(path)) require_private_file(path);
  base::crash_point("open.file_made");

  if (options.access == Access::kDaemon && !in_memory) distrust_what_is_cached(path);

  Database database(path);
  set_checkpoint_on_close(database, false);
  database.run(kConnectionSettings);
  database.checkpoint_every(kCheckpointPages);
  schema_version(database, static_cast<int>(schema_steps().size()));  // refuses what is not ours before any write
  if (options.access == Access::kDaemon && (in_memory || may_be_unsound(database, path))) require_sound(database);
  bring_up_to_date(database, options.access, now);
  auto seal = seal_of(options);
  if (seal) require_key(database, *seal);
  if (seal && options.access == Access::kDaemon) note_keys_of_daemon(database, *seal);
  set_checkpoint_on_close(database, true);
  base::crash_point("open.done");
  return {std::move(lock), std::move(database), std::move(seal)};
}

std::unique_ptr<Store> open_sqlite(StoreOptions options, base::Random& random, base::Instant now) {
  return std::make_unique<SqliteStore>(open_database(options, now), random);
}

}  // namespace store
