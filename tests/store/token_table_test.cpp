#include "store/token_table.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;
using samples::make_id;

void put(store::Store& store, store::StoredToken token) {
  std::vector<store::StoredToken> tokens;
  tokens.push_back(std::move(token));
  store.put_tokens(tokens, {make_id<verdict::ChangeId>()}, kNoon);
}

/// The same token as samples::token() gives, but for its id: as settings that are read again.
store::StoredToken brand_a() { return samples::token("brand-a"); }

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("tokens: a token comes back with everything, and its secrets") {
  auto store = samples::open_in_memory();
  put(store, samples::token("brand-b"));
  auto token = brand_a();
  const auto expected = token.token;
  put(store, std::move(token));
  const auto tokens = store.tokens();
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].token == expected);
  CHECK(tokens[0].source == store::TokenSource::kSettings);
  CHECK(tokens[0].accounts == std::vector<std::string>{"18ce54d4x5t", "18ce55gze09"});
  CHECK(tokens[0].added_at == kNoon - std::chrono::hours(1));
  CHECK(tokens[0].secrets.token.reveal() == "token of brand-a");
  CHECK(tokens[0].secrets.secret.reveal() == "secret of brand-a");
  CHECK(tokens[1].token.name == "brand-b");
}

TEST_CASE("tokens: without the secrets no key is needed") {
  const TemporaryDirectory directory;
  {
    auto store = samples::open(directory / "store.db");
    put(store, brand_a());
  }
  auto store = samples::open(directory / "store.db", store::Access::kDaemon, "");
  CHECK(store.tokens_without_secrets().at(0).secrets.token.empty());
  CHECK_THROWS_AS(store.tokens(), store::UnusableStore);
  CHECK_THROWS_AS(put(store, samples::token("brand-b")), store::UnusableStore);
}

TEST_CASE("tokens: a new token is logged") {
  auto store = samples::open_in_memory();
  put(store, brand_a());
  const auto change = store.history({}).at(0).change;
  CHECK(change.kind == "token_added");
  CHECK(change.token == "brand-a");
  CHECK(change.at == kNoon);
  CHECK(change.before.empty());
  CHECK(change.after == "developer of app agency, accounts 18ce54d4x5t 18ce55gze09, client=Brand \"A\", owner=ads-ops");
}

TEST_CASE("tokens: the same token again writes nothing") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  put(store, brand_a());
  store::Database witness(directory / "store.db");
  const auto before = witness.text("SELECT hex(sealed_token) FROM tokens");
  auto again = brand_a();
  again.accounts = {"18ce55gze09", "18ce54d4x5t"};
  put(store, std::move(again));
  CHECK(store.history({}).size() == 1);
  CHECK(witness.text("SELECT hex(sealed_token) FROM tokens") == before);
}

TEST_CASE("tokens: each difference replaces the token, under its id, and is logged") {
  const auto replaced = [](auto alter) {
    auto store = samples::open_in_memory();
    const auto id = samples::put_token(store, "brand-a");
    auto token = brand_a();
    token.added_at = kNoon + std::chrono::hours(9);
    alter(token);
    put(store, std::move(token));
    const auto tokens = store.tokens();
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].token.id == id);
    CHECK(tokens[0].added_at == kNoon - std::chrono::hours(1));
    return store.history({}).back().change.kind;
  };
  CHECK(replaced([](auto& token) { token.secrets.token = base::Secret("new"); }) == "token_replaced");
  CHECK(replaced([](auto& token) { token.secrets.secret = base::Secret("new"); }) == "token_replaced");
  CHECK(replaced([](auto& token) { token.token.app = "other"; }) == "token_replaced");
  CHECK(replaced([](auto& token) { token.token.kind = audit::TokenKind::kAdvertiser; }) == "token_replaced");
  CHECK(replaced([](auto& token) { token.token.labels.clear(); }) == "token_replaced");
  CHECK(replaced([](auto& token) { token.accounts.clear(); }) == "token_replaced");
  CHECK(replaced([](auto& token) { token.source = store::TokenSource::kCommandLine; }) == "token_added");
}

TEST_CASE("tokens: new secrets are named in the log, not told") {
  auto store = samples::open_in_memory();
  put(store, brand_a());
  auto token = brand_a();
  token.secrets.secret = base::Secret("canary");
  put(store, std::move(token));
  const auto change = store.history({}).at(1).change;
  CHECK(change.after == change.before + ", new secrets");
  CHECK(store.tokens().at(0).secrets.secret.reveal() == "canary");
}

