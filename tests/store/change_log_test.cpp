#include "store/change_log.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"
#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;

/// Three changes about two tokens.
store::Batch three_changes() {
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1"), samples::change("brand-b", "acc1"),
                   samples::change("brand-a", "acc2")};
  batch.changes[1].at = kNoon + std::chrono::minutes(1);
  batch.changes[2].at = kNoon + std::chrono::minutes(2);
  return batch;
}

/// Alters the log as somebody would who may write the file, then has the chain checked.
store::ChainCheck check_after(const std::string& sql) {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store.commit(three_changes());
  store::Database intruder(directory / "store.db");
  intruder.run(
      "DROP TRIGGER changes_never_update; DROP TRIGGER changes_never_delete; "
      "DROP TRIGGER changes_only_append;");
  intruder.run(sql);
  return store.verify_chain();
}

/// A change of a pair that is asked about, one of another account of the token, and one of the token.
store::Batch about_known() {
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1"), samples::change("brand-a", "acc9"),
                   samples::change("brand-a", "")};
  batch.changes[0].before = "granted user=2417045708 AD_MANAGER";
  return batch;
}

/// As bytes.
std::string hash_of_first(store::Store& store) {
  const auto first = store.history({}).at(0);
  return std::string(base::as_view(base::sha256(std::string(32, '\0') + store::canonical_form(1, first.change))));
}

