#include "audit/token_bucket.h"

#include <doctest/doctest.h>

using audit::TokenBucket;
using namespace std::chrono_literals;

namespace {
constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
}

TEST_CASE("token bucket: five global reads fit in a fifteen minute window") {
  TokenBucket bucket(5, 15min, kNoon);
  for (int read = 0; read < 5; ++read) CHECK(bucket.try_take(kNoon));
  CHECK_FALSE(bucket.try_take(kNoon));
  CHECK(bucket.next_at(kNoon) == kNoon + 3min);
  CHECK_FALSE(bucket.try_take(kNoon + 3min - 1ms));
  CHECK(bucket.try_take(kNoon + 3min));
}

TEST_CASE("token bucket: a rest refills it to its capacity and no further") {
  TokenBucket bucket(2, 10s, kNoon);
  CHECK(bucket.try_take(kNoon));
  CHECK(bucket.level(kNoon) == 1);
  CHECK(bucket.level(kNoon + 1h) == 2);
  CHECK(bucket.try_take(kNoon + 1h));
  CHECK(bucket.try_take(kNoon + 1h));
  CHECK_FALSE(bucket.try_take(kNoon + 1h));
}

TEST_CASE("token bucket: a limit of ten million refills more than one call in a millisecond") {
  TokenBucket bucket(10'000'000, 15min, kNoon);
  for (int call = 0; call < 1000; ++call) CHECK(bucket.try_take(kNoon));
  CHECK(bucket.level(kNoon) == 10'000'000 - 1000);
  CHECK(bucket.level(kNoon + 1ms) > 10'000'000 - 1000);
}

TEST_CASE("token bucket: a smaller limit keeps what was spent") {
  TokenBucket bucket(200, 15min, kNoon);
  for (int call = 0; call < 150; ++call) CHECK(bucket.try_take(kNoon));
  bucket.resize(160, kNoon);
  CHECK(bucket.level(kNoon) == 10);
  bucket.resize(100, kNoon);
  CHECK(bucket.level(kNoon) == 0);
}

TEST_CASE("token bucket: what others spent is gone, what they left is ours") {
  TokenBucket bucket(200, 15min, kNoon);
  bucket.cap_level(1500, kNoon);
  CHECK(bucket.level(kNoon) == 200);
  bucket.cap_level(3, kNoon);
  CHECK(bucket.level(kNoon) == 3);
  bucket.cap_level(100, kNoon);
  CHECK(bucket.level(kNoon) == 3);
  bucket.cap_level(-1, kNoon);
  CHECK(bucket.level(kNoon) == 0);
}

TEST_CASE("token bucket: a parked bucket gives nothing before its time") {
  TokenBucket bucket(5, 15min, kNoon);
  bucket.park(kNoon + 7min);
  bucket.park(kNoon + 2min);
  CHECK_FALSE(bucket.try_take(kNoon + 7min - 1ms));
  CHECK(bucket.next_at(kNoon) == kNoon + 7min);
  CHECK(bucket.try_take(kNoon + 7min));
}

TEST_CASE("token bucket: its two instants are all that a restart needs") {
  TokenBucket before(5, 15min, kNoon);
  for (int call = 0; call < 4; ++call) CHECK(before.try_take(kNoon));
  before.park(kNoon + 1min);
  TokenBucket after(5, 15min, kNoon + 10s);
  after.restore(before.full_at(), before.parked_until());
  CHECK(after.level(kNoon + 10s) == before.level(kNoon + 10s));
  CHECK(after.next_at(kNoon + 10s) == kNoon + 1min);
}
