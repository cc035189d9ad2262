#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
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

/// A database with rows of an older schema, which no program has opened since.
template <int version>
struct Older {
  Older() {
    store::create_private_file(path);
    store::Database database(path);
    store::upgrade_schema(database, store::schema_steps().first(version), kNoon);
    database.run("DELETE FROM meta; " + content_of(fmt::format("{}/store/schema_{}.sql", TEST_DATA, version)));
  }
  TemporaryDirectory directory;
  std::string path = directory / "store.db";
};
using FromOne = Older<1>;
using FromTwo = Older<2>;
using FromThree = Older<3>;

/// All ids of these rows are their time and one byte again and again.
template <class Id>
Id id_of(base::Instant made_at, unsigned char byte) {
  auto bytes = Id::make(made_at, samples::random()).bytes();
  std::fill(bytes.begin() + 6, bytes.end(), byte);
  return Id::from_bytes(bytes);
}

}  // namespace

TEST_CASE_FIXTURE(FromOne, "upgrade: a change log of schema 1 keeps its hashes, and goes on") {
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

TEST_CASE_FIXTURE(FromOne, "upgrade: probes and incidents of schema 1 have nothing of what came later") {
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

TEST_CASE_FIXTURE(FromOne, "upgrade: what was open in schema 1 can be resolved") {
  auto store = samples::open(path);
  store::Batch batch;
  batch.incidents = store.incidents({});
  REQUIRE(batch.incidents.size() == 1);
  batch.incidents[0].resolved_at = kNoon + 1h;
  store.commit(batch);
  CHECK(store.incidents({}).empty());
  CHECK(store.incidents({.open_only = false}).size() == 2);
}

TEST_CASE_FIXTURE(FromOne, "upgrade: a copy of schema 1 is kept beside") {
  samples::open(path);
  store::Database backup(path + ".backup-v1");
  CHECK(store::schema_version(backup, 2) == 1);
  CHECK(backup.number("SELECT count(*) FROM changes") == 4);
}

TEST_CASE_FIXTURE(FromTwo, "upgrade: the rows of schema 2 lie in sound tables of the newest one") {
  samples::open(path);
  store::Database witness(path);
  CHECK(witness.text("PRAGMA integrity_check") == "ok");
  CHECK(witness.number("SELECT count(*) FROM pragma_foreign_key_check") == 0);
  CHECK(witness.number("SELECT count(*) FROM bodies") == 5);
  CHECK(witness.number("SELECT count(*) FROM deliveries") == 5);
  CHECK(witness.number("SELECT count(*) FROM delivery_attempts") == 7);
  CHECK(witness.number("SELECT count(*) FROM sqlite_schema WHERE sql GLOB '*old_[bd]*'") == 0);
  store::Database backup(path + ".backup-v2");
  CHECK(backup.number("SELECT count(*) FROM deliveries") == 5);
}

TEST_CASE_FIXTURE(FromTwo, "upgrade: what was on its way in schema 2 goes on, with the same bytes") {
  auto store = samples::open(path);
  const auto pending = store.pending_deliveries("ops", 0, 9);
  REQUIRE(pending.size() == 2);
  const auto& delivery = pending[0].delivery;
  CHECK(delivery.id == id_of<alert::DeliveryId>(kNoon, 0xd3));
  CHECK(delivery.alert == id_of<alert::AlertId>(kNoon, 0xa2));
  CHECK(delivery.sequence == 42);
  CHECK(delivery.channel == alert::Channel::kSlack);
  CHECK_FALSE(delivery.own_words);
  CHECK(delivery.act == alert::Act::kSend);
  CHECK(delivery.thread.empty());
  CHECK(delivery.order_key == "tok_1");
  CHECK(delivery.created_at == kNoon + 1s);
  CHECK(delivery.attempts == 2);
  CHECK(delivery.next_attempt_at == kNoon + 6s);
  CHECK(pending[0].body.starts_with("{\"text\":"));
  CHECK(pending[1].body == "not JSON");
  const auto attempts = store.attempts(delivery.id);
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[1].took == 81ms);
  store::Batch batch;
  batch.attempts = {samples::attempt(delivery, alert::DeliveryState::kDelivered)};
  store.commit(batch);
  CHECK(store.pending_deliveries("ops", 0, 9).size() == 1);
  CHECK(samples::Loaded(store).last_sequence == 44);
}

TEST_CASE_FIXTURE(FromTwo, "upgrade: a dead letter of schema 2 is in the history and can be replayed") {
  auto store = samples::open(path);
  const auto dead = store.alerts({.state = alert::DeliveryState::kDead});
  REQUIRE(dead.size() == 1);
  REQUIRE(dead[0].deliveries.size() == 2);
  const auto& delivery = dead[0].deliveries[1];
  CHECK(delivery.delivery.destination == "siem");
  CHECK(delivery.outcome == "http 410: the endpoint wants no more messages");
  CHECK(delivery.last_attempt_at == kNoon + 40ms);
  CHECK(store.replay(delivery.delivery.id, kNoon + 1h));
  CHECK(store.take_replays().at(0).body.starts_with("{\"type\":\"token.revoked\""));
}

TEST_CASE_FIXTURE(FromTwo, "upgrade: the history of alerts begins with what the bodies of schema 2 tell") {
  auto store = samples::open(path);
  const auto rows = store.alerts({});
  REQUIRE(rows.size() == 4);
  const auto tells = [&](std::size_t index, std::uint64_t sequence, const std::string& kind, const std::string& title) {
    const auto& record = rows[index].record;
    CHECK(record.sequence == sequence);
    CHECK(record.kind == kind);
    CHECK(record.title == title);
    CHECK_FALSE(record.test);
    CHECK(record.incidents.empty());
  };
  tells(0, 44, "opened", "");
  tells(1, 43, "resolved", "role.reduced");
  tells(2, 42, "updated", "Updated: Role reduced: brand-a <EU> & more on 18ce54d4x5t");
  tells(3, 41, "opened", "Access token revoked: brand-a");
  CHECK(rows[3].record.id == id_of<alert::AlertId>(kNoon, 0xa1));
  CHECK(rows[3].record.at == kNoon);
}

TEST_CASE_FIXTURE(FromTwo, "upgrade: the end of what is open in schema 2 is owed to all who were told of anything") {
  auto store = samples::open(path);
  const samples::Loaded loaded(store, kNoon);
  REQUIRE(loaded.tellings.size() == 2);
  for (const auto& telling : loaded.tellings) {
    CHECK(telling.incident == id_of<verdict::IncidentId>(kNoon + 2s, 0x07));  // neither what is over nor a part
    CHECK(telling.opened_at == kNoon + 2s);
    CHECK(telling.told);
    CHECK_FALSE(telling.pending);
    CHECK(telling.told_at == kNoon + 3s);
    CHECK(telling.reminders == 0);
  }
  CHECK(loaded.tellings[0].destination == "ops");
  CHECK(loaded.tellings[1].destination == "siem");
  CHECK(loaded.incidents.size() == 3);
  CHECK(loaded.mutes.empty());
  CHECK(store.acceptances().size() == 1);
  CHECK(store.acknowledgements().empty());
}

TEST_CASE_FIXTURE(FromThree,
                  "upgrade: what schema 3 holds is whole in the newest one, and gives its room back from now on") {
  {
    store::Database before(path);
    CHECK(before.number("PRAGMA auto_vacuum") == 0);
  }
  auto store = samples::open(path);
  CHECK(store.verify_chain().rows == 4);
  CHECK(store.verify_chain().pruned == 0);
  CHECK_FALSE(store.verify_chain().broken_at);
  CHECK(store.pending_deliveries("ops", 0, 9).at(0).body == "{\"text\":\"Role reduced\"}");
  store::Database witness(path);
  CHECK(witness.number("PRAGMA auto_vacuum") == 2);
  CHECK(witness.text("PRAGMA integrity_check") == "ok");
  CHECK(witness.number("SELECT count(*) FROM pragma_foreign_key_check") == 0);
  store::Database backup(path + ".backup-v3");
  CHECK(backup.number("PRAGMA user_version") == 3);
  CHECK(backup.number("SELECT count(*) FROM deliveries") == 2);
}

TEST_CASE_FIXTURE(FromThree, "upgrade: the log of schema 3 can be pruned") {
  auto store = samples::open(path);
  std::uint64_t changes = 0;
  for (bool more = true; more;) {
    const auto step = store.prune({}, kNoon + 24h * 365 * 6);
    changes += step.changes;
    more = step.more;
  }
  CHECK(changes > 0);
  CHECK_FALSE(store.verify_chain().broken_at);
  CHECK(store.pending_deliveries("ops", 0, 9).size() == 1);
}
