#include "service/keyring.h"

#include <doctest/doctest.h>

namespace {

base::SeededRandom random_source(9);

store::StoredToken stored(const audit::TokenId& id, const std::string& secret, const std::string& app = "agency") {
  store::StoredToken token{.token = {.id = id, .name = "t", .app = app}};
  token.secrets = {base::Secret("key"), base::Secret(secret)};
  return token;
}

std::vector<audit::TokenId> replace(service::Keyring& keyring, store::StoredToken token) {
  std::vector<store::StoredToken> tokens;
  tokens.push_back(std::move(token));
  return keyring.replace(tokens);
}

std::vector<service::App> agency() {
  std::vector<service::App> apps;
  apps.push_back({"agency", {base::Secret("ck"), base::Secret("cs")}});
  return apps;
}

}  // namespace

TEST_CASE("keyring: a replaced secret is told, the same one is not") {
  const auto apps = agency();
  service::Keyring keyring(apps);
  const auto id = audit::TokenId::make(base::Instant{}, random_source);
  CHECK(replace(keyring, stored(id, "one")).empty());
  CHECK(replace(keyring, stored(id, "one")).empty());
  CHECK(replace(keyring, stored(id, "two")) == std::vector{id});
  CHECK(keyring.keys_of(id)->token.secret.reveal() == "two");
}

TEST_CASE("keyring: a request under way keeps the keys it was signed with") {
  const auto apps = agency();
  service::Keyring keyring(apps);
  const auto id = audit::TokenId::make(base::Instant{}, random_source);
  replace(keyring, stored(id, "one"));
  const auto held = keyring.keys_of(id);
  std::vector<store::StoredToken> none;
  keyring.replace(none);
  CHECK(keyring.keys_of(id) == nullptr);
  CHECK(held->token.secret.reveal() == "one");
}

TEST_CASE("keyring: a token of an unknown app has no keys") {
  const auto apps = agency();
  service::Keyring keyring(apps);
  const auto id = audit::TokenId::make(base::Instant{}, random_source);
  replace(keyring, stored(id, "one", "other"));
  CHECK(keyring.keys_of(id) == nullptr);
  CHECK_FALSE(keyring.knows_app("other"));
}
