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

/// The second of a token's secrets, for all to see.
std::string secret_of(store::Store& store, const store::TokenRow& row) {
  return std::string(store.opener()->open(row.token.id, row.token.name, row.sealed).secret.reveal());
}

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
  CHECK_FALSE(tokens[0].removed);
  const auto secrets = store.opener()->open(tokens[0].token.id, "brand-a", tokens[0].sealed);
  CHECK(secrets.token.reveal() == "token of brand-a");
  CHECK(secrets.secret.reveal() == "secret of brand-a");
  CHECK(tokens[1].token.name == "brand-b");
}

TEST_CASE("tokens: without the secrets no key is needed") {
  const TemporaryDirectory directory;
  {
    auto store = samples::open(directory / "store.db");
    put(store, brand_a());
  }
  auto store = samples::open(directory / "store.db", store::Access::kDaemon, "");
  CHECK(store.tokens().at(0).token.name == "brand-a");
  CHECK_THROWS_WITH_AS(store.opener(), doctest::Contains("set store.key"), store::UnusableStore);
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
  const auto before = witness.text("SELECT hex(sealed) FROM tokens");
  auto again = brand_a();
  again.accounts = {"18ce55gze09", "18ce54d4x5t"};
  put(store, std::move(again));
  CHECK(store.history({}).size() == 1);
  CHECK(witness.text("SELECT hex(sealed) FROM tokens") == before);
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
  CHECK(secret_of(store, store.tokens().at(0)) == "canary");
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
  CHECK(witness.number("SELECT count(*) FROM tokens WHERE name = 'brand-a' AND sealed IS NULL AND "
                       "removed_at = 1795435200123") == 1);
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

TEST_CASE("tokens: the secrets of another token, altered ones and those of another key do not open") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  put(store, brand_a());
  put(store, samples::token("brand-b"));
  auto [own, other] = std::pair(store.tokens().at(0), store.tokens().at(1));
  const auto opener = store.opener();
  const auto refused = [&](std::string_view sealed) {
    CHECK_THROWS_WITH_AS(opener->open(own.token.id, "brand-a", sealed),
                         doctest::Contains("the secrets of token brand-a cannot be opened"), store::UnusableStore);
  };
  refused(other.sealed);
  refused("");
  own.sealed.back() = static_cast<char>(own.sealed.back() ^ 1);
  refused(own.sealed);
  auto stranger = samples::open(":memory:", store::Access::kDaemon, samples::kOtherKey);
  put(stranger, brand_a());
  CHECK_THROWS_WITH_AS(opener->open(own.token.id, "brand-a", stranger.tokens().at(0).sealed),
                       doctest::Contains("sealed with another key"), store::UnusableStore);
}

TEST_CASE("tokens: one broken row does not keep the others from opening") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  put(store, brand_a());
  put(store, samples::token("brand-b"));
  store::Database(directory / "store.db").run("UPDATE tokens SET sealed = x'00' WHERE name = 'brand-a'");
  const auto loaded = samples::Loaded(store);
  const auto opener = store.opener();
  CHECK_THROWS_AS(opener->open(loaded.tokens.at(0).token.id, "brand-a", loaded.tokens.at(0).sealed),
                  store::UnusableStore);
  CHECK(secret_of(store, loaded.tokens.at(1)) == "secret of brand-b");
}

TEST_CASE("tokens: secrets that do not open are replaced when the token is put again") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  put(store, brand_a());
  store::Database(directory / "store.db").run("UPDATE tokens SET sealed = x'00'");
  put(store, brand_a());
  CHECK(secret_of(store, store.tokens().at(0)) == "secret of brand-a");
  CHECK(store.history({}).back().change.kind == "token_replaced");
}

TEST_CASE("tokens: the user that an access token claims is read from it, when it names one") {
  const auto claimed = [](const char* access_token) {
    auto store = samples::open_in_memory();
    auto token = brand_a();
    token.secrets.token = base::Secret(access_token);
    put(store, std::move(token));
    return store.tokens().at(0).claimed_user;
  };
  CHECK(claimed("2417045708-abcDEF") == "2417045708");
  CHECK(claimed("0012-abc") == "0012");
  CHECK(claimed("99999999999999999999999-abc") == "99999999999999999999999");
  CHECK(claimed("-abc").empty());
  CHECK(claimed("2417045708").empty());
  CHECK(claimed("24x17-abc").empty());
  CHECK(claimed("").empty());
}

