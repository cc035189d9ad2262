#include "store/schema.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>

#include "samples.h"
#include "store/database_file.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;

constexpr std::array<const char*, 3> kSteps{
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT; CREATE TABLE things (value INTEGER) STRICT; "
    "INSERT INTO things VALUES (1)",
    "ALTER TABLE things ADD COLUMN note TEXT", "UPDATE things SET note = 'third'"};
constexpr std::array<const char*, 3> kBrokenThird{kSteps[0], kSteps[1],
                                                  "UPDATE things SET note = 'half'; INSERT INTO nowhere VALUES (1)"};

/// An empty database file, as the store makes it.
std::string made(const std::string& path) {
  store::create_private_file(path);
  return path;
}

std::span<const char* const> first(std::size_t count) { return std::span(kSteps).first(count); }

}  // namespace

TEST_CASE("schema: all steps make an empty database the newest") {
  store::Database database(":memory:");
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK(store::schema_version(database, 3) == 3);
  CHECK(database.text("SELECT note FROM things") == "third");
  CHECK(database.number("SELECT value FROM meta WHERE name = 'created_at'") == base::to_epoch_ms(kNoon));
}

TEST_CASE("schema: an older database gets the missing steps only") {
  store::Database database(":memory:");
  store::upgrade_schema(database, first(1), kNoon);
  database.run("INSERT INTO things VALUES (2)");
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK(database.number("SELECT count(*) FROM things") == 2);
  CHECK(database.number("SELECT count(*) FROM things WHERE note = 'third'") == 2);
}

TEST_CASE("schema: the newest schema is left alone") {
  const TemporaryDirectory directory;
  store::Database database(made(directory / "store.db"));
  store::upgrade_schema(database, kSteps, kNoon);
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK_FALSE(std::filesystem::exists(directory / "store.db.backup-v3"));
}

TEST_CASE("schema: an upgrade leaves a private copy of what was before") {
  const TemporaryDirectory directory;
  store::Database database(made(directory / "store.db"));
  store::upgrade_schema(database, first(2), kNoon);
  store::upgrade_schema(database, kSteps, kNoon);

  store::Database backup(directory / "store.db.backup-v2");
  CHECK(store::schema_version(backup, 3) == 2);
  CHECK(backup.number("SELECT count(*) FROM things WHERE note IS NULL") == 1);
  struct stat status {};
  REQUIRE(::stat((directory / "store.db.backup-v2").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("schema: a new database needs no backup") {
  const TemporaryDirectory directory;
  store::Database database(made(directory / "store.db"));
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK_FALSE(std::filesystem::exists(directory / "store.db.backup-v0"));
}

TEST_CASE("schema: a step that fails leaves nothing of itself, and can be tried again") {
  const TemporaryDirectory directory;
  store::Database database(made(directory / "store.db"));
  store::upgrade_schema(database, first(1), kNoon);
  CHECK_THROWS_AS(store::upgrade_schema(database, kBrokenThird, kNoon), std::runtime_error);
  CHECK(store::schema_version(database, 3) == 2);
  CHECK(database.number("SELECT count(*) FROM things WHERE note IS NULL") == 1);
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK(database.text("SELECT note FROM things") == "third");
}

TEST_CASE("schema: a copy that an interrupted upgrade left is made anew") {
  const TemporaryDirectory directory;
  store::Database database(made(directory / "store.db"));
  store::upgrade_schema(database, first(1), kNoon);
  made(directory / "store.db.backup-v1");
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK(store::Database(directory / "store.db.backup-v1").number("SELECT count(*) FROM things") == 1);
}

TEST_CASE("schema: a newer schema is refused") {
  store::Database database(":memory:");
  store::upgrade_schema(database, kSteps, kNoon);
  CHECK_THROWS_WITH_AS(store::schema_version(database, 2),
                       doctest::Contains("a newer adsauditd wrote it (schema 3, this program knows 2)"),
                       store::UnusableStore);
}

TEST_CASE("schema: the database of another program is refused") {
  for (const char* foreign : {"PRAGMA application_id = 7", "PRAGMA user_version = 1", "CREATE TABLE theirs (a)",
                              "PRAGMA application_id = 1094996821"}) {
    store::Database database(":memory:");
    database.run(foreign);
    CHECK_THROWS_WITH_AS(store::schema_version(database, 1), doctest::Contains("the database of another program"),
                         store::UnusableStore);
  }
}

TEST_CASE("schema: a database of before the first release is refused, and told from those of others") {
  store::Database database(":memory:");
  database.run("PRAGMA application_id = 1094996801; PRAGMA user_version = 1; CREATE TABLE tokens (id TEXT)");
  CHECK_THROWS_WITH_AS(store::schema_version(database, 1),
                       doctest::Contains("a development version of adsauditd wrote it"), store::UnusableStore);
}

TEST_CASE("schema: the steps make tables that check their types") {
  store::Database database(":memory:");
  store::upgrade_schema(database, store::schema_steps(), kNoon);
  CHECK(database.number("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE "
                        "'sqlite%'") == 0);
  CHECK(database.number("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 1") == 27);
}
