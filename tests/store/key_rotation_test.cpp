#include "store/key_rotation.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "samples.h"
#include "temporary_directory.h"

namespace {

using samples::kNoon;

store::StoreOptions both_keys(const std::string& path, store::Access access = store::Access::kOperator) {
  return {path, base::Secret(samples::kOtherKey), access, base::Secret(samples::kKey)};
}
store::SqliteStore open_with_both(const std::string& path, store::Access access = store::Access::kDaemon) {
  return {store::open_database(both_keys(path, access), kNoon), samples::random()};
}
store::Rotation rotate(const std::string& path) {
  return store::rotate_key(both_keys(path), samples::random(), kNoon, [](std::uint64_t, std::uint64_t) {});
}

/// Tokens whose secrets the store's keys open.
std::size_t readable(store::Store& store) {
  const auto opener = store.opener();
  std::size_t count = 0;
  for (const auto& row : store.tokens())
    count += opener->open(row.token.id, row.token.name, row.sealed).secret.reveal() == "secret of " + row.token.name;
  return count;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string id_bytes_of(const std::string& key) {
  return store::Seal::from_master(base::Secret(key)).value().key_id_bytes();
}

/// A database with so many tokens, sealed with the key of all tests.
struct Sealed {
  explicit Sealed(int count = 2500) {
    auto store = samples::open(path);
    std::vector<store::StoredToken> tokens;
    std::vector<verdict::ChangeId> ids;
    for (int i = 0; i < count; ++i) {
      tokens.push_back(samples::token("brand-" + std::to_string(i)));
      ids.push_back(samples::make_id<verdict::ChangeId>());
    }
    store.put_tokens(tokens, ids, kNoon);
  }
  TemporaryDirectory directory;
  std::string path = directory / "store.db";
};

}  // namespace

TEST_CASE_FIXTURE(Sealed, "key rotation: every secret opens with the new key, and nothing with the old one") {
  const auto rotation = rotate(path);
  CHECK(rotation.resealed == 2500);
  CHECK(rotation.complete);
  CHECK(rotation.leftovers == 0);
  CHECK(rotation.unreadable.empty());
  CHECK(content_of(path).find(id_bytes_of(samples::kKey)) == std::string::npos);
  CHECK(content_of(path + "-wal").find(id_bytes_of(samples::kKey)) == std::string::npos);
  auto store = samples::open(path, store::Access::kDaemon, samples::kOtherKey);
  CHECK(readable(store) == 2500);
  CHECK_THROWS_WITH_AS(samples::open(path, store::Access::kOperator), doctest::Contains("sealed with another key"),
                       store::UnusableStore);
}

TEST_CASE_FIXTURE(Sealed, "key rotation: before it both keys open, and the old one seals") {
  auto store = open_with_both(path);
  samples::put_token(store, "late");
  CHECK(readable(store) == 2501);
  auto old = samples::open(path, store::Access::kOperator);
  CHECK(readable(old) == 2501);
}

TEST_CASE_FIXTURE(Sealed,
                  "key rotation: with a daemon that has both keys it goes on, and the daemon opens old and new") {
  auto daemon = open_with_both(path);
  const auto before = daemon.tokens();
  const auto rotation = rotate(path);
  CHECK(rotation.complete);
  CHECK(rotation.leftovers == 0);
  CHECK(readable(daemon) == 2500);
  const auto opener = daemon.opener();
  CHECK(opener->open(before[0].token.id, "brand-0", before[0].sealed).token.reveal() ==
        "token of " + before[0].token.name);
  samples::put_token(daemon, "late");
  auto fresh = samples::open(path, store::Access::kOperator, samples::kOtherKey);
  CHECK(readable(fresh) == 2501);
}

TEST_CASE_FIXTURE(Sealed, "key rotation: a daemon without the new key forbids it, and nothing is sealed anew") {
  auto daemon = samples::open(path);
  CHECK_THROWS_WITH_AS(rotate(path), doctest::Contains("does not know the new key; restart it"), store::LockedStore);
  CHECK(readable(daemon) == 2500);
}

TEST_CASE_FIXTURE(Sealed, "key rotation: once it began, either key alone is refused, and the message says what to do") {
  {
    store::Database intruder(path);
    intruder.run("INSERT INTO meta (name, value) VALUES ('new_key_id', '" +
                 store::Seal::from_master(base::Secret(samples::kOtherKey)).value().key_id() + "')");
  }
  CHECK_THROWS_WITH_AS(samples::open(path), doctest::Contains("store.old_key"), store::UnusableStore);
  CHECK_THROWS_WITH_AS(samples::open(path, store::Access::kDaemon, samples::kOtherKey),
                       doctest::Contains("store.old_key"), store::UnusableStore);
  auto store = open_with_both(path, store::Access::kOperator);
  CHECK(readable(store) == 2500);
  samples::put_token(store, "late");  // with the new key now
  CHECK(rotate(path).resealed == 2500);
}

TEST_CASE_FIXTURE(Sealed, "key rotation: a token that does not open is named, and the rest is sealed anew") {
  {
    store::Database intruder(path);
    intruder.run(
        "UPDATE tokens SET sealed = CAST(substr(sealed, 1, 20) || 'nothing that a key has sealed, ever' AS BLOB) WHERE "
        "name = 'brand-7'");
  }
  auto rotation = rotate(path);
  CHECK(rotation.unreadable == std::vector<std::string>{"brand-7"});
  CHECK(rotation.resealed == 2499);
  CHECK_FALSE(rotation.complete);
  {
    auto store = open_with_both(path, store::Access::kOperator);
    store.remove_token("brand-7", samples::make_id<verdict::ChangeId>(), kNoon);
  }
  rotation = rotate(path);
  CHECK(rotation.complete);
  CHECK(rotation.resealed == 0);
}

TEST_CASE_FIXTURE(Sealed, "key rotation: a second run has nothing to do") {
  rotate(path);
  const auto rotation = rotate(path);
  CHECK(rotation.resealed == 0);
  CHECK(rotation.complete);
  CHECK(rotation.leftovers == 0);
}

TEST_CASE("a lost key: as long as something is sealed with it, the database is locked, and the message tells the way") {
  Sealed sealed(2);
  CHECK_THROWS_WITH_AS(samples::open(sealed.path, store::Access::kDaemon, samples::kOtherKey),
                       doctest::Contains("if that key is lost, remove all tokens"), store::UnusableStore);
  auto command = store::SqliteStore(
      store::open_database({sealed.path, base::Secret(), store::Access::kOperator}, kNoon), samples::random());
  CHECK(command.remove_token("brand-0", samples::make_id<verdict::ChangeId>(), kNoon));
  CHECK_THROWS_AS(samples::open(sealed.path, store::Access::kDaemon, samples::kOtherKey), store::UnusableStore);
}

TEST_CASE("a lost key: when nothing is sealed any more, another one takes its place, and the lost one is refused") {
  Sealed sealed(1);
  samples::open(sealed.path, store::Access::kOperator)
      .remove_token("brand-0", samples::make_id<verdict::ChangeId>(), kNoon);
  {
    auto daemon = samples::open(sealed.path, store::Access::kDaemon, samples::kOtherKey);
    CHECK_NOTHROW(daemon.opener());
    auto command = samples::open(sealed.path, store::Access::kOperator, samples::kOtherKey);
    samples::put_token(command, "brand-1");
    CHECK(readable(daemon) == 1);
    CHECK(daemon.history({}).size() == 3);
  }
  {
    auto daemon = samples::open(sealed.path, store::Access::kDaemon, samples::kOtherKey);
    CHECK(readable(daemon) == 1);
  }
  CHECK_THROWS_AS(samples::open(sealed.path), store::UnusableStore);
}

TEST_CASE("a lost key: beside a daemon that still has it, nothing is sealed with another one") {
  Sealed sealed(1);
  auto daemon = samples::open(sealed.path);
  daemon.remove_token("brand-0", samples::make_id<verdict::ChangeId>(), kNoon);
  auto command = samples::open(sealed.path, store::Access::kOperator, samples::kOtherKey);
  CHECK_THROWS_WITH_AS(samples::put_token(command, "brand-1"),
                       doctest::Contains("does not know the new key; restart it with it first"), store::LockedStore);
  samples::put_token(daemon, "brand-2");
  CHECK(readable(daemon) == 1);
}

TEST_CASE_FIXTURE(Sealed, "key rotation: without the old key it is refused") {
  auto options = both_keys(path);
  options.old_key = base::Secret();
  options.key = base::Secret(samples::kKey);
  CHECK_THROWS_WITH_AS(store::rotate_key(options, samples::random(), kNoon, [](std::uint64_t, std::uint64_t) {}),
                       doctest::Contains("both keys are needed"), store::UnusableStore);
}
