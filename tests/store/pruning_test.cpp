#include "store/pruning.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "samples.h"
#include "store/retention.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using namespace std::chrono_literals;

constexpr store::Retention kYear{.history = 365 * 24h,
                                 .observations = 365 * 24h,
                                 .incidents = 365 * 24h,
                                 .alerts = 30 * 24h,
                                 .dead_letters = 365 * 24h};
const base::Instant kLater = kNoon + 400 * 24h;  // what happened at noon is over

/// A whole pass, and how many steps it took.
store::Pruned prune_all(store::Store& store, const store::Retention& retention = kYear, base::Instant now = kLater,
                        int* steps = nullptr) {
  store::Pruned sum;
  for (bool more = true; more;) {
    const auto step = store.prune(retention, now);
    more = step.more;
    sum.add(step);
    CHECK(step.changes + step.observations + step.incidents + step.alerts <= 1000);
    if (steps != nullptr) ++*steps;
  }
  return sum;
}

verdict::Change change_at(base::Instant at, const std::string& token, const std::string& account,
                          const std::string& after, const std::string& kind = "changed") {
  auto change = samples::change(token, account);
  change.id = verdict::ChangeId::make(at, samples::random());
  change.at = at;
  change.kind = kind;
  change.after = after;
  return change;
}

/// A store with a token that is asked about two ad accounts.
struct Watched {
  explicit Watched(const std::string& path = ":memory:") : store(samples::open(path)) {
    token = samples::put_token(store, "brand-a");
    store::Batch batch;
    batch.probes = {samples::probe(token, "acc1"), samples::probe(token, "acc2")};
    store.commit(batch);
  }
  void log(const std::vector<verdict::Change>& changes) {
    store::Batch batch;
    batch.changes = changes;
    store.commit(batch);
  }
  std::vector<std::string> who(const std::string& account, base::Instant at) {
    std::vector<std::string> answers;
    for (const auto& row : store.last_changes_before(account, at)) answers.push_back(row.change.after);
    return answers;
  }
  store::SqliteStore store;
  audit::TokenId token;
};
using Answers = std::vector<std::string>;

/// An alert at noon with a delivery in this state.
alert::DeliveryId tell(store::Store& store, std::uint64_t sequence, alert::DeliveryState state) {
  store::Batch batch;
  batch.bodies = {samples::body()};
  batch.alerts = {samples::record(batch.bodies[0], sequence)};
  batch.deliveries = {samples::delivery(batch.bodies[0], sequence, "ops")};
  if (state != alert::DeliveryState::kPending) batch.attempts = {samples::attempt(batch.deliveries[0], state)};
  store.commit(batch);
  return batch.deliveries[0].id;
}

}  // namespace

TEST_CASE("pruning: a young database loses nothing") {
  Watched watched;
  watched.log({change_at(kNoon, "brand-a", "acc1", "granted")});
  tell(watched.store, 1, alert::DeliveryState::kDelivered);
  const auto pruned = prune_all(watched.store, kYear, kNoon + 20 * 24h);
  CHECK(pruned.changes + pruned.observations + pruned.incidents + pruned.alerts == 0);
  CHECK(watched.store.verify_chain().rows == 2);
  CHECK(watched.store.verify_chain().pruned == 0);
}

TEST_CASE("pruning: the change log loses what is over, keeps who has access, and stays verifiable") {
  Watched watched;
  watched.log({change_at(kNoon, "brand-a", "acc1", "granted"), change_at(kNoon + 1h, "brand-a", "acc1", "denied a"),
               change_at(kNoon + 2h, "brand-a", "acc2", "granted"),
               change_at(kNoon + 3h, "brand-a", "acc1", "denied b"),
               change_at(kLater - 1h, "brand-a", "acc1", "granted again")});
  CHECK(prune_all(watched.store).changes == 3);  // the token's entry, and two answers that others followed
  CHECK(watched.who("acc1", kLater - 2h) == Answers{"denied b"});
  CHECK(watched.who("acc1", kLater) == Answers{"granted again"});
  CHECK(watched.who("acc2", kLater) == Answers{"granted"});
  const auto check = watched.store.verify_chain();
  CHECK_FALSE(check.broken_at);
  CHECK(check.pruned == 3);
  CHECK(check.rows == 4);  // one says that the log was pruned
  const auto last = watched.store.history({.latest_first = true, .limit = 1});
  CHECK(last.at(0).change.kind == "pruned");
  CHECK(last.at(0).change.after == "entries up to number 5");
  CHECK(last.at(0).change.at == kLater);
}

