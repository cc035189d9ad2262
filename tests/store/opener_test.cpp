// What opens the secrets of tokens while they are being signed.
#include <doctest/doctest.h>

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

store::StoredToken brand_a() { return samples::token("brand-a"); }

}  // namespace

TEST_CASE("tokens: an opener lives longer than its store") {
  std::shared_ptr<const store::Opener> opener;
  store::TokenRow row;
  {
    auto store = samples::open_in_memory();
    put(store, brand_a());
    opener = store.opener();
    row = store.tokens().at(0);
  }
  CHECK(opener->open(row.token.id, "brand-a", row.sealed).secret.reveal() == "secret of brand-a");
}

TEST_CASE("tokens: an opener knows the same secrets under another seal") {
  auto store = samples::open_in_memory();
  auto other_store = samples::open_in_memory();
  auto token = brand_a();
  auto twin = brand_a();
  auto stranger = brand_a();
  twin.token.id = stranger.token.id = token.token.id;
  stranger.secrets.secret = base::Secret("new");
  put(store, std::move(token));
  const auto first = store.tokens().at(0);
  const auto opener = store.opener();
  put(other_store, std::move(twin));
  const auto second = other_store.tokens().at(0);
  put(other_store, std::move(stranger));
  const auto third = other_store.tokens().at(0);
  CHECK(first.sealed != second.sealed);
  CHECK(opener->same(first.token.id, first.sealed, second.sealed));
  CHECK_FALSE(opener->same(first.token.id, first.sealed, third.sealed));
  CHECK_FALSE(opener->same(first.token.id, first.sealed, "broken"));
}

TEST_CASE("tokens: a store that another key has sealed since it was opened is not written, and gives no opener") {
  const TemporaryDirectory directory;
  auto store = samples::open(directory / "store.db");
  {
    auto other = samples::open(directory / "store.db", store::Access::kOperator, samples::kOtherKey);
    put(other, brand_a());
  }
  CHECK_THROWS_WITH_AS(store.opener(), doctest::Contains("sealed with another key"), store::UnusableStore);
  CHECK_THROWS_AS(put(store, samples::token("brand-b")), store::UnusableStore);
  CHECK(store.tokens().size() == 1);
}