TEST_CASE("tokens: users, labels and accounts of every shape come back") {
  auto store = samples::open_in_memory();
  const auto kept = [&](const std::string& user, const audit::Labels& labels,
                        const std::vector<std::string>& accounts) {
    auto token = brand_a();
    token.token.user_id = user;
    token.token.labels = labels;
    token.accounts = accounts;
    put(store, std::move(token));
    const auto row = store.tokens().at(0);
    CHECK(row.token.user_id == user);
    CHECK(row.token.labels == labels);
    CHECK(row.accounts == accounts);
  };
  kept("1", {}, {});
  kept("0", {{"", ""}}, {"18ce54d4x5t"});
  kept("007", {{"a", "b c"}}, {"18ce54d4x5t", "18ce55gze09"});
  kept("18446744073709551616", {}, {"with blank", ""});
  kept("-5", {}, {"[", "]"});
  kept("handle", {}, {""});
}

TEST_CASE("tokens: what was added, replaced or removed since a revision is told once") {
  auto store = samples::open_in_memory();
  CHECK(store.tokens_since(0).tokens.empty());
  CHECK(store.tokens_since(0).revision == 0);
  put(store, brand_a());
  put(store, samples::token("brand-b"));
  auto news = store.tokens_since(0);
  REQUIRE(news.tokens.size() == 2);
  CHECK(samples::Loaded(store).revision == news.revision);
  CHECK(store.tokens_since(news.revision).tokens.empty());
  CHECK(store.tokens_since(news.revision).revision == news.revision);

  put(store, brand_a());
  CHECK(store.tokens_since(news.revision).tokens.empty());
  auto replaced = brand_a();
  replaced.secrets.secret = base::Secret("new");
  put(store, std::move(replaced));
  const auto second = store.tokens_since(news.revision);
  REQUIRE(second.tokens.size() == 1);
  CHECK(second.tokens[0].token.name == "brand-a");
  CHECK(second.revision > news.revision);

  store.remove_token("brand-b", make_id<verdict::ChangeId>(), kNoon);
  const auto third = store.tokens_since(second.revision);
  REQUIRE(third.tokens.size() == 1);
  CHECK(third.tokens[0].removed);
  CHECK(third.tokens[0].sealed.empty());
  CHECK(third.tokens[0].token.id == news.tokens[1].token.id);
}

TEST_CASE("tokens: facts that the daemon learnt are no news to it") {
  auto store = samples::open_in_memory();
  put(store, brand_a());
  const auto before = store.tokens_since(0);
  store::Batch batch;
  batch.tokens = {before.tokens.at(0).token};
  batch.tokens[0].user_id = "99";
  store.commit(batch);
  CHECK(store.tokens_since(before.revision).tokens.empty());
}

TEST_CASE("tokens: a name may come and go often, even within a millisecond") {
  auto store = samples::open_in_memory();
  for (int round = 0; round < 3; ++round) {
    put(store, brand_a());
    CHECK(store.remove_token("brand-a", make_id<verdict::ChangeId>(), kNoon));
  }
  put(store, brand_a());
  CHECK(store.tokens().size() == 1);
  CHECK(store.history({.token = "brand-a"}).size() == 7);
}

TEST_CASE("tokens: loading gives live ones, and removed ones that something living names") {
  auto store = samples::open_in_memory();
  const auto live = samples::put_token(store, "live");
  const auto of_probe = samples::put_token(store, "of-probe");
  const auto of_incident = samples::put_token(store, "of-incident");
  samples::put_token(store, "gone");
  store::Batch batch;
  batch.probes = {samples::probe(of_probe, "acc1")};
  batch.incidents = {samples::incident(of_incident, "acc1")};
  store.commit(batch);
  for (const char* name : {"of-probe", "of-incident", "gone"})
    store.remove_token(name, make_id<verdict::ChangeId>(), kNoon);
  const auto tokens = samples::Loaded(store).tokens;
  REQUIRE(tokens.size() == 3);
  CHECK(tokens[0].token.id == live);
  CHECK_FALSE(tokens[0].removed);
  CHECK(tokens[1].token.id == of_probe);
  CHECK(tokens[1].removed);
  CHECK(tokens[2].token.id == of_incident);
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