std::vector<std::uint64_t> numbers(const std::vector<store::HistoryRow>& history) {
  std::vector<std::uint64_t> numbers;
  for (const auto& row : history) numbers.push_back(row.number);
  return numbers;
}
using Numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("change log: an empty log fits") {
  auto store = samples::open_in_memory();
  CHECK(store.verify_chain().rows == 0);
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE("change log: the canonical form has every column with its size") {
  auto change = samples::change("brand-a", "acc1");
  change.id = verdict::ChangeId::parse("chg_00000000000000000000000001").value();
  change.at = base::from_epoch_ms(1'000);
  CHECK(store::canonical_form(7, change) ==
        "1:7,30:chg_00000000000000000000000001,4:1000,7:changed,7:brand-a,4:acc1,7:granted,20:denied token_invalid,"
        "3:401,2:89,1:2,");
}

TEST_CASE("change log: grounds come last in the canonical form, and only where there are any") {
  auto change = samples::change("brand-a", "acc1");
  const auto bare = store::canonical_form(7, change);
  change.grounds.rule = "code_says_so";
  CHECK(store::canonical_form(7, change) == bare + "12:code_says_so,");
  change.grounds.witnesses = {"a", ""};
  CHECK(store::canonical_form(7, change) == bare + "12:code_says_so,1:a,0:,");
  change.grounds.rule.clear();
  CHECK(store::canonical_form(7, change) == bare + "0:,1:a,0:,");
}

TEST_CASE("change log: the first hash covers 32 zero bytes and the row") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  batch.changes = {samples::change("brand-a", "acc1")};
  store.commit(batch);
  const auto expected = base::sha256(std::string(32, '\0') + store::canonical_form(1, batch.changes[0]));
  CHECK(store.history({}).at(0).hash == base::to_hex(base::as_view(expected)));
}

TEST_CASE("change log: the chain goes on over commits and openings") {
  const TemporaryDirectory directory;
  samples::open(directory / "store.db").commit(three_changes());
  auto store = samples::open(directory / "store.db");
  store.commit(three_changes());
  CHECK(store.verify_chain().rows == 6);
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE("change log: what was logged is read back, in order") {
  auto store = samples::open_in_memory();
  const auto batch = three_changes();
  store.commit(batch);
  const auto history = store.history({});
  CHECK(numbers(history) == Numbers{1, 2, 3});
  CHECK(history[0].change == batch.changes[0]);
  CHECK(history[2].change == batch.changes[2]);
}

TEST_CASE("change log: grounds are read back, and fit") {
  auto store = samples::open_in_memory();
  auto batch = three_changes();
  batch.changes[0].grounds = {"code_says_so", {"brand-a: \"89\"", "brand-b: granted"}};
  batch.changes[1].grounds.rule = "not_found_for_all";
  batch.changes[2].kind = "accepted";
  batch.changes[2].grounds.witnesses = {"alice: they work for us"};
  store.commit(batch);
  const auto history = store.history({});
  for (std::size_t row = 0; row < 3; ++row) CHECK(history[row].change == batch.changes[row]);
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE("change log: altered grounds are found at their row") {
  for (const char* altered : {"rule = 'other'", "rule = NULL", "witnesses = NULL", "witnesses = '[\"b\"]'",
                              "witnesses = '[\"a\",\"\"]'", "witnesses = 'a'", "witnesses = '['"}) {
    INFO(altered);
    const TemporaryDirectory directory;
    auto store = samples::open(directory / "store.db");
    auto batch = three_changes();
    batch.changes[1].grounds = {"code_says_so", {"a"}};
    store.commit(batch);
    store::Database intruder(directory / "store.db");
    intruder.run(std::string("DROP TRIGGER changes_never_update; UPDATE changes SET ") + altered + " WHERE number = 2");
    if (std::string_view(altered) == "witnesses = 'a'")
      CHECK_FALSE(store.verify_chain().broken_at);  // it reads as what was written
    else
      CHECK(store.verify_chain().broken_at == 2);
  }
}

TEST_CASE("change log: a history is asked for by token, account, time and page") {
  auto store = samples::open_in_memory();
  store.commit(three_changes());
  store::HistoryQuery query;
  query.token = "brand-a";
  CHECK(numbers(store.history(query)) == Numbers{1, 3});
  query = {};
  query.account = "acc1";
  CHECK(numbers(store.history(query)) == Numbers{1, 2});
  query = {};
  query.since = kNoon + std::chrono::minutes(1);
  CHECK(numbers(store.history(query)) == Numbers{2, 3});
  query.until = kNoon + std::chrono::minutes(2);
  CHECK(numbers(store.history(query)) == Numbers{2});
  query = {};
  query.after_number = 1;
  query.limit = 1;
  CHECK(numbers(store.history(query)) == Numbers{2});
}

TEST_CASE("change log: a history is asked for by kind, backwards, and from a number down") {
  auto store = samples::open_in_memory();
  auto batch = three_changes();
  batch.changes[1].kind = "accepted";
  batch.changes[2].kind = "renamed";
  store.commit(batch);
  CHECK(numbers(store.history({.kinds = {"accepted"}})) == Numbers{2});
  CHECK(numbers(store.history({.kinds = {"renamed", "changed"}})) == Numbers{1, 3});
  CHECK(numbers(store.history({.account = "acc1", .kinds = {"changed"}})) == Numbers{1});
  CHECK(numbers(store.history({.before_number = 3})) == Numbers{1, 2});
  CHECK(numbers(store.history({.latest_first = true, .limit = 2})) == Numbers{3, 2});
  CHECK(numbers(store.history({.before_number = 3, .latest_first = true, .limit = 1})) == Numbers{2});
  CHECK(numbers(store.history({.token = "brand-a", .before_number = 3, .latest_first = true})) == Numbers{1});
  CHECK(numbers(store.history({.after_number = 1, .before_number = 3})) == Numbers{2});
}

TEST_CASE("change log: the kinds that it knows have each a name") {
  CHECK(store::change_kinds().size() == 14);
  CHECK(std::ranges::count(store::change_kinds(), "announced") == 1);
}

TEST_CASE("change log: who was answered what at a time is the latest change of each token that was not removed") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  const auto log = [&](const char* token, const char* account, const char* kind, std::chrono::minutes at) {
    batch.changes.push_back(samples::change(token, account));
    batch.changes.back().kind = kind;
    batch.changes.back().at = kNoon + at;
  };
  const auto then = [&](std::chrono::minutes at) { return numbers(store.last_changes_before("acc1", kNoon + at)); };
  using std::chrono::minutes;
  batch.probes = {samples::probe(samples::put_token(store, "brand-z"), "acc1")};  // change 1
  log("brand-z", "acc1", "first_seen", minutes(1));                               // 2
  log("brand-a", "acc1", "first_seen", minutes(2));                               // 3: a token that no table names
  log("brand-a", "acc2", "changed", minutes(3));
  log("brand-z", "acc1", "account_vanished", minutes(3));
  log("brand-z", "acc1", "changed", minutes(4));  // 6
  log("brand-a", "", "token_removed", minutes(5));
  log("brand-z", "acc1", "accepted", minutes(6));   // 8
  log("brand-a", "acc1", "announced", minutes(7));  // 9
  store.commit(batch);
  CHECK(then(minutes(0)).empty());
  CHECK(then(minutes(1)) == Numbers{2});
  CHECK(then(minutes(2)) == Numbers{3, 2});
  CHECK(then(minutes(4)) == Numbers{3, 6});
  CHECK(then(minutes(5)) == Numbers{6});
  CHECK(then(minutes(6)) == Numbers{8});
  CHECK(then(minutes(7)) == Numbers{9, 8});
  CHECK(numbers(store.last_changes_before("acc3", kNoon + minutes(7))).empty());
  CHECK(store.last_changes_before("acc1", kNoon + minutes(7))[1].change.token == "brand-z");
}

TEST_CASE("change log: a token that was removed and came back under its name is asked for what it was answered then") {
  auto store = samples::open_in_memory();
  const auto log = [&](const audit::TokenId& token, std::chrono::minutes at) {
    store::Batch batch;
    batch.probes = {samples::probe(token, "acc1")};
    batch.changes = {samples::change("brand-a", "acc1")};
    batch.changes[0].at = kNoon + at;
    store.commit(batch);
  };
  using std::chrono::minutes;
  log(samples::put_token(store, "brand-a"), minutes(1));                                     // 2
  store.remove_token("brand-a", samples::make_id<verdict::ChangeId>(), kNoon + minutes(2));  // 3
  log(samples::put_token(store, "brand-a"), minutes(3));                                     // 5
  CHECK(numbers(store.last_changes_before("acc1", kNoon + minutes(1))) == Numbers{2});
  CHECK(numbers(store.last_changes_before("acc1", kNoon + minutes(2))).empty());
  CHECK(numbers(store.last_changes_before("acc1", kNoon + minutes(3))) == Numbers{5});
}

TEST_CASE("change log: the database refuses to change, remove or slip in a row") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store.commit(three_changes());
  store::Database intruder(directory / "store.db");
  CHECK_THROWS_WITH(intruder.run("UPDATE changes SET after = '' WHERE number = 2"),
                    doctest::Contains("the change log is never changed"));
  CHECK_THROWS_WITH(intruder.run("DELETE FROM changes WHERE number = 3"),
                    doctest::Contains("the change log is never shortened"));
  CHECK_THROWS_WITH(intruder.run("REPLACE INTO changes SELECT * FROM changes WHERE number = 2"),
                    doctest::Contains("the change log is only appended to"));
}

TEST_CASE("change log: any altered column is found at its row") {
  for (const char* altered :
       {"id = zeroblob(16)", "id = zeroblob(10)", "id = x''", "at = at + 1", "kind = 'first_seen'", "token = 'brand-c'",
        "account = ''", "before = before || ' '", "after = 'granted'", "http_status = 200",
        "http_status = http_status + 4294967296", "code = '8'", "confirmations = 3", "hash = zeroblob(32)",
        "token = account, account = token"}) {
    INFO(altered);
    CHECK(check_after(std::string("UPDATE changes SET ") + altered + " WHERE number = 2").broken_at == 2);
  }
}

TEST_CASE("change log: a change whose probe or token is known names it, and reads the same") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  auto batch = about_known();
  batch.probes = {samples::probe(samples::put_token(store, "brand-a"), "acc1")};
  store.commit(batch);
  const auto history = store.history({.after_number = 1});
  REQUIRE(history.size() == 3);
  for (std::size_t row = 0; row < 3; ++row) CHECK(history[row].change == batch.changes[row]);
  CHECK(history[0].hash ==
        base::to_hex(base::as_view(base::sha256(hash_of_first(store) + store::canonical_form(2, batch.changes[0])))));
  CHECK_FALSE(store.verify_chain().broken_at);
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM changes WHERE probe = 1 AND token IS NULL AND account IS NULL") == 1);
  CHECK(witness.number("SELECT count(*) FROM changes WHERE token = 1 AND account = 'acc9'") == 1);
  CHECK(witness.number("SELECT count(*) FROM changes WHERE token = 1 AND account IS NULL") == 2);
}

