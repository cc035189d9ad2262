// Tokens by the many: those of the settings, and those of an import.

#include <doctest/doctest.h>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using samples::make_id;

/// Lets the store follow settings with tokens of these names.
void follow(store::Store& store, const std::vector<std::string>& names) {
  std::vector<store::StoredToken> tokens;
  std::vector<verdict::ChangeId> ids;
  for (const auto& name : names) {
    tokens.push_back(samples::token(name));
    ids.push_back(make_id<verdict::ChangeId>());
  }
  store.follow_settings(tokens, ids, kNoon);
}

std::vector<std::string> names_in(store::Store& store) {
  std::vector<std::string> names;
  for (const auto& row : store.tokens()) names.push_back(row.token.name);
  return names;
}

}  // namespace

TEST_CASE("tokens: those of the settings follow them, and those of the command line stay") {
  auto store = samples::open_in_memory();
  std::vector<store::StoredToken> own;
  own.push_back(samples::token("own"));
  own[0].source = store::TokenSource::kCommandLine;
  store.put_tokens(own, {make_id<verdict::ChangeId>()}, kNoon);
  follow(store, {"brand-a", "brand-b"});
  follow(store, {"brand-b", "brand-c"});
  CHECK(names_in(store) == std::vector<std::string>{"brand-b", "brand-c", "own"});
  const auto history = store.history({});
  REQUIRE(history.size() == 5);  // brand-b is the same, and none of the news
  CHECK(history[3].change.kind == "token_added");
  CHECK(history[4].change.kind == "token_removed");
  CHECK(history[4].change.token == "brand-a");
  CHECK_FALSE(history[4].change.id.null());
  follow(store, {});
  CHECK(names_in(store) == std::vector<std::string>{"own"});
}

TEST_CASE("tokens: settings are followed whole or not at all") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  follow(store, {"brand-a", "brand-b"});
  store::Database intruder(directory / "store.db");
  intruder.run(
      "CREATE TRIGGER refuse BEFORE UPDATE ON tokens WHEN new.name = 'brand-a' AND new.removed_at IS NOT NULL "
      "BEGIN SELECT RAISE(ABORT, 'no'); END");
  CHECK_THROWS_AS(follow(store, {"brand-b", "brand-c"}), std::runtime_error);
  CHECK(names_in(store) == std::vector<std::string>{"brand-a", "brand-b"});
  CHECK(store.history({}).size() == 2);
}

TEST_CASE("tokens: whoever puts many hears how far it has come") {
  auto store = samples::open_in_memory();
  std::vector<store::StoredToken> tokens;
  std::vector<verdict::ChangeId> ids;
  for (int number = 0; number < 1200; ++number) {
    tokens.push_back(samples::token("brand-" + std::to_string(number)));
    ids.push_back(make_id<verdict::ChangeId>());
  }
  std::vector<std::size_t> heard;
  store.put_tokens(tokens, ids, kNoon, [&](std::size_t done) { heard.push_back(done); });
  CHECK(heard == std::vector<std::size_t>{0, 500, 1000});
  CHECK(store.tokens().size() == 1200);
}
