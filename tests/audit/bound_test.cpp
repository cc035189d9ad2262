#include "audit/bound.h"

#include <doctest/doctest.h>

using namespace audit;
using namespace std::chrono_literals;

namespace {

constexpr Allowance kTenth{0.10, 20};

/// `count` accounts of one token, each asked every `interval`.
std::vector<PlannedPair> accounts_of_one_token(std::uint32_t count, base::Duration interval) {
  std::vector<PlannedPair> plan;
  for (std::uint32_t account = 0; account < count; ++account) {
    plan.push_back({TokenIndex{4}, AccountIndex{account}, interval, kTenth});
  }
  return plan;
}

}  // namespace

TEST_CASE("bound: interval, jitter, lateness, deadline and confirmations add up") {
  CHECK(detection_bound(15min, {}) == 16min + 30s + 1s + 10s + 30s);
  CHECK(detection_bound(15min, {.jitter = 0, .lateness = 0ms, .deadline = 0ms, .confirmations = 1}) == 15min);
  CHECK(detection_bound(1h, {.jitter = 0.5, .lateness = 2s, .deadline = 5s, .confirmations = 3, .spacing = 10s}) ==
        90min + 2s + 5s + 30s);
}

TEST_CASE("bound: a hundred and eighty accounts of one token fit in a tenth of 2,000 calls") {
  const Proof proof = prove(accounts_of_one_token(180, 15min), Counting::kToken, {}, {});
  CHECK(proof.fits);
  REQUIRE(proof.loads.size() == 1);
  CHECK(proof.loads[0].bucket == BucketId{Counting::kToken, Endpoint::kAccess, 4});
  CHECK(proof.loads[0].calls == doctest::Approx(180));
  CHECK(proof.loads[0].limit == 2000);
  CHECK(proof.loads[0].share == 200);
  CHECK(proof.loads[0].allowed == 180);
  CHECK(proof.loads[0].pairs == 180);
  REQUIRE(proof.bounds.size() == 180);
  CHECK(proof.bounds[0].interval == 15min);
  CHECK(proof.bounds[0].bound == 17min + 11s);
}

TEST_CASE("bound: twice as many do not fit, are asked half as often, and the proof says so") {
  const Proof proof = prove(accounts_of_one_token(360, 15min), Counting::kToken, {}, {});
  CHECK_FALSE(proof.fits);
  CHECK(proof.bounds[0].interval == 30min);
  CHECK(proof.bounds[0].bound == 33min + 41s);
}

TEST_CASE("bound: the same accounts fit when X counts by account") {
  const Proof proof = prove(accounts_of_one_token(360, 15min), Counting::kAccount, {}, {});
  CHECK(proof.fits);
  CHECK(proof.loads.size() == 360);
  CHECK(proof.bounds[0].bound == 17min + 11s);
}

TEST_CASE("bound: tokens on one account share its calls") {
  std::vector<PlannedPair> plan;
  for (std::uint32_t token = 0; token < 181; ++token) {
    plan.push_back({TokenIndex{token}, AccountIndex{9}, 15min, kTenth});
  }
  CHECK(prove(plan, Counting::kToken, {}, {}).fits);
  const Proof by_account = prove(plan, Counting::kAccount, {}, {});
  CHECK_FALSE(by_account.fits);
  CHECK(by_account.loads[0].bucket == BucketId{Counting::kAccount, Endpoint::kAccess, 9});
}

TEST_CASE("bound: known limits count instead of the documented ones") {
  const auto plan = accounts_of_one_token(18, 15min);
  CHECK(prove(plan, Counting::kToken, {.tokens = {{TokenIndex{4}, 200}}}, {}).fits);
  CHECK_FALSE(prove(plan, Counting::kToken, {.tokens = {{TokenIndex{4}, 180}}}, {}).fits);
  const Proof by_account = prove(plan, Counting::kAccount, {.accounts = {{AccountIndex{3}, 10}}}, {});
  CHECK(by_account.loads[0].bucket.owner == 3);
  CHECK(by_account.loads[0].allowed == 1);
}

TEST_CASE("bound: the fullest bucket and the longest bound come first") {
  std::vector<PlannedPair> plan{{TokenIndex{0}, AccountIndex{0}, 15min, kTenth},
                                {TokenIndex{1}, AccountIndex{1}, 6h, kTenth},
                                {TokenIndex{2}, AccountIndex{2}, 5min, kTenth}};
  const Proof proof = prove(plan, Counting::kToken, {}, {});
  CHECK(proof.loads[0].bucket.owner == 2);
  CHECK(proof.loads[1].bucket.owner == 0);
  CHECK(proof.loads[2].bucket.owner == 1);
  CHECK(proof.bounds[0].pair == 1);
  CHECK(proof.bounds[1].pair == 0);
  CHECK(proof.bounds[2].pair == 2);
}

TEST_CASE("bound: where the shares of a bucket differ, the least counts") {
  const std::vector<PlannedPair> plan{{TokenIndex{0}, AccountIndex{0}, 1s, {0.5, 20}},
                                      {TokenIndex{1}, AccountIndex{0}, 15min, kTenth}};
  const Proof proof = prove(plan, Counting::kAccount, {}, {});
  CHECK(proof.loads[0].share == 200);
  CHECK_FALSE(proof.fits);
}

TEST_CASE("bound: nothing planned fits") {
  const Proof proof = prove({}, Counting::kToken, {}, {});
  CHECK(proof.fits);
  CHECK(proof.loads.empty());
}

TEST_CASE("bound: a remedy names the least share, the longer interval and the number of tokens") {
  const auto plan = accounts_of_one_token(360, 15min);
  const Remedy remedy = remedy_for(prove(plan, Counting::kToken, {}, {}).loads[0]);
  CHECK(remedy.share == doctest::Approx(399.0 / 2000));
  CHECK(remedy.interval_factor == doctest::Approx(2.0));
  CHECK(remedy.tokens == 2);

  auto with_share = plan;
  for (auto& pair : with_share) pair.allowance.share = remedy.share;
  CHECK(prove(with_share, Counting::kToken, {}, {}).fits);
  for (auto& pair : with_share) pair.allowance.share = remedy.share - 0.001;
  CHECK_FALSE(prove(with_share, Counting::kToken, {}, {}).fits);
}

TEST_CASE("bound: when no share is enough the remedy says more than one") {
  const auto plan = accounts_of_one_token(2100, 15min);
  const Remedy remedy = remedy_for(prove(plan, Counting::kToken, {}, {}).loads[0]);
  CHECK(remedy.share > 1.0);
  CHECK(remedy.tokens == 12);
}

TEST_CASE("bound: more tokens do not help an account that is counted as one") {
  BucketLoad load{.bucket = {Counting::kAccount, Endpoint::kAccess, 1}, .calls = 360, .limit = 2000, .share = 200};
  load.allowed = 180;
  CHECK(remedy_for(load).tokens == 1);
  CHECK(remedy_for(load).interval_factor == doctest::Approx(2.0));
}
