#include "base/random.h"

#include <doctest/doctest.h>

namespace base {

TEST_CASE("random: the same seed gives the same bytes, another seed others") {
  SeededRandom one(5);
  SeededRandom same(5);
  SeededRandom other(6);
  const auto first = one.next_u64();
  CHECK(first == same.next_u64());
  CHECK(first != other.next_u64());
}

TEST_CASE("random: the unit stays in zero to one and uses its breadth") {
  SeededRandom random(9);
  double least = 1;
  double most = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double unit = random.next_unit();
    REQUIRE(unit >= 0);
    REQUIRE(unit < 1);
    least = std::min(least, unit);
    most = std::max(most, unit);
  }
  CHECK(least < 0.01);
  CHECK(most > 0.99);
}

TEST_CASE("random: all bits set give less than one") {
  struct AllOnes final : Random {
    void fill(std::span<unsigned char> bytes) override {
      for (auto& byte : bytes) byte = 0xFF;
    }
  } random;
  CHECK(random.next_unit() < 1);
}

TEST_CASE("random: the system's generator fills what it is given") {
  SystemRandom random;
  std::array<unsigned char, 32> first{};
  std::array<unsigned char, 32> second{};
  random.fill(first);
  random.fill(second);
  CHECK(first != second);
  random.fill({});
}

}  // namespace base
