#include "store/seal.h"

#include <doctest/doctest.h>

#include "base/encoding.h"
#include "samples.h"

namespace {

constexpr store::Cell kCell{"tokens", "tok_1", "sealed_secret"};

store::Seal seal_of(const std::string& key) { return store::Seal::from_master(base::Secret(key)).value(); }

std::string bytes_from(int first, int count) {
  std::string bytes;
  for (int byte = first; byte < first + count; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}

}  // namespace

TEST_CASE("seal: HKDF gives the first test vector of RFC 5869") {
  const auto derived = store::hkdf_sha256(std::string(22, '\x0b'), bytes_from(0, 13), bytes_from(0xf0, 10), 42);
  CHECK(base::to_hex(derived.reveal()) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST_CASE("seal: what was sealed opens in its own cell") {
  const auto seal = seal_of(samples::kKey);
  const auto sealed = seal.seal("the secret", kCell, samples::random());
  CHECK(seal.open(sealed, kCell).value().reveal() == "the secret");
  CHECK(sealed.find("the secret") == std::string::npos);
}

TEST_CASE("seal: an empty secret is sealed too") {
  const auto seal = seal_of(samples::kKey);
  CHECK(seal.open(seal.seal("", kCell, samples::random()), kCell).value().empty());
}

TEST_CASE("seal: the same secret looks different each time") {
  const auto seal = seal_of(samples::kKey);
  CHECK(seal.seal("the secret", kCell, samples::random()) != seal.seal("the secret", kCell, samples::random()));
}

TEST_CASE("seal: a value moved to another table, row or column does not open") {
  const auto seal = seal_of(samples::kKey);
  const auto sealed = seal.seal("the secret", kCell, samples::random());
  CHECK_FALSE(seal.open(sealed, {"token", "tok_1", "sealed_secret"}).ok());
  CHECK_FALSE(seal.open(sealed, {"tokens", "tok_2", "sealed_secret"}).ok());
  CHECK_FALSE(seal.open(sealed, {"tokens", "tok_1", "sealed_token"}).ok());
}

TEST_CASE("seal: names that run together differently are different cells") {
  const auto seal = seal_of(samples::kKey);
  const auto sealed = seal.seal("the secret", {"tokens", "ab", "c"}, samples::random());
  CHECK_FALSE(seal.open(sealed, {"tokens", "a", "bc"}).ok());
}

TEST_CASE("seal: every single flipped bit is refused") {
  const auto seal = seal_of(samples::kKey);
  auto sealed = seal.seal("the secret", kCell, samples::random());
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    sealed[bit / 8] = static_cast<char>(sealed[bit / 8] ^ (1 << bit % 8));
    CHECK_FALSE(seal.open(sealed, kCell).ok());
    sealed[bit / 8] = static_cast<char>(sealed[bit / 8] ^ (1 << bit % 8));
  }
  CHECK(seal.open(sealed, kCell).ok());
}

TEST_CASE("seal: ten thousand random alterations are refused") {
  const auto seal = seal_of(samples::kKey);
  const auto sealed = seal.seal("the secret", kCell, samples::random());
  int accepted = 0;
  for (int round = 0; round < 10'000; ++round) {
    auto altered = sealed;
    altered[samples::random().next_u64() % altered.size()] ^= static_cast<char>(1 + samples::random().next_u64() % 255);
    accepted += seal.open(altered, kCell).ok() ? 1 : 0;
  }
  CHECK(accepted == 0);
}

TEST_CASE("seal: a value cut anywhere is refused") {
  const auto seal = seal_of(samples::kKey);
  const auto sealed = seal.seal("the secret", kCell, samples::random());
  for (std::size_t size = 0; size < sealed.size(); ++size) CHECK_FALSE(seal.open(sealed.substr(0, size), kCell).ok());
}

TEST_CASE("seal: another key is recognised by its id") {
  const auto sealed = seal_of(samples::kKey).seal("the secret", kCell, samples::random());
  const auto opened = seal_of(samples::kOtherKey).open(sealed, kCell);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error() == "it is sealed with another key (id " + seal_of(samples::kKey).key_id() + ", this key is " +
                              seal_of(samples::kOtherKey).key_id() + ")");
}

TEST_CASE("seal: a key may end with a line break, as files do") {
  CHECK(seal_of(samples::kKey + "\n").key_id() == seal_of(samples::kKey).key_id());
}

TEST_CASE("seal: a key that is not base64 of 32 bytes is refused without repeating it") {
  for (const char* key : {"", "c2hvcnQ=", "not base64 at all", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"}) {
    const auto seal = store::Seal::from_master(base::Secret(key));
    REQUIRE_FALSE(seal.ok());
    CHECK(seal.error() == "the key must be base64 of 32 bytes, as adsauditd key init writes it");
  }
}

TEST_CASE("seal: a clone opens what the first has sealed") {
  const auto seal = seal_of(samples::kKey);
  const auto clone = seal.clone();
  CHECK(clone.open(seal.seal("the secret", kCell, samples::random()), kCell).value().reveal() == "the secret");
  CHECK(clone.key_id() == seal.key_id());
}

TEST_CASE("seal: a value opens after others did not") {
  const auto seal = seal_of(samples::kKey);
  const auto sealed = seal.seal("the secret", kCell, samples::random());
  auto altered = sealed;
  altered.back() = static_cast<char>(altered.back() + 1);
  CHECK_FALSE(seal.open(altered, kCell).ok());
  CHECK(seal.open(sealed, kCell).value().reveal() == "the secret");
}

TEST_CASE("seal: both secrets of a token lie in one value, 39 bytes longer than they are unless they look like X's") {
  const auto seal = seal_of(samples::kKey);
  const auto token = samples::make_id<audit::TokenId>();
  const std::string long_token(300, 't');
  for (const auto& [first, second] :
       {std::pair<std::string, std::string>{"token", "secret"}, {"", "secret"}, {"token", ""}, {long_token, "s"}}) {
    const auto sealed =
        store::seal_secrets(seal, {base::Secret(first), base::Secret(second)}, token, samples::random());
    CHECK(sealed.size() == first.size() + second.size() + 39);
    const auto opened = store::open_secrets(seal, sealed, token);
    REQUIRE(opened.ok());
    CHECK(opened.value().token.reveal() == first);
    CHECK(opened.value().secret.reveal() == second);
    CHECK_FALSE(store::open_secrets(seal, sealed, samples::make_id<audit::TokenId>()).ok());
  }
}

TEST_CASE("seal: a sealed value that holds no two secrets is refused") {
  const auto seal = seal_of(samples::kKey);
  const auto token = samples::make_id<audit::TokenId>();
  const store::Cell cell{"tokens", base::as_view(token.bytes()), "sealed"};
  for (const std::string& plain : {std::string(), std::string(1, '\0'), std::string("\0\2x", 3)}) {
    const auto opened = store::open_secrets(seal, seal.seal(plain, cell, samples::random()), token);
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error() == "it does not hold two secrets");
  }
}

TEST_CASE("seal: an access token that is too long to be one is refused, not cut") {
  CHECK_THROWS_WITH_AS(
      store::seal_secrets(seal_of(samples::kKey), {base::Secret(std::string(512, 't')), base::Secret("s")},
                          samples::make_id<audit::TokenId>(), samples::random()),
      doctest::Contains("more than 512 bytes together"), std::runtime_error);
}

TEST_CASE("seal: joined fields cannot be mistaken for others") {
  CHECK(store::join_fields({"a", "", "b:c,"}) == "1:a,0:,4:b:c,,");
  CHECK(store::join_fields({}).empty());
}
