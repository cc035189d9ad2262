#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using store::Access;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// A store with one token and 200 changes, closed.
void make_store(const std::string& path) {
  auto store = samples::open(path);
  samples::put_token(store, "brand-a");
  store::Batch batch;
  for (int number = 0; number < 200; ++number) batch.changes.push_back(samples::change("brand-a", "18ce54d4x5t"));
  store.commit(batch);
}

}  // namespace

TEST_CASE("opening: the interface gives a working store") {
  const auto store = store::open_sqlite(samples::options(":memory:"), samples::random(), samples::kNoon);
  CHECK(samples::Loaded(*store).probes.empty());
}

TEST_CASE("opening: the connection is as durable and as strict as we promise") {
  const TemporaryDirectory directory;
  auto opened = store::open_database(samples::options(directory / "store.db"), samples::kNoon);
  auto& database = opened.database;
  CHECK(database.text("PRAGMA journal_mode") == "wal");
  CHECK(database.number("PRAGMA synchronous") == 2);
  CHECK(database.number("PRAGMA foreign_keys") == 1);
  CHECK(database.number("PRAGMA secure_delete") == 1);
  CHECK(database.number("PRAGMA trusted_schema") == 0);
  CHECK(database.number("PRAGMA busy_timeout") == 10'000);
  CHECK(database.number("PRAGMA journal_size_limit") == 16 * 1024 * 1024);
  CHECK(database.number("PRAGMA application_id") == 0x41445355);
  CHECK(database.number("PRAGMA user_version") == 5);
}

TEST_CASE("opening: the database and its companions are private") {
  const TemporaryDirectory directory;
  const auto old_mask = ::umask(0);
  auto store = samples::open(directory / "store.db");
  samples::put_token(store, "brand-a");
  ::umask(old_mask);
  for (const char* name : {"store.db", "store.db-wal", "store.db-shm", "store.db.lock"})
    CHECK(mode_of(directory / name) == 0600);
}

TEST_CASE("opening: a file that others may read is refused") {
  const TemporaryDirectory directory;
  make_store(directory / "store.db");
  REQUIRE(::chmod((directory / "store.db").c_str(), 0640) == 0);
  CHECK_THROWS_WITH_AS(samples::open(directory / "store.db"), doctest::Contains("run: chmod 600"),
                       store::UnusableStore);
}

TEST_CASE("opening: a second daemon is refused under every name of the file, before it touches the database") {
  const TemporaryDirectory directory;
  const auto lock = store::FileLock::take(directory / "store.db.lock", base::Duration(0));
  std::filesystem::create_directory_symlink(directory.path(), directory / "other");
  CHECK_THROWS_WITH_AS(samples::open(directory / "other/store.db"), doctest::Contains("another adsauditd uses it"),
                       store::LockedStore);
  CHECK_FALSE(std::filesystem::exists(directory / "store.db"));
}

TEST_CASE("opening: a daemon holds the lock as long as it has the store") {
  const TemporaryDirectory directory;
  {
    const auto daemon = samples::open(directory / "store.db");
    CHECK_FALSE(store::FileLock::take(directory / "store.db.lock", base::Duration(0)));
  }
  CHECK(store::FileLock::take(directory / "store.db.lock", base::Duration(0)));
}

TEST_CASE("opening: a lock file that was left behind stops nobody") {
  const TemporaryDirectory directory;
  store::create_private_file(directory / "store.db.lock");
  CHECK_NOTHROW(samples::open(directory / "store.db"));
}

TEST_CASE("opening: a command works beside the daemon, and each sees that the other has written") {
  const TemporaryDirectory directory;
  auto daemon = samples::open(directory / "store.db");
  auto command = samples::open(directory / "store.db", Access::kOperator);
  const auto version = daemon.data_version();
  CHECK(daemon.data_version() == version);
  samples::put_token(command, "brand-a");
  CHECK(daemon.data_version() != version);
  CHECK(daemon.tokens().size() == 1);
  const auto command_version = command.data_version();
  samples::put_token(daemon, "brand-b");
  CHECK(command.data_version() != command_version);
  CHECK(command.tokens().size() == 2);
}

TEST_CASE("opening: a reader sees what the daemon writes, has no key, and cannot write") {
  const TemporaryDirectory directory;
  auto daemon = samples::open(directory / "store.db");
  auto reader = samples::open(directory / "store.db", Access::kReader);
  samples::put_token(daemon, "brand-a");
  CHECK(reader.tokens().size() == 1);
  CHECK_THROWS_AS(samples::put_token(reader, "brand-b"), std::exception);
  store::Batch batch;
  batch.gauges = {{"pairs_waiting", 3}};
  CHECK_THROWS_WITH_AS(reader.commit(batch), doctest::Contains("readonly"), std::runtime_error);
  CHECK_THROWS_AS(reader.opener(), store::UnusableStore);
  samples::put_token(daemon, "brand-b");
  CHECK(reader.tokens().size() == 2);
}

TEST_CASE("opening: a reader makes no database and leaves an older schema alone") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(samples::open(directory / "store.db", Access::kReader), std::runtime_error);
  samples::open(directory / "store.db");
  {
    store::Database older(directory / "store.db");
    older.run("PRAGMA user_version = 1");
  }
  CHECK_THROWS_WITH_AS(samples::open(directory / "store.db", Access::kReader),
                       doctest::Contains("older than this program"), store::UnusableStore);
}

