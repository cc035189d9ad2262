#include "store/upkeep.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/crash_point.h"
#include "base/ensure.h"
#include "store/change_log.h"
#include "store/database_file.h"
#include "store/key_rotation.h"
#include "store/schema.h"
#include "store/sqlite_store.h"

namespace store {
namespace {

constexpr int kMostDamages = 100;

[[noreturn]] void throw_system_error(const std::string& path, std::string_view doing) {
  throw std::system_error(errno, std::generic_category(), fmt::format("{}: {}", path, doing));
}

/// A file that goes with this object, unless it got its name.
class Draft {
 public:
  explicit Draft(std::string target) : target_(std::move(target)), path_(fmt::format("{}.{}", target_, ::getpid())) {
    std::filesystem::remove(path_);  // of a process of the same number that did not come to its end
    ENSURE(create_private_file(path_));
  }
  ~Draft() {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal"}) std::filesystem::remove(path_ + suffix, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& path() const { return path_; }
  /// Never in place of something.
  void give_name() const {
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
      // Not every file system knows how: a second name is as good.
      if (errno == EINVAL && ::link(path_.c_str(), target_.c_str()) == 0) return;
      throw_system_error(target_, "cannot give the backup its name");
    }
  }

 private:
  std::string target_;
  std::string path_;
};

void copy_pages(Database& from, Database& to) {
  sqlite3_backup* backup = ::sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (backup == nullptr) throw_sqlite_error(to.handle(), "cannot begin a backup");
  ::sqlite3_backup_step(backup, -1);  // all at once, from one state; its error is that of the end
  if (::sqlite3_backup_finish(backup) != SQLITE_OK) throw_sqlite_error(to.handle(), "cannot copy the database");
}

bool is_newest(int schema) { return schema == static_cast<int>(schema_steps().size()); }

void look_at_all(Database& database, Health& health) {
  Statement damages(database, fmt::format("PRAGMA integrity_check({})", kMostDamages));
  while (damages.next()) {
    if (damages.view(0) != "ok") health.damages.push_back(damages.text(0));
  }
  if (!health.damages.empty()) return;  // what else would be read may be anything
  health.broken_references =
      static_cast<std::uint64_t>(database.number("SELECT count(*) FROM pragma_foreign_key_check"));
  if (is_newest(health.schema)) health.chain = ChangeLog(database).verify();
}

Health health_of(Database& database) {
  Health health;
  health.schema = schema_version(database, static_cast<int>(schema_steps().size()));
  try {
    look_at_all(database, health);
  } catch (const UnusableStore& error) {  // a page that is not one of a database stops every look at it
    health.damages.emplace_back(error.what());
  }
  return health;
}

void open_secrets_of_all(const Database& database, const Seal& seal, Health& health) {
  Statement tokens(database, "SELECT id, name, sealed FROM tokens WHERE removed_at IS NULL ORDER BY name");
  while (tokens.next()) {
    if (open_secrets(seal, tokens.view(2), tokens.id<audit::TokenId>(0)))
      ++health.secrets;
    else
      health.sealed_shut.push_back(tokens.text(1));
  }
}

/// Columns that tell a row's age.
std::string time_column(const std::string& table) {
  static const std::vector<std::pair<std::string_view, std::string_view>> columns{{"changes", "at"},
                                                                                  {"runs", "since"},
                                                                                  {"incidents", "opened_at"},
                                                                                  {"alerts", "at"},
                                                                                  {"deliveries", "created_at"},
                                                                                  {"delivery_attempts", "at"},
                                                                                  {"tokens", "added_at"},
                                                                                  {"mutes", "at"},
                                                                                  {"planned_changes", "announced_at"}};
  for (const auto& [name, column] : columns) {
    if (name == table) return std::string(column);
  }
  return "NULL";
}

TableFigures figures_of(const Database& database, const std::string& table, std::uint64_t bytes) {
  const auto column = time_column(table);
  Statement row(database, fmt::format("SELECT count(*), min({0}), max({0}) FROM \"{1}\"", column, table));
  ENSURE(row.next());
  return {table, static_cast<std::uint64_t>(row.number(0)), bytes, row.optional_time(1), row.optional_time(2)};
}

std::uint64_t size_of_file(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  return missing ? 0 : size;
}

}  // namespace

bool Health::well() const {
  return damages.empty() && broken_references == 0 && sealed_shut.empty() && !(chain && chain->broken_at);
}

std::uint64_t back_up(const std::string& path, const std::string& target) {
  if (!std::filesystem::is_directory(std::filesystem::absolute(target).parent_path())) {
    errno = ENOENT;
    throw_system_error(target, "a backup goes into a directory that is there");
  }
  const auto real_target = real_path(target);
  if (std::filesystem::exists(real_target) || std::filesystem::is_symlink(target)) {
    errno = EEXIST;
    throw_system_error(target, "a backup never takes the place of something");
  }
  const Draft draft(real_target);
  base::crash_point("db_backup.begun");
  {
    auto source = open_as_it_is(path);
    Database copy(draft.path());
    copy_pages(source, copy);
    copy.run("PRAGMA journal_mode = DELETE");  // one file, whole by itself
    const auto health = health_of(copy);
    if (!health.well())
      throw UnusableStore(fmt::format("{}: it is damaged, and so would be a copy; see adsauditd db check", path));
  }
  sync_file(draft.path());
  base::crash_point("db_backup.whole");
  draft.give_name();
  sync_file(std::filesystem::path(real_target).parent_path());
  return size_of_file(real_target);
}

Health check(const StoreOptions& options) {
  auto database = open_as_it_is(options.path);
  Transaction one_state(database, Transaction::Intent::kRead);
  auto health = health_of(database);
  if (options.key.empty() || !health.damages.empty()) return health;
  if (const auto seal = seal_of(options)) open_secrets_of_all(database, *seal, health);
  return health;
}

KeyTrial try_key(const StoreOptions& options, std::uint64_t most) {
  auto database = open_as_it_is(options.path);
  const auto seal = seal_of(options);
  if (!seal) throw UnusableStore("store.key: there is none");
  require_key(database, *seal);
  KeyTrial trial;
  trial.tokens = static_cast<std::uint64_t>(database.number("SELECT count(*) FROM tokens WHERE removed_at IS NULL"));
  Statement tokens(database,
                   fmt::format("SELECT id, name, sealed FROM tokens WHERE removed_at IS NULL LIMIT {}", most));
  while (tokens.next()) {
    if (open_secrets(*seal, tokens.view(2), tokens.id<audit::TokenId>(0)))
      ++trial.opened;
    else if (!trial.shut)
      trial.shut = tokens.text(1);
  }
  return trial;
}

Figures figures(const std::string& path) {
  auto database = open_as_it_is(path);
  const auto number = [&](const std::string& sql) { return static_cast<std::uint64_t>(database.number(sql)); };
  Figures figures;
  figures.schema = schema_version(database, static_cast<int>(schema_steps().size()));
  figures.file_bytes = size_of_file(database.path());
  figures.log_bytes = size_of_file(database.path() + "-wal");
  figures.page_bytes = number("PRAGMA page_size");
  figures.pages = number("PRAGMA page_count");
  figures.free_pages = number("PRAGMA freelist_count");
  figures.gives_back = number("PRAGMA auto_vacuum") == 2;
  figures.keys = sealed_with(database);
  Statement known(database, "SELECT name, value FROM meta WHERE name IN ('created_at', 'changes_pruned_to')");
  while (known.next()) {
    if (known.view(0) == "created_at")
      figures.created_at = known.time(1);
    else
      figures.changes_pruned_to = static_cast<std::uint64_t>(known.number(1));
  }
  Statement tables(
      database,
      "SELECT s.tbl_name, sum(d.pgsize) AS bytes FROM sqlite_schema AS s JOIN dbstat AS d ON d.name = s.name "
      "AND d.aggregate = TRUE GROUP BY s.tbl_name ORDER BY bytes DESC, s.tbl_name");
  while (tables.next())
    figures.tables.push_back(figures_of(database, tables.text(0), static_cast<std::uint64_t>(tables.number(1))));
  return figures;
}

Glance glance(const std::string& path, std::uint64_t most_bytes) {
  auto database = open_as_it_is(path);
  const auto number = [&](const std::string& sql) { return static_cast<std::uint64_t>(database.number(sql)); };
  Glance glance{.newest_schema = static_cast<int>(schema_steps().size())};
  glance.schema = schema_version(database, glance.newest_schema);
  glance.file_bytes = size_of_file(database.path());
  glance.log_bytes = size_of_file(database.path() + "-wal");
  glance.free_bytes = number("PRAGMA page_size") * number("PRAGMA freelist_count");
  glance.every_page = glance.file_bytes <= most_bytes;
  if (!glance.every_page) return glance;
  const auto verdict = database.text("PRAGMA quick_check(1)");
  if (verdict != "ok") glance.damage = verdict;
  return glance;
}

}  // namespace store
