#include "service/demand.h"

#include <doctest/doctest.h>

#include "audit/token_bucket.h"

namespace {

using namespace std::chrono_literals;

const base::Instant kNow = base::from_epoch_ms(1'795'435'200'000);

audit::Budget::Asker asker(std::uint32_t token, std::uint32_t account, double share = 0.1) {
  return {audit::TokenIndex{token}, audit::AccountIndex{account}, {.share = share}};
}

TEST_CASE("demand: nothing asks for nothing") { CHECK(service::Demand(audit::Budget(kNow, false)).unfit() == 0); }

TEST_CASE("demand: before any header both ways of counting must fit") {
  const audit::Budget budget(kNow, false);
  const int pace = audit::TokenBucket::pace_of(200);  // of 2,000 a tenth
  service::Demand demand(budget);
  for (int pair = 0; pair < pace; ++pair) demand.add(asker(7, static_cast<std::uint32_t>(pair)), 15min);
  CHECK(demand.unfit() == 0);
  demand.add(asker(7, 1000), 15min);
  CHECK(demand.unfit() == 1);  // the token's; each account is asked once
  demand.add(asker(8, 1000), 1s);
  CHECK(demand.unfit() == 3);
}

TEST_CASE("demand: of a token that X counts by account, the accounts alone count, with the limits that it told") {
  audit::Budget budget(kNow, false);
  const xads::RateLimit family{.limit = 4000, .remaining = 3999, .reset = kNow + 10min};
  budget.learn(asker(7, 1), audit::Endpoint::kAccess, {.account = family}, 0s, kNow);
  service::Demand demand(budget);
  demand.add(asker(7, 1), base::Duration(15min) / 300);
  CHECK(demand.unfit() == 0);  // 300 of 400
  demand.add(asker(7, 2), base::Duration(15min) / 300);
  CHECK(demand.unfit() == 1);  // 300 of 200
}

TEST_CASE("demand: where the pairs of a bucket have different shares, the least counts") {
  const audit::Budget budget(kNow, false);
  service::Demand demand(budget);
  demand.add(asker(1, 5, 0.5), base::Duration(15min) / 100);
  CHECK(demand.unfit() == 0);
  demand.add(asker(2, 5, 0.01), 15min);
  CHECK(demand.unfit() == 1);
}

}  // namespace