TEST_CASE("tokens: a known user stays, whatever else is replaced") {
  auto store = samples::open_in_memory();
  put(store, brand_a());
  auto token = brand_a();
  token.token.user_id.clear();
  token.token.app = "other";
  put(store, std::move(token));
  CHECK(store.tokens().at(0).token.user_id == "2417045708");
  auto renewed = brand_a();
  renewed.token.user_id.clear();
  renewed.secrets.token = base::Secret("new");
  put(store, std::move(renewed));
  CHECK(store.tokens().at(0).token.user_id == "2417045708");
}

TEST_CASE("tokens: many are put all or none") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  store::Database intruder(directory / "store.db");
  intruder.run(
      "CREATE TRIGGER refuse BEFORE INSERT ON tokens WHEN new.name = 'brand-b' "
      "BEGIN SELECT RAISE(ABORT, 'no'); END");
  std::vector<store::StoredToken> tokens;
  tokens.push_back(brand_a());
  tokens.push_back(samples::token("brand-b"));
  CHECK_THROWS_AS(store.put_tokens(tokens, {make_id<verdict::ChangeId>(), make_id<verdict::ChangeId>()}, kNoon),
                  std::runtime_error);
  CHECK(store.tokens().empty());
  CHECK(store.history({}).empty());
}

TEST_CASE("tokens: a removed token leaves a tombstone without secrets, and a line in the log") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  put(store, brand_a());
  CHECK(store.remove_token("brand-a", make_id<verdict::ChangeId>(), kNoon));
  CHECK(store.tokens().empty());
  CHECK(store.history({}).at(1).change.kind == "token_removed");
  store::Database witness(directory / "store.db");
  CHECK(witness.number("SELECT count(*) FROM tokens WHERE name = 'brand-a' AND sealed_token IS NULL AND "
                       "sealed_secret IS NULL AND fingerprint IS NULL AND removed_at = 1795435200123") == 1);
}

TEST_CASE("tokens: an unknown token cannot be removed, and a removed one not twice") {
  auto store = samples::open_in_memory();
  CHECK_FALSE(store.remove_token("brand-a", make_id<verdict::ChangeId>(), kNoon));
  put(store, brand_a());
  CHECK(store.remove_token("brand-a", make_id<verdict::ChangeId>(), kNoon));
  CHECK_FALSE(store.remove_token("brand-a", make_id<verdict::ChangeId>(), kNoon));
  CHECK(store.history({}).size() == 2);
}

TEST_CASE("tokens: the name of a removed token may be used again, under a new id") {
  auto store = samples::open_in_memory();
  const auto old_id = samples::put_token(store, "brand-a");
  store.remove_token("brand-a", make_id<verdict::ChangeId>(), kNoon);
  put(store, brand_a());
  CHECK(store.tokens().at(0).token.id != old_id);
  CHECK(store.history({}).back().change.kind == "token_added");
}

TEST_CASE("tokens: facts that were learnt are kept") {
  auto store = samples::open_in_memory();
  put(store, brand_a());
  store::Batch batch;
  batch.tokens = {store.tokens().at(0).token};
  batch.tokens[0].user_id = "99";
  batch.tokens[0].labels = {{"client", "B"}};
  store.commit(batch);
  CHECK(store.tokens().at(0).token == batch.tokens[0]);
}

TEST_CASE("tokens: sealed values that change places do not open") {
  for (const char* swap :
       {"UPDATE tokens SET sealed_token = sealed_secret, sealed_secret = sealed_token WHERE name = 'brand-a'",
        "UPDATE tokens SET sealed_token = (SELECT sealed_token FROM tokens WHERE name = 'brand-b') "
        "WHERE name = 'brand-a'"}) {
    const TemporaryDirectory directory;
    auto store = samples::open(directory / "store.db");
    put(store, brand_a());
    put(store, samples::token("brand-b"));
    store::Database(directory / "store.db").run(swap);
    CHECK_THROWS_WITH_AS(store.tokens(), doctest::Contains("the secret of token brand-a cannot be opened"),
                         store::UnusableStore);
  }
}

TEST_CASE("tokens: no secret is in the files, neither in the database nor in its log") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  auto token = brand_a();
  token.secrets = {base::Secret("CANARY-TOKEN-4711"), base::Secret("CANARY-SECRET-4711")};
  put(store, std::move(token));
  CHECK(content_of(directory / "store.db-wal").find("brand-a") != std::string::npos);
  CHECK(content_of(directory / "store.db-wal").find("CANARY") == std::string::npos);
  store::Database(directory / "store.db").run("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(content_of(directory / "store.db").find("brand-a") != std::string::npos);
  CHECK(content_of(directory / "store.db").find("CANARY") == std::string::npos);
}