TEST_CASE("pruning: the log goes on after it, and a second pass of the day finds nothing") {
  Watched watched;
  watched.log({change_at(kNoon, "brand-a", "acc1", "granted"), change_at(kNoon + 1h, "brand-a", "acc1", "denied a")});
  CHECK(prune_all(watched.store).changes == 2);
  CHECK(prune_all(watched.store).changes == 0);
  watched.log({change_at(kLater, "brand-a", "acc1", "granted")});
  CHECK(watched.store.history({}).back().number == 5);
  CHECK_FALSE(watched.store.verify_chain().broken_at);
  // A year later it is the turn of what was kept for its sake.
  CHECK(prune_all(watched.store, kYear, kLater + 400 * 24h).changes == 2);
  CHECK(watched.who("acc1", kLater + 400 * 24h) == Answers{"granted"});
  const auto check = watched.store.verify_chain();
  CHECK_FALSE(check.broken_at);
  CHECK(check.pruned == 4);
}

TEST_CASE("pruning: a token that was removed long ago leaves nothing that looks like access") {
  Watched watched;
  watched.log({change_at(kNoon, "brand-a", "acc1", "granted")});
  watched.store.remove_token("brand-a", samples::make_id<verdict::ChangeId>(), kNoon + 1h);
  CHECK(prune_all(watched.store).changes == 3);
  CHECK(watched.who("acc1", kLater).empty());
  CHECK_FALSE(watched.store.verify_chain().broken_at);
}

TEST_CASE("pruning: many entries go in steps of a thousand, with one word about them") {
  Watched watched;
  std::vector<verdict::Change> changes;
  for (int i = 0; i < 2500; ++i) changes.push_back(change_at(kNoon + i * 1s, "brand-a", "acc1", "granted"));
  watched.log(changes);
  int steps = 0;
  CHECK(prune_all(watched.store, kYear, kLater, &steps).changes ==
        2500);  // all but the latest answer; the token's, too
  CHECK(steps >= 3);
  CHECK(watched.store.verify_chain().pruned == 2500);
  CHECK_FALSE(watched.store.verify_chain().broken_at);
  CHECK(watched.store.history({}).size() == 2);
}

TEST_CASE("pruning: whoever takes entries away himself is found out") {
  const TemporaryDirectory directory;
  const auto check_after = [&](const std::string& name, const std::string& sql) {
    Watched watched(directory / name);
    watched.log({change_at(kNoon, "brand-a", "acc1", "granted"), change_at(kNoon + 1h, "brand-a", "acc1", "denied a"),
                 change_at(kNoon + 2h, "brand-a", "acc2", "granted"), change_at(kLater, "brand-a", "acc1", "granted"),
                 change_at(kLater, "brand-a", "acc2", "denied c")});
    prune_all(watched.store);
    CHECK_FALSE(watched.store.verify_chain().broken_at);
    store::Database intruder(directory / name);
    intruder.run(sql);
    return watched.store.verify_chain().broken_at;
  };
  // One that was kept goes without an anchor.
  CHECK(check_after("kept", "DELETE FROM changes WHERE number = 3") == 4);
  CHECK(check_after("hash", "UPDATE change_anchors SET hash = zeroblob(32)") == 3);
  CHECK(check_after("anchor", "DELETE FROM change_anchors") == 3);
  // One that is young, with all that pruning would leave behind.
  CHECK(check_after("young",
                    "UPDATE meta SET value = 5 WHERE name = 'changes_pruned_to'; "
                    "INSERT INTO change_anchors SELECT number, hash FROM changes WHERE number = 5; "
                    "DELETE FROM changes WHERE number = 5") == 5);
  Watched watched(directory / "never");
  watched.log({change_at(kNoon, "brand-a", "acc1", "granted")});
  store::Database intruder(directory / "never");
  CHECK_THROWS_WITH(intruder.run("DELETE FROM changes WHERE number = 1"), doctest::Contains("never shortened"));
}