TEST_CASE("opening: a command makes the database when no daemon does, and keeps no lock") {
  const TemporaryDirectory directory;
  auto command = samples::open(directory / "store.db", Access::kOperator);
  samples::put_token(command, "brand-a");
  auto daemon = samples::open(directory / "store.db");
  CHECK(daemon.tokens().size() == 1);
}

TEST_CASE("opening: a command leaves the schema to the daemon that holds the lock") {
  const TemporaryDirectory directory;
  const auto lock = store::FileLock::take(directory / "store.db.lock", base::Duration(0));
  CHECK_THROWS_WITH_AS(samples::open(directory / "store.db", Access::kOperator),
                       doctest::Contains("its schema is older"), store::LockedStore);
}

TEST_CASE("opening: another key is refused, and named") {
  const TemporaryDirectory directory;
  make_store(directory / "store.db");
  CHECK_THROWS_WITH_AS(samples::open(directory / "store.db", Access::kDaemon, samples::kOtherKey),
                       doctest::Contains("sealed with another key (id "), store::UnusableStore);
  CHECK_NOTHROW(samples::open(directory / "store.db"));
}

TEST_CASE("opening: a key that is no key is refused") {
  CHECK_THROWS_WITH_AS(samples::open(":memory:", Access::kDaemon, "c2hvcnQ="),
                       "store.key: the key must be base64 of 32 bytes, as adsauditd key init writes it",
                       store::UnusableStore);
}

TEST_CASE("opening: a damaged page is found at the daemon's start, and the file is left as it is") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  make_store(path);
  auto damaged = content_of(path);
  REQUIRE(damaged.size() > 5 * 4096);
  damaged.replace(damaged.size() - 4096, 64, 64, '\xff');
  std::ofstream(path, std::ios::binary) << damaged;
  CHECK_THROWS_WITH_AS(samples::open(path), doctest::Contains("put a backup in its place"), store::UnusableStore);
  CHECK(content_of(path) == damaged);
}

TEST_CASE("opening: a file that is no database is refused, and left as it is") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  const std::string content(5000, 'x');
  std::ofstream(path, std::ios::binary) << content;
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK_THROWS_AS(samples::open(path), store::UnusableStore);
  CHECK_THROWS_AS(samples::open(path, Access::kOperator), store::UnusableStore);
  CHECK(content_of(path) == content);
}

TEST_CASE("opening: the database of another program and one of a newer schema are left as they are") {
  for (const char* sql : {"CREATE TABLE theirs (a)", "PRAGMA application_id = 1094996821; PRAGMA user_version = 99"}) {
    const TemporaryDirectory directory;
    const auto path = directory / "store.db";
    store::create_private_file(path);
    store::Database(path).run(sql);
    const auto content = content_of(path);
    CHECK_THROWS_AS(samples::open(path), store::UnusableStore);
    CHECK(content_of(path) == content);
  }
}
