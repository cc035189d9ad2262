#include "audit/token_bucket.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using audit::TokenBucket;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

int take_all(TokenBucket& bucket, base::Instant now) {
  int taken = 0;
  while (bucket.try_take(now)) ++taken;
  return taken;
}

/// The most calls in any half-open span of a window that begins with a call: no other span holds more.
std::size_t most_in_a_window(const std::vector<base::Instant>& calls, base::Duration window) {
  std::size_t most = 0, end = 0;
  for (std::size_t begin = 0; begin < calls.size(); ++begin) {
    while (end < calls.size() && calls[end] < calls[begin] + window) ++end;
    most = std::max(most, end - begin);
  }
  return most;
}

/// Somebody asks at random: storms, single calls, pauses, and exactly when the bucket says.
class Demand {
 public:
  Demand(unsigned seed, base::Duration window) : random_(seed), window_(window) {}

  base::Instant next(base::Instant now, const TokenBucket& bucket) {
    switch (random_() % 8) {
      case 0:
        return now + base::Duration(static_cast<long>(random_() % static_cast<unsigned>(window_.count())));
      case 1:
        return now + base::Duration(static_cast<long>(random_() % 1000));
      case 2:
      case 3:
        return now;
      default:
        return bucket.next_at(now);
    }
  }
  unsigned operator()() { return static_cast<unsigned>(random_()); }

 private:
  std::mt19937 random_;
  base::Duration window_;
};

}  // namespace

TEST_CASE("token bucket: five global reads come three minutes apart, never two at once") {
  TokenBucket bucket(5, 15min);
  CHECK(bucket.try_take(kNoon));
  CHECK_FALSE(bucket.try_take(kNoon));
  CHECK(bucket.next_at(kNoon) == kNoon + 3min);
  CHECK_FALSE(bucket.try_take(kNoon + 3min - 1ms));
  CHECK(bucket.try_take(kNoon + 3min));
}

TEST_CASE("token bucket: of two hundred calls twenty-one go at once, the others five seconds apart") {
  TokenBucket bucket(200, 15min);
  CHECK(bucket.level(kNoon) == 21);
  CHECK(take_all(bucket, kNoon) == 21);
  CHECK(bucket.level(kNoon) == 0);
  CHECK(bucket.next_at(kNoon) == kNoon + 5s);
  CHECK(bucket.full_at() == kNoon + 105s);
  CHECK(bucket.level(kNoon + 52s) == 10);
  CHECK(bucket.level(kNoon + 1h) == 21);
}

TEST_CASE("token bucket: whoever takes all that it gives gets its capacity in the first window, then its pace") {
  TokenBucket bucket(200, 15min);
  int first = 0, tenth = 0;
  for (base::Instant now = kNoon; now < kNoon + 150min; now += 1s) {
    const int taken = take_all(bucket, now);
    if (now < kNoon + 15min) first += taken;
    if (now >= kNoon + 135min) tenth += taken;
  }
  CHECK(first == 200);
  CHECK(tenth == 180);
  CHECK(TokenBucket::pace_of(200) == 180);
}

TEST_CASE("token bucket: the least capacity of a pace has that pace, and one less has not") {
  CHECK(TokenBucket::capacity_for(180) == 199);
  CHECK(TokenBucket::capacity_for(0) == 1);
  for (int pace = 2; pace < 5000; ++pace) {
    REQUIRE(TokenBucket::pace_of(TokenBucket::capacity_for(pace)) == pace);
    REQUIRE(TokenBucket::pace_of(TokenBucket::capacity_for(pace) - 1) < pace);
  }
}

TEST_CASE("token bucket: no window sees more calls than the capacity, whatever is asked") {
  for (const int capacity : {1, 2, 5, 9, 10, 200, 2000}) {
    for (unsigned seed = 0; seed < 5; ++seed) {
      TokenBucket bucket(capacity, 15min);
      Demand demand(seed, 15min);
      std::vector<base::Instant> calls;
      base::Instant now = kNoon;
      for (int turn = 0; turn < 5000; ++turn) {
        now = std::max(now, demand.next(now, bucket));
        while (demand() % 64 != 0 && bucket.try_take(now)) calls.push_back(now);
      }
      CAPTURE(capacity);
      CAPTURE(seed);
      CHECK(calls.size() > 1000);
      CHECK(most_in_a_window(calls, 15min) <= static_cast<std::size_t>(capacity));
    }
  }
}

TEST_CASE("token bucket: over changes of the capacity no window sees more calls than the largest of them") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const int capacities[] = {10, 200, 9, 2, 57};
    TokenBucket bucket(200, 15min);
    Demand demand(seed, 15min);
    std::vector<base::Instant> calls;
    base::Instant now = kNoon;
    for (int turn = 0; turn < 5000; ++turn) {
      now = std::max(now, demand.next(now, bucket));
      if (demand() % 4 == 0) bucket.resize(capacities[demand() % 5], now);
      while (demand() % 64 != 0 && bucket.try_take(now)) calls.push_back(now);
    }
    CAPTURE(seed);
    CHECK(calls.size() > 500);
    CHECK(most_in_a_window(calls, 15min) <= 200);
  }
}