TEST_CASE("pruning: alerts go with all that belongs to them, but none that is on its way") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  const auto delivered = tell(store, 1, alert::DeliveryState::kDelivered);
  const auto pending = tell(store, 2, alert::DeliveryState::kPending);
  const auto dead = tell(store, 3, alert::DeliveryState::kDead);
  const auto month = kNoon + 31 * 24h;
  CHECK(prune_all(store, kYear, month).alerts == 1);
  CHECK(store.body_of(delivered).empty());
  CHECK(store.attempts(delivered).empty());
  CHECK(store.pending_deliveries("ops", 0, 9).size() == 1);
  CHECK_FALSE(store.body_of(pending).empty());
  CHECK(store.alerts({.state = alert::DeliveryState::kDead}).size() == 1);
  CHECK(store.replay(dead, month));  // dead letters have an age of their own
  CHECK(prune_all(store).alerts == 0);
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM pragma_foreign_key_check") == 0);
  CHECK(witness.number("SELECT count(*) FROM bodies") == 2);
  CHECK(samples::Loaded(store).last_sequence == 3);
}

TEST_CASE("pruning: dead letters go when their own time is over") {
  auto store = samples::open_in_memory();
  const auto dead = tell(store, 1, alert::DeliveryState::kDead);
  CHECK(prune_all(store).alerts == 1);
  CHECK(store.body_of(dead).empty());
}

TEST_CASE("pruning: the members of a large digest go over several steps") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.bodies = {samples::body()};
  std::vector<verdict::IncidentId> members;
  for (int i = 0; i < 2500; ++i) members.push_back(samples::make_id<verdict::IncidentId>());
  batch.alerts = {samples::record(batch.bodies[0], 1, members)};
  store.commit(batch);
  int steps = 0;
  CHECK(prune_all(store, kYear, kLater, &steps).alerts == 1);
  CHECK(steps >= 8);
  CHECK(store.alerts({}).empty());
}

TEST_CASE("pruning: incidents that are open, are to be told, or explain an open one stay") {
  Watched watched;
  auto& store = watched.store;
  store::Batch batch;
  for (const char* account : {"open", "over", "told", "whole", "part"})
    batch.incidents.push_back(samples::incident(watched.token, account));
  for (const int resolved : {1, 2, 3}) batch.incidents[static_cast<std::size_t>(resolved)].resolved_at = kNoon + 1h;
  batch.incidents[4].part_of = batch.incidents[3].id;
  batch.tellings = {samples::telling(batch.incidents[2], "ops")};
  store.commit(batch);
  CHECK(prune_all(store).incidents == 1);
  CHECK_FALSE(store.find_incident(batch.incidents[1].id));
  CHECK(store.incidents({.open_only = false}).size() == 4);
}

TEST_CASE("pruning: what was heard goes when it ended long ago; the open runs stay") {
  Watched watched;
  store::Batch batch;
  auto probe = samples::full_probe(watched.token, "acc3");
  batch.probes = {probe};
  auto young = samples::run();
  young.since = kLater - 2h;
  young.last_seen = kLater - 1h;
  batch.closed_runs = {{probe.probe.id, samples::run()}, {probe.probe.id, young}};
  watched.store.commit(batch);
  CHECK(prune_all(watched.store).observations == 1);
  CHECK(prune_all(watched.store, kYear, kLater + 400 * 24h).observations == 1);
  const auto probes = watched.store.probes(watched.token);
  CHECK(std::ranges::count_if(probes, [](const auto& each) { return each.baseline.run.has_value(); }) == 1);
}

TEST_CASE("pruning: a database above its size loses alerts before their time, but none of the last week") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  for (std::uint64_t sequence = 1; sequence <= 200; ++sequence) tell(store, sequence, alert::DeliveryState::kDelivered);
  auto small = kYear;
  small.max_size = 100'000;
  CHECK(prune_all(store, small, kNoon + 6 * 24h).alerts == 0);
  CHECK(prune_all(store, kYear, kNoon + 8 * 24h).alerts == 0);
  CHECK(prune_all(store, small, kNoon + 8 * 24h).alerts > 0);
}

TEST_CASE("pruning: room is given back to the file system") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Database witness(directory / "store.db");
  store::Batch batch;
  for (std::uint64_t sequence = 1; sequence <= 400; ++sequence) {
    auto body = samples::body();
    body.bytes = std::string(8000, 'x');
    batch.alerts.push_back(samples::record(body, sequence));
    batch.bodies.push_back(std::move(body));
  }
  store.commit(batch);
  const auto before = witness.number("PRAGMA page_count");
  const auto pruned = prune_all(store);
  CHECK(pruned.alerts == 400);
  CHECK(pruned.pages > 400);
  CHECK(witness.number("PRAGMA page_count") == before - static_cast<std::int64_t>(pruned.pages));
  CHECK(witness.number("PRAGMA freelist_count") <= 256);
  CHECK(witness.text("PRAGMA integrity_check") == "ok");
}
