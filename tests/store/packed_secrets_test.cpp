#include "store/packed_secrets.h"

#include <doctest/doctest.h>

#include "base/random.h"

namespace {

xads::AccessToken secrets(const std::string& token, const std::string& secret) {
  return {base::Secret(token), base::Secret(secret)};
}

void check_round_trip(const std::string& token, const std::string& secret) {
  const auto packed = store::pack_secrets(secrets(token, secret));
  const auto back = store::unpack_secrets(packed.reveal());
  REQUIRE(back);
  CHECK(back.value().token.reveal() == token);
  CHECK(back.value().secret.reveal() == secret);
}

const std::string kToken = "756201191646691328-AbcdefghijKLMNOPQRSTuvwxyz0123456789abcd";
const std::string kSecret = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs";

}  // namespace

TEST_CASE("packed secrets: X's own take 75 bytes and come back letter by letter") {
  CHECK(store::pack_secrets(secrets(kToken, kSecret)).reveal().size() == 75);
  check_round_trip(kToken, kSecret);
}

TEST_CASE("packed secrets: texts of any other shape come back as they were") {
  for (const std::string token : {"", "-", "77", "77-", "077-abc", "18446744073709551616-abc", "18446744073709551615-a",
                                  "77-a b", "token of brand-a", "77-\xC3\xA4", "x77-abc"}) {
    check_round_trip(token, kSecret);
    check_round_trip(token, "");
    check_round_trip(token, "with space");
  }
  check_round_trip(kToken, std::string(300, 'x'));
  check_round_trip("77-" + std::string(255, 'x'), std::string(200, 'y'));
}

TEST_CASE("packed secrets: random ones of all lengths come back") {
  base::SeededRandom random(5);
  constexpr std::string_view kLetters = "ABCXYZabcxyz0189-_";
  for (int round = 0; round < 2000; ++round) {
    std::string token = std::to_string(random.next_u64() >> (random.next_u64() % 64)) + "-", secret;
    for (auto left = random.next_u64() % 60; left > 0; --left) token += kLetters[random.next_u64() % kLetters.size()];
    for (auto left = random.next_u64() % 60; left > 0; --left) secret += kLetters[random.next_u64() % kLetters.size()];
    check_round_trip(token, secret);
  }
}

TEST_CASE("packed secrets: what is too long to be X's is refused without showing it") {
  CHECK_THROWS_WITH(store::pack_secrets(secrets(std::string(400, 'q'), std::string(113, 'q'))),
                    "an access token and its secret have more than 512 bytes together, and X's have about 100: these "
                    "are no such");
}

TEST_CASE("packed secrets: bytes that were not packed are refused") {
  const std::string good(store::pack_secrets(secrets(kToken, kSecret)).reveal());
  for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(store::unpack_secrets(good.substr(0, size)));
  CHECK_FALSE(store::unpack_secrets(good + "x"));
  CHECK_FALSE(store::unpack_secrets(std::string("\x02") + good.substr(1)));
  CHECK_FALSE(
      store::unpack_secrets(std::string("\0\0\x05"
                                        "abc",
                                        6)));
}
