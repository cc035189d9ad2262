#include "base/random.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>
#include <vector>

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

TEST_CASE("random: the system's generator repeats nothing, within a block, across blocks and between threads") {
  std::vector<std::uint64_t> numbers(2000);
  const auto draw = [&](std::size_t from) {
    for (std::size_t i = from; i < from + 1000; ++i) numbers[i] = SystemRandom().next_u64();
  };
  std::thread other(draw, 1000);
  draw(0);
  other.join();
  CHECK(std::set<std::uint64_t>(numbers.begin(), numbers.end()).size() == 2000);
}

TEST_CASE("random: the system's generator fills any length to its end") {
  SystemRandom random;
  for (const std::size_t length : {1u, 1023u, 1024u, 1025u, 4096u, 10'000u}) {
    std::vector<unsigned char> bytes(length + 1);
    std::set<unsigned char> last;  // thirty-two times the same byte is not chance
    for (int i = 0; i < 32; ++i) {
      random.fill(std::span(bytes).first(length));
      last.insert(bytes[length - 1]);
      REQUIRE(bytes[length] == 0);
    }
    CHECK(last.size() > 1);
  }
}

TEST_CASE("random: a child process does not get the bytes of its parent") {
  SystemRandom random;
  random.next_u64();  // the parent holds a block
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::uint64_t number = random.next_u64();
    ::_exit(::write(ends[1], &number, sizeof number) == sizeof number ? 0 : 1);
  }
  std::uint64_t of_child = 0;
  CHECK(::read(ends[0], &of_child, sizeof of_child) == sizeof of_child);
  CHECK(::waitpid(child, nullptr, 0) == child);
  ::close(ends[0]);
  ::close(ends[1]);
  CHECK(of_child != random.next_u64());
}

}  // namespace base
