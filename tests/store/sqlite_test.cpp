#include "store/sqlite.h"

#include <doctest/doctest.h>

#include "samples.h"

namespace {

struct Table {
  Table() : database(":memory:") { database.run("CREATE TABLE things (name TEXT UNIQUE, value ANY) STRICT"); }
  std::int64_t rows() { return database.number("SELECT count(*) FROM things"); }
  store::Database database;
};

}  // namespace

TEST_CASE("sqlite: what is bound is read back, of every kind") {
  Table table;
  const std::string text("a\0b", 3);
  store::Statement row(table.database, "SELECT ?, ?, ?, ?, ?, ?, ?");
  row.bind(std::uint64_t{1} << 62).bind(text).bind_bytes(text).bind(samples::kNoon);
  row.bind(std::optional<base::Instant>()).bind("").bind_bytes("");
  REQUIRE(row.next());
  CHECK(row.number(0) == std::int64_t{1} << 62);
  CHECK(row.text(1) == text);
  CHECK(row.bytes(2) == text);
  CHECK(row.time(3) == samples::kNoon);
  CHECK_FALSE(row.optional_time(4));
  CHECK_FALSE(row.null(5));
  CHECK_FALSE(row.null(6));
  CHECK_FALSE(row.next());
}

TEST_CASE("sqlite: an empty view is an empty text, not NULL") {
  Table table;
  store::Statement row(table.database, "SELECT ?, ?");
  row.bind(std::string_view()).bind_bytes(std::string_view());
  REQUIRE(row.next());
  CHECK_FALSE(row.null(0));
  CHECK_FALSE(row.null(1));
}

TEST_CASE("sqlite: a kept statement runs again, also after it failed") {
  Table table;
  store::Statement insert(table.database, "INSERT INTO things VALUES (?, 1)");
  insert.bind("a").run();
  CHECK_THROWS_AS(insert.bind("a").run(), std::runtime_error);
  insert.bind("b").run();
  CHECK(table.rows() == 2);
}

TEST_CASE("sqlite: a statement that was left before its last row runs again") {
  Table table;
  store::Statement rows(table.database, "SELECT value FROM (SELECT ? AS value UNION ALL SELECT 2)");
  REQUIRE(rows.bind(1).next());
  rows.leave();
  REQUIRE(rows.bind(7).next());
  CHECK(rows.number(0) == 7);
}

TEST_CASE("sqlite: a transaction that is not committed leaves nothing") {
  Table table;
  {
    store::Transaction transaction(table.database);
    table.database.run("INSERT INTO things VALUES ('a', 1)");
  }
  CHECK(table.rows() == 0);
  {
    store::Transaction transaction(table.database);
    table.database.run("INSERT INTO things VALUES ('a', 1)");
    transaction.commit("a thing");
  }
  CHECK(table.rows() == 1);
}

TEST_CASE("sqlite: an error names the file, the deed and the cause") {
  Table table;
  CHECK_THROWS_WITH_AS(table.database.run("SELECT * FROM nowhere"),
                       ":memory:: cannot run a statement: no such table: nowhere (SQLite error 1)", std::runtime_error);
}

TEST_CASE("sqlite: a full database and one that may not be written are told apart from other failures") {
  Table table;
  table.database.run("PRAGMA max_page_count = 3");
  store::Statement insert(table.database, "INSERT INTO things VALUES ('a', zeroblob(100000))");
  CHECK_THROWS_AS(insert.run(), store::FullStore);
  table.database.run("PRAGMA max_page_count = 1000; PRAGMA query_only = ON");
  CHECK_THROWS_AS(insert.run(), store::FullStore);
  table.database.run("PRAGMA query_only = OFF");
  insert.run();
  CHECK(table.rows() == 1);
}

TEST_CASE("sqlite: a row that is no value of ours makes the store unusable") {
  Table table;
  store::Statement row(table.database, "SELECT x'0102'");
  REQUIRE(row.next());
  CHECK_THROWS_WITH_AS(row.id<audit::TokenId>(0), doctest::Contains("a row cannot be read back"), store::UnusableStore);
}

TEST_CASE("sqlite: an id is 16 bytes, or 10 beside the time at which it was made") {
  Table table;
  const auto id = samples::make_id<audit::TokenId>();
  store::Statement row(table.database, "SELECT ?, ?, ?");
  row.bind(id).bind(id, samples::kNoon).bind(id, samples::kNoon + std::chrono::milliseconds(1));
  REQUIRE(row.next());
  CHECK(row.bytes(0).size() == 16);
  CHECK(row.bytes(1).size() == 10);
  CHECK(row.bytes(2).size() == 16);
  CHECK(row.id<audit::TokenId>(0) == id);
  CHECK(row.id<audit::TokenId>(1, samples::kNoon) == id);
  CHECK(row.id<audit::TokenId>(2, samples::kNoon + std::chrono::milliseconds(1)) == id);
}

TEST_CASE("sqlite: a file that does not exist is not made") {
  CHECK_THROWS_WITH_AS(store::Database("/nonexistent/store.db"), doctest::Contains("cannot open"), std::runtime_error);
}
