#include "service/sweeps.h"

#include <doctest/doctest.h>

using audit::AccountIndex;
using audit::TokenIndex;
using service::Sweeps;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
constexpr TokenIndex kToken{3};

std::vector<AccountIndex> accounts(std::uint32_t first, std::uint32_t count) {
  std::vector<AccountIndex> all;
  for (std::uint32_t index = first; index < first + count; ++index) all.push_back(AccountIndex{index});
  return all;
}

}  // namespace

TEST_CASE("sweeps: page follows page from the cursor of the one before") {
  Sweeps sweeps(kNoon);
  sweeps.add(kToken, kNoon);
  auto question = sweeps.take_due(kNoon);
  REQUIRE(question);
  CHECK(question->token == kToken);
  CHECK(question->cursor.empty());
  CHECK(sweeps.running(kToken));
  CHECK_FALSE(sweeps.take_due(kNoon + 1h));
  sweeps.page(kToken, "next", accounts(5, 2));
  sweeps.defer(kToken, kNoon + 3min);
  CHECK_FALSE(sweeps.take_due(kNoon + 2min));
  question = sweeps.take_due(kNoon + 3min);
  REQUIRE(question);
  CHECK(question->cursor == "next");
  CHECK(sweeps.was_seen(kToken, AccountIndex{6}));
  CHECK_FALSE(sweeps.was_seen(kToken, AccountIndex{7}));
}

TEST_CASE("sweeps: what was not seen is asked for by id, a hundred at a time") {
  Sweeps sweeps(kNoon);
  sweeps.add(kToken, kNoon);
  REQUIRE(sweeps.take_due(kNoon));
  sweeps.page(kToken, "", {});
  sweeps.ask_missing(kToken, accounts(0, 150));
  sweeps.defer(kToken, kNoon);
  CHECK(sweeps.take_due(kNoon)->missing == accounts(0, 100));
  CHECK(sweeps.take_missing(kToken) == accounts(0, 100));
  CHECK(sweeps.has_missing(kToken));
  sweeps.defer(kToken, kNoon);
  CHECK(sweeps.take_due(kNoon)->missing == accounts(100, 50));
  sweeps.take_missing(kToken);
  CHECK_FALSE(sweeps.has_missing(kToken));
}

TEST_CASE("sweeps: a question that was given up is the same the next time") {
  Sweeps sweeps(kNoon);
  sweeps.add(kToken, kNoon);
  REQUIRE(sweeps.take_due(kNoon));
  sweeps.ask_missing(kToken, accounts(7, 1));
  sweeps.defer(kToken, kNoon);
  REQUIRE(sweeps.take_due(kNoon)->missing == accounts(7, 1));
  sweeps.defer(kToken, kNoon);
  CHECK(sweeps.take_due(kNoon)->missing == accounts(7, 1));
}

TEST_CASE("sweeps: a sweep of another process goes on after its cursor") {
  Sweeps sweeps(kNoon);
  sweeps.resume(kToken, "half-way", accounts(9, 1));
  sweeps.add(kToken, kNoon);
  CHECK(sweeps.take_due(kNoon)->cursor == "half-way");
  CHECK(sweeps.was_seen(kToken, AccountIndex{9}));
  sweeps.restart(kToken);
  sweeps.defer(kToken, kNoon);
  CHECK(sweeps.take_due(kNoon)->cursor.empty());
}

TEST_CASE("sweeps: a complete sweep begins anew at its time, a removed token never") {
  Sweeps sweeps(kNoon);
  sweeps.add(kToken, kNoon);
  REQUIRE(sweeps.take_due(kNoon));
  sweeps.page(kToken, "", accounts(1, 1));
  sweeps.complete(kToken, kNoon + 6h);
  CHECK_FALSE(sweeps.was_seen(kToken, AccountIndex{1}));
  CHECK_FALSE(sweeps.take_due(kNoon + 5h));
  REQUIRE(sweeps.take_due(kNoon + 6h));
  sweeps.remove(kToken);
  sweeps.complete(kToken, kNoon + 7h);
  CHECK_FALSE(sweeps.take_due(kNoon + 24h));
}
