#include "store/database_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "store/store.h"
#include "temporary_directory.h"

TEST_CASE("database file: a new file is private, whatever the umask says") {
  const TemporaryDirectory directory;
  const auto old_mask = ::umask(0);
  CHECK(store::create_private_file(directory / "store.db"));
  ::umask(old_mask);
  struct stat status {};
  REQUIRE(::stat((directory / "store.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK_FALSE(store::create_private_file(directory / "store.db"));
}

TEST_CASE("database file: a file that others may use is refused with the remedy") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db";
  store::create_private_file(path);
  for (const mode_t mode : {0601U, 0602U, 0604U, 0610U, 0620U, 0640U, 0660U, 0644U, 0666U, 0777U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK_THROWS_WITH_AS(store::require_private_file(path), doctest::Contains(("run: chmod 600 " + path).c_str()),
                         store::UnusableStore);
  }
  for (const mode_t mode : {0600U, 0400U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    CHECK_NOTHROW(store::require_private_file(path));
  }
}

TEST_CASE("database file: a directory is no database") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(store::require_private_file(directory.path()), store::UnusableStore);
}

TEST_CASE("database file: a link and its target have one real path") {
  const TemporaryDirectory directory;
  store::create_private_file(directory / "store.db");
  std::filesystem::create_symlink(directory / "store.db", directory / "link.db");
  CHECK(store::real_path(directory / "link.db") == store::real_path(directory / "store.db"));
}

TEST_CASE("database file: a path whose directory is missing is refused") {
  CHECK_THROWS_WITH_AS(store::real_path("/nonexistent/store.db"), doctest::Contains("/nonexistent"),
                       std::runtime_error);
}

TEST_CASE("database file: a lock has one holder, and is free when that one goes") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db.lock";
  {
    const auto held = store::FileLock::take(path, base::Duration(0));
    REQUIRE(held);
    CHECK_FALSE(store::FileLock::take(path, base::Duration(0)));
  }
  CHECK(std::filesystem::exists(path));
  CHECK(store::FileLock::take(path, base::Duration(0)));
}

TEST_CASE("database file: a lock moves with its object") {
  const TemporaryDirectory directory;
  const auto path = directory / "store.db.lock";
  auto held = store::FileLock::take(path, base::Duration(0));
  const std::optional<store::FileLock> moved(std::move(held));
  held.reset();
  CHECK_FALSE(store::FileLock::take(path, base::Duration(0)));
}