TEST_CASE("token bucket: over restarts and emptyings no window sees more calls than the capacity") {
  for (const int capacity : {1, 5, 10, 200}) {
    TokenBucket bucket(capacity, 15min);
    Demand demand(7, 15min);
    std::vector<base::Instant> calls;
    base::Instant now = kNoon;
    for (int turn = 0; turn < 5000; ++turn) {
      now = std::max(now, demand.next(now, bucket));
      if (demand() % 16 == 0) {
        TokenBucket after(capacity, 15min);
        after.restore(bucket.full_at(), now);
        bucket = after;
      }
      if (demand() % 64 == 0) {  // a crash that nobody wrote down
        bucket = TokenBucket(capacity, 15min);
        bucket.empty(now);
      }
      while (demand() % 64 != 0 && bucket.try_take(now)) calls.push_back(now);
    }
    CAPTURE(capacity);
    CHECK(most_in_a_window(calls, 15min) <= static_cast<std::size_t>(capacity));
  }
}

TEST_CASE("token bucket: a limit of ten million gives more than one call in a millisecond") {
  TokenBucket bucket(10'000'000, 15min);
  CHECK(take_all(bucket, kNoon) == 1'000'001);
  CHECK(take_all(bucket, kNoon + 1ms) == 10);
  CHECK(take_all(bucket, kNoon + 2ms) == 10);
}

TEST_CASE("token bucket: another capacity keeps what was spent") {
  TokenBucket bucket(200, 15min);
  for (int call = 0; call < 10; ++call) CHECK(bucket.try_take(kNoon));
  bucket.resize(400, kNoon);
  CHECK(bucket.level(kNoon) == 31);
  bucket.resize(100, kNoon);
  CHECK(bucket.level(kNoon) == 1);
  bucket.resize(50, kNoon);
  CHECK(bucket.level(kNoon) == 0);
  bucket.resize(200, kNoon);
  CHECK(bucket.level(kNoon) == 11);
}

TEST_CASE("token bucket: after shrinking, a window without a call forgives all that was spent") {
  TokenBucket bucket(2000, 15min);
  CHECK(take_all(bucket, kNoon) == 201);
  bucket.resize(5, kNoon);
  CHECK(bucket.next_at(kNoon) == kNoon + 15min);
  CHECK(bucket.full_at() == kNoon + 15min);
  CHECK_FALSE(bucket.try_take(kNoon + 15min - 1ms));
  CHECK(bucket.try_take(kNoon + 15min));
  CHECK(bucket.next_at(kNoon + 15min) == kNoon + 18min);
}

TEST_CASE("token bucket: an emptied bucket gives its first call after an interval and is full after its burst") {
  TokenBucket bucket(200, 15min);
  bucket.empty(kNoon);
  CHECK(bucket.level(kNoon) == 0);
  CHECK(bucket.next_at(kNoon) == kNoon + 5s);
  CHECK(bucket.level(kNoon + 105s) == 21);
  bucket.empty(kNoon - 1h);
  CHECK(bucket.level(kNoon) == 0);
}

TEST_CASE("token bucket: its instant is all that a restart needs") {
  TokenBucket before(200, 15min);
  for (int call = 0; call < 14; ++call) CHECK(before.try_take(kNoon));
  TokenBucket after(200, 15min);
  after.restore(before.full_at(), kNoon);
  CHECK(after.level(kNoon) == 7);
  CHECK(after.level(kNoon + 10s) == before.level(kNoon + 10s));
}

TEST_CASE("token bucket: an instant from a clock that ran ahead empties it for a window at most") {
  TokenBucket bucket(200, 15min);
  bucket.restore(kNoon + 24h, kNoon);
  CHECK(bucket.level(kNoon) == 0);
  CHECK(bucket.full_at() == kNoon + 15min);
}

TEST_CASE("token bucket: spare calls leave at least half of the burst") {
  TokenBucket bucket(200, 15min);
  int spare = 0;
  while (bucket.next_spare_at(kNoon) == kNoon) {
    CHECK(bucket.try_take(kNoon));
    ++spare;
  }
  CHECK(spare == 10);
  CHECK(bucket.level(kNoon) == 11);
  CHECK(bucket.next_spare_at(kNoon) == kNoon + 5s);
}

TEST_CASE("token bucket: a spare call waits until a burst of one has been full for an interval") {
  TokenBucket bucket(5, 15min);
  CHECK(bucket.next_spare_at(kNoon) == kNoon);
  CHECK(bucket.try_take(kNoon));
  CHECK(bucket.next_at(kNoon) == kNoon + 3min);
  CHECK(bucket.next_spare_at(kNoon) == kNoon + 6min);
}

TEST_CASE("token bucket: greedy spare calls never make a routine within its pace wait for more than an interval") {
  for (const int capacity : {2, 5, 10, 20, 200}) {
    const base::Duration interval =
        std::chrono::ceil<base::Duration>(15min / static_cast<double>(TokenBucket::pace_of(capacity)));
    TokenBucket bucket(capacity, 15min);
    base::Instant wanted = kNoon;
    base::Duration longest{0};
    int spare = 0;
    for (base::Instant now = kNoon; now < kNoon + 3h; now += 100ms) {
      while (wanted <= now && bucket.try_take(now)) {
        longest = std::max(longest, now - wanted);
        wanted += interval + interval / 10;  // nine tenths of the pace
      }
      if (bucket.next_spare_at(now) == now) spare += bucket.try_take(now);
    }
    CAPTURE(capacity);
    CHECK(longest <= interval + 100ms);
    if (capacity > 10) CHECK(spare > 0);
  }
}
