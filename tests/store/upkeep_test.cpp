#include "store/upkeep.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <system_error>

#include "samples.h"
#include "store/database_file.h"
#include "store/schema.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using namespace std::chrono_literals;

struct Kept {
  Kept() {
    auto store = samples::open(path);
    samples::put_token(store, "brand-a");
    samples::put_token(store, "brand-b");
  }
  TemporaryDirectory directory;
  std::string path = directory / "store.db";
  std::string target = directory / "copy.db";
};

std::size_t files_in(const std::string& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

}  // namespace

TEST_CASE_FIXTURE(Kept, "backup: a copy beside a writer is one private file that a store opens") {
  auto store = samples::open(path);
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1")};
  store.commit(batch);
  const auto files = files_in(directory.path());
  const auto bytes = store::back_up(path, target);
  CHECK(bytes == std::filesystem::file_size(target));
  CHECK(files_in(directory.path()) == files + 1);
  struct stat status {};
  REQUIRE(::stat(target.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  store.commit(batch);  // is not in it
  auto restored = samples::open(target);
  CHECK(restored.verify_chain().rows == 3);
  CHECK(restored.tokens().size() == 2);
}

TEST_CASE_FIXTURE(Kept, "backup: what is there is never overwritten, not even a link to nowhere") {
  std::ofstream(target) << "mine";
  CHECK_THROWS_AS(store::back_up(path, target), std::system_error);
  std::ifstream file(target);
  std::string content;
  file >> content;
  CHECK(content == "mine");
  std::filesystem::create_symlink(directory / "nowhere", directory / "link");
  CHECK_THROWS_AS(store::back_up(path, directory / "link"), std::system_error);
  CHECK_FALSE(std::filesystem::exists(directory / "nowhere"));
}

TEST_CASE_FIXTURE(Kept, "backup: a damaged database is not copied, and leaves no file") {
  {
    store::Database intruder(path);
    intruder.run("DROP TRIGGER changes_never_update; UPDATE changes SET code = 'other' WHERE number = 1");
  }
  CHECK_THROWS_WITH_AS(store::back_up(path, target), doctest::Contains("it is damaged"), store::UnusableStore);
  CHECK_FALSE(std::filesystem::exists(target));
  CHECK(files_in(directory.path()) <= 4);  // the database, its companions and the lock
}

TEST_CASE("backup: a database of an older schema is saved as it is") {
  const TemporaryDirectory directory;
  store::create_private_file(directory / "store.db");
  {
    store::Database database(directory / "store.db");
    store::upgrade_schema(database, store::schema_steps().first(2), kNoon);
  }
  store::back_up(directory / "store.db", directory / "copy.db");
  store::Database copy(directory / "copy.db");
  CHECK(store::schema_version(copy, 9) == 2);
  store::Database database(directory / "store.db");
  CHECK(store::schema_version(database, 9) == 2);
}

TEST_CASE_FIXTURE(Kept, "check: a sound database is well, and its secrets open") {
  const auto health = store::check(samples::options(path, store::Access::kOperator));
  CHECK(health.well());
  CHECK(health.secrets == 2);
  CHECK(health.chain->rows == 2);
  CHECK(store::check(samples::options(path, store::Access::kOperator, "")).secrets == 0);
}

TEST_CASE_FIXTURE(Kept, "check: secrets of another key or another row are shut") {
  const auto other = store::check(samples::options(path, store::Access::kOperator, samples::kOtherKey));
  CHECK_FALSE(other.well());
  CHECK(other.sealed_shut == std::vector<std::string>{"brand-a", "brand-b"});
  {
    store::Database intruder(path);
    intruder.run("UPDATE tokens SET sealed = (SELECT sealed FROM tokens WHERE name = 'brand-b')");
  }
  CHECK(store::check(samples::options(path)).sealed_shut == std::vector<std::string>{"brand-a"});
}

TEST_CASE_FIXTURE(Kept, "key trial: secrets open with the key that sealed them, and as many are tried as is said") {
  const auto trial = store::try_key(samples::options(path), 10);
  CHECK(trial.tokens == 2);
  CHECK(trial.opened == 2);
  CHECK_FALSE(trial.shut);
  CHECK(store::try_key(samples::options(path), 1).opened == 1);
  CHECK_THROWS_AS(store::try_key(samples::options(path, store::Access::kReader, samples::kOtherKey), 10),
                  store::UnusableStore);
  CHECK_THROWS_AS(store::try_key(samples::options(path, store::Access::kReader, ""), 10), store::UnusableStore);
  {
    store::Database intruder(path);
    intruder.run("UPDATE tokens SET sealed = (SELECT sealed FROM tokens WHERE name = 'brand-b')");
  }
  CHECK(store::try_key(samples::options(path), 10).opened == 1);
  CHECK(store::try_key(samples::options(path), 10).shut == "brand-a");
}

TEST_CASE_FIXTURE(Kept, "check: broken references and an altered log are told") {
  {
    store::Database intruder(path);
    intruder.run("PRAGMA foreign_keys = OFF; INSERT INTO discoveries (token, cursor) VALUES (99, '')");
  }
  CHECK(store::check(samples::options(path)).broken_references == 1);
  {
    store::Database intruder(path);
    intruder.run("DROP TRIGGER changes_never_update; UPDATE changes SET code = 'other' WHERE number = 2");
  }
  const auto health = store::check(samples::options(path));
  CHECK(health.chain->broken_at == 2);
  CHECK_FALSE(health.well());
}

TEST_CASE_FIXTURE(Kept, "check: a page of garbage is damage") {
  const auto page = [&] {
    store::Database database(path);
    return database.number("SELECT rootpage FROM sqlite_schema WHERE name = 'deliveries_by_alert'");
  }();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp((page - 1) * 4096);
  file << std::string(4096, '\x5a');
  file.close();
  const auto health = store::check(samples::options(path));
  CHECK_FALSE(health.damages.empty());
  CHECK_FALSE(health.well());
  CHECK_FALSE(store::glance(path, std::uint64_t{1} << 30).damage.empty());
}

TEST_CASE_FIXTURE(Kept, "glance: of a large file no page is looked at") {
  const auto small = store::glance(path, std::uint64_t{1} << 30);
  CHECK(small.every_page);
  CHECK(small.damage.empty());
  CHECK(small.schema == small.newest_schema);
  CHECK(small.file_bytes == std::filesystem::file_size(path));
  CHECK(small.free_bytes < small.file_bytes);
  CHECK_FALSE(store::glance(path, small.file_bytes - 1).every_page);
}

TEST_CASE_FIXTURE(Kept, "glance: what is no database of ours is refused") {
  std::ofstream(path) << std::string(8192, 'x');
  CHECK_THROWS_AS(store::glance(path, 0), store::UnusableStore);
}

TEST_CASE_FIXTURE(Kept, "stats: rows, bytes and ages of each table") {
  const auto figures = store::figures(path);
  CHECK(figures.schema == 5);
  CHECK(figures.created_at == kNoon);
  CHECK(figures.gives_back);
  CHECK(figures.keys.size() == 1);
  CHECK(figures.pages * figures.page_bytes <= figures.file_bytes + figures.log_bytes);
  std::uint64_t bytes = 0;
  for (const auto& table : figures.tables) {
    bytes += table.bytes;
    if (table.name != "changes") continue;
    CHECK(table.rows == 2);
    CHECK(table.oldest == kNoon);
  }
  CHECK(bytes <= figures.pages * figures.page_bytes);
  CHECK(figures.tables.size() >= 26);
}
