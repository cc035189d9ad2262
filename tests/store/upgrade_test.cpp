#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "samples.h"
#include "store/database_file.h"
#include "store/schema.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using namespace std::chrono_literals;

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// A database with rows of the first schema, which no program has opened since.
struct Fixture {
  Fixture() {
    store::create_private_file(path);
    store::Database database(path);
    store::upgrade_schema(database, store::schema_steps().first(1), kNoon);
    database.run("DELETE FROM meta; " + content_of(std::string(TEST_DATA) + "/store/schema_1.sql"));
  }
  TemporaryDirectory directory;
  std::string path = directory / "store.db";
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "upgrade: a change log of schema 1 keeps its hashes, and goes on") {
  auto store = samples::open(path);
  CHECK(store.verify_chain().rows == 4);
  CHECK_FALSE(store.verify_chain().broken_at);
  const auto history = store.history({.token = "brand-a"});
  REQUIRE(history.size() == 3);
  CHECK(history[1].change.after == "granted user=2417045708 AD_MANAGER");
  CHECK(history[2].change.grounds == verdict::Grounds());
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1")};
  batch.changes[0].grounds = {"code_says_so", {"brand-a: HTTP 401, code 89"}};
  store.commit(batch);
  CHECK(store.verify_chain().rows == 5);
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE_FIXTURE(Fixture, "upgrade: probes and incidents of schema 1 have nothing of what came later") {
  auto store = samples::open(path);
  const samples::Loaded loaded(store, kNoon);
  REQUIRE(loaded.probes.size() == 1);
  CHECK_FALSE(loaded.probes[0].baseline.accepted);
  CHECK(loaded.probes[0].baseline.normal->permissions.text() == "AD_MANAGER");
  REQUIRE(loaded.incidents.size() == 2);
  for (const auto& incident : loaded.incidents) {
    CHECK(incident.opened_at == kNoon + 2s);
    CHECK(incident.finding.key.topic.empty());
    CHECK(incident.finding.grounds == verdict::Grounds());
    CHECK_FALSE(incident.part_of);
    CHECK(incident.flips.empty());
    CHECK(store.find_incident(incident.id) == incident);
  }
  CHECK(loaded.plans.empty());
  CHECK(store.acceptances().empty());
}

TEST_CASE_FIXTURE(Fixture, "upgrade: what was open in schema 1 can be resolved") {
  auto store = samples::open(path);
  store::Batch batch;
  batch.incidents = store.incidents({});
  REQUIRE(batch.incidents.size() == 1);
  batch.incidents[0].resolved_at = kNoon + 1h;
  store.commit(batch);
  CHECK(store.incidents({}).empty());
  CHECK(store.incidents({.open_only = false}).size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "upgrade: a copy of schema 1 is kept beside") {
  samples::open(path);
  store::Database backup(path + ".backup-v1");
  CHECK(store::schema_version(backup, 2) == 1);
  CHECK(backup.number("SELECT count(*) FROM changes") == 4);
}
