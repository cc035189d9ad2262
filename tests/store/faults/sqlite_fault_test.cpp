#include <doctest/doctest.h>

#include "faulty_vfs.h"
#include "store/database_file.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "temporary_directory.h"

namespace {

/// A database with a write-ahead log, on files that fail on demand.
struct FaultyTable {
  FaultyTable() { database.run("PRAGMA journal_mode = WAL; CREATE TABLE things (name TEXT UNIQUE, value ANY) STRICT"); }
  void insert(const std::string& name) { database.run("INSERT INTO things VALUES ('" + name + "', zeroblob(10000))"); }
  /// From the next call of SQLite to the file system on.
  void fail(faulty::Kind kind) { vfs.fail(kind, vfs.calls().size() + 1, true); }

  TemporaryDirectory directory;
  std::string path = directory / "things.db";
  bool made = store::create_private_file(path);
  faulty::FaultyVfs vfs;
  store::Database database{path};
};

}  // namespace

TEST_CASE_FIXTURE(FaultyTable, "sqlite fault: a query has succeeded when what it writes is written") {
  fail(faulty::Kind::kFailedSync);
  CHECK_THROWS_AS(database.text("PRAGMA journal_mode = DELETE"), std::runtime_error);
  CHECK_THROWS_AS(database.text("INSERT INTO things VALUES ('a', 1) RETURNING name"), std::runtime_error);
}

TEST_CASE_FIXTURE(FaultyTable, "sqlite fault: no room, no right and a read-only disk are waited for") {
  fail(faulty::Kind::kNoSpace);
  CHECK_THROWS_AS(insert("a"), store::FullStore);
  fail(faulty::Kind::kForbidden);
  CHECK_THROWS_AS(insert("a"), store::FullStore);
  fail(faulty::Kind::kReadOnly);
  CHECK_THROWS_AS(insert("a"), store::FullStore);
  vfs.heal();
  insert("a");
}

TEST_CASE_FIXTURE(FaultyTable, "sqlite fault: a failed read is no want of room, whatever a write has said before") {
  fail(faulty::Kind::kReadOnly);
  CHECK_THROWS_AS(insert("a"), store::FullStore);
  fail(faulty::Kind::kBroken);
  CHECK_THROWS_WITH_AS(database.number("SELECT count(*) FROM things"), doctest::Contains("disk I/O error"),
                       std::runtime_error);
  vfs.heal();
  insert("a");
}

TEST_CASE_FIXTURE(FaultyTable, "sqlite fault: a log whose index has no room to grow is waited for") {
  store::Database other(path);
  fail(faulty::Kind::kNoSpace);
  CHECK_THROWS_AS(other.run("BEGIN IMMEDIATE"), store::FullStore);
}

TEST_CASE_FIXTURE(FaultyTable,
                  "sqlite fault: a sync that fails while the log is copied is told, and the commit stays") {
  insert("a");
  database.checkpoint_every(1);
  fail(faulty::Kind::kFailedSync);
  database.run("PRAGMA synchronous = NORMAL");  // copying syncs, the commit itself does not
  CHECK_THROWS_WITH_AS(insert("b"), doctest::Contains("disk I/O error (SQLite error 1034)"), std::runtime_error);
  CHECK(database.number("SELECT count(*) FROM things") == 2);
}