TEST_CASE("change log: what a row names, its answers and its id are covered by the hash") {
  for (const char* altered :
       {"UPDATE tokens SET name = 'brand-b'", "UPDATE probes SET account = 'acc2'",
        "UPDATE changes SET probe = NULL WHERE number = 2", "UPDATE changes SET probe = 7 WHERE number = 2",
        "UPDATE changes SET after = 1 WHERE number = 2", "UPDATE changes SET after = 99 WHERE number = 2",
        "UPDATE changes SET before = x'02' WHERE number = 2", "UPDATE changes SET before = NULL WHERE number = 2",
        "UPDATE changes SET kind = 1 WHERE number = 2", "UPDATE changes SET id = zeroblob(10) WHERE number = 2"}) {
    INFO(altered);
    const TemporaryDirectory directory;
    auto store = samples::open(directory / "store.db");
    auto batch = about_known();
    batch.probes = {samples::probe(samples::put_token(store, "brand-a"), "acc1")};
    store.commit(batch);
    store::Database intruder(directory / "store.db");
    intruder.run("DROP TRIGGER changes_never_update");
    intruder.run(altered);
    REQUIRE(store.verify_chain().broken_at);
    CHECK(*store.verify_chain().broken_at <= 2);
  }
}

TEST_CASE("change log: a name leads to all its history, over removal and return") {
  auto store = samples::open_in_memory();
  const auto log = [&](const audit::TokenId& token) {
    store::Batch batch;
    batch.probes = {samples::probe(token, "acc1")};
    batch.changes = {samples::change("brand-a", "acc1")};
    store.commit(batch);
  };
  log(samples::put_token(store, "brand-a"));
  store.remove_token("brand-a", samples::make_id<verdict::ChangeId>(), kNoon);
  log(samples::put_token(store, "brand-a"));
  samples::put_token(store, "brand-b");
  CHECK(numbers(store.history({.token = "brand-a"})) == Numbers{1, 2, 3, 4, 5});
  CHECK(numbers(store.history({.account = "acc1"})) == Numbers{2, 5});
  CHECK(numbers(store.history({.token = "brand-a", .account = "acc1"})) == Numbers{2, 5});
  CHECK(numbers(store.history({.token = "brand-b", .account = "acc1"})).empty());
  for (const auto& row : store.history({.token = "brand-a"})) CHECK(row.change.token == "brand-a");
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE("change log: a name of digits is not taken for the number of a token") {
  auto store = samples::open_in_memory();
  samples::put_token(store, "brand-a");
  store::Batch batch;
  batch.changes = {samples::change("1", "2")};
  store.commit(batch);
  CHECK(store.history({}).at(1).change == batch.changes[0]);
  CHECK(numbers(store.history({.token = "1"})) == Numbers{2});
  CHECK(numbers(store.history({.token = "brand-a"})) == Numbers{1});
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE("change log: texts of every shape are given back as they were") {
  auto store = samples::open_in_memory();
  store::Batch batch;
  for (const char* text : {"", "granted user=2417045708 AD_MANAGER, TWEET_COMPOSER", "granted user=2417045708 none",
                           "granted user=1 AD_MANAGER, NEW_POWER", "granted user=007 ANALYST", "granted user=0 ANALYST",
                           "granted user= none", "granted user=5 TWEET_COMPOSER, AD_MANAGER", "granted user=5 ",
                           "granted user=5  ANALYST", "denied account_not_found", "denied tired", "denied ", "1", "{}",
                           "granted user=9223372036854775807 ANALYST", "granted user=9223372036854775808 ANALYST"}) {
    batch.changes.push_back(samples::change("brand-a", "acc1"));
    batch.changes.back().before = batch.changes.back().after = text;
    batch.changes.back().kind = text;
  }
  for (const char* kind : {"first_seen", "account_status", "renamed", "0"}) {
    batch.changes.push_back(samples::change("brand-a", "acc1"));
    batch.changes.back().kind = kind;
  }
  batch.changes.back().id = verdict::ChangeId::make(kNoon + std::chrono::milliseconds(1), samples::random());
  store.commit(batch);
  const auto history = store.history({});
  REQUIRE(history.size() == batch.changes.size());
  for (std::size_t row = 0; row < history.size(); ++row) CHECK(history[row].change == batch.changes[row]);
  CHECK_FALSE(store.verify_chain().broken_at);
}

TEST_CASE("change log: a removed row is found at the row after it") {
  CHECK(check_after("DELETE FROM changes WHERE number = 2").broken_at == 3);
  CHECK(check_after("DELETE FROM changes WHERE number = 1").broken_at == 2);
}

TEST_CASE("change log: a removed row is found also when the later ones move up") {
  CHECK(check_after("DELETE FROM changes WHERE number = 2; UPDATE changes SET number = 2 WHERE number = 3").broken_at ==
        2);
}

TEST_CASE("change log: rows cut off at the end leave a log that fits") {
  const auto check = check_after("DELETE FROM changes WHERE number = 3");
  CHECK(check.rows == 2);
  CHECK_FALSE(check.broken_at);
}
