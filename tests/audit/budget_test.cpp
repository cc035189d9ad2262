#include "audit/budget.h"

#include <doctest/doctest.h>

using namespace audit;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

TokenId new_token() {
  static base::SeededRandom random(3);
  return TokenId::make(kNoon, random);
}

int spend_all(Budget& budget, const TokenId& token, const std::string& account, Purpose purpose, base::Instant now) {
  int spent = 0;
  while (!budget.try_spend(token, account, Endpoint::kAccess, purpose, now)) ++spent;
  return spent;
}

xads::RateLimits account_family(int limit, int remaining) {
  return {xads::RateLimit{limit, remaining, kNoon + 15min}, xads::RateLimit{10'000'000, 9'999'990, kNoon + 15min}};
}

}  // namespace

TEST_CASE("budget: a tenth of the documented 2,000 calls is ours") {
  Budget budget({0.10, 20});
  CHECK(spend_all(budget, new_token(), "18ce54d4x5t", Purpose::kRoutine, kNoon) == 200);
}

TEST_CASE("budget: confirmations may add the reserve, routine may not") {
  Budget budget({0.10, 20});
  const TokenId token = new_token();
  CHECK(spend_all(budget, token, "18ce54d4x5t", Purpose::kRoutine, kNoon) == 200);
  CHECK(spend_all(budget, token, "18ce54d4x5t", Purpose::kConfirmation, kNoon) == 20);
}

TEST_CASE("budget: without the account family one token shares its calls over its accounts") {
  Budget budget({0.10, 0});
  const TokenId token = new_token();
  CHECK(spend_all(budget, token, "aaa", Purpose::kRoutine, kNoon) == 200);
  CHECK(spend_all(budget, token, "bbb", Purpose::kRoutine, kNoon) == 0);
  CHECK(spend_all(budget, new_token(), "bbb", Purpose::kRoutine, kNoon) == 200);
}

TEST_CASE("budget: with the account family each account has its own calls") {
  Budget budget({0.10, 0});
  const TokenId token = new_token();
  budget.learn(token, "aaa", Endpoint::kAccess, account_family(2000, 1999), kNoon);
  CHECK(spend_all(budget, token, "aaa", Purpose::kRoutine, kNoon) == 200);
  CHECK(spend_all(budget, token, "bbb", Purpose::kRoutine, kNoon) == 200);
}

TEST_CASE("budget: two tokens on one account share that account's calls") {
  Budget budget({0.10, 0});
  CHECK(spend_all(budget, new_token(), "aaa", Purpose::kRoutine, kNoon) == 200);
  CHECK(spend_all(budget, new_token(), "aaa", Purpose::kRoutine, kNoon) == 0);
}

TEST_CASE("budget: when others eat the window we spend no more than they leave") {
  Budget budget({0.10, 0});
  const TokenId token = new_token();
  budget.learn(token, "aaa", Endpoint::kAccess, account_family(2000, 7), kNoon);
  CHECK(spend_all(budget, token, "aaa", Purpose::kRoutine, kNoon) == 7);
}

TEST_CASE("budget: GET accounts starts from five calls a window") {
  Budget budget({1.0, 0});
  const TokenId token = new_token();
  int spent = 0;
  while (!budget.try_spend(token, "", Endpoint::kAccounts, Purpose::kRoutine, kNoon)) ++spent;
  CHECK(spent == 5);
}

TEST_CASE("budget: a refused call costs neither bucket and says when to come back") {
  Budget budget({0.10, 0});
  const TokenId busy = new_token(), idle = new_token();
  budget.park(busy, "aaa", Endpoint::kAccess, true, kNoon + 5min, kNoon);
  CHECK(budget.try_spend(idle, "aaa", Endpoint::kAccess, Purpose::kRoutine, kNoon) == kNoon + 5min);
  CHECK(spend_all(budget, idle, "bbb", Purpose::kRoutine, kNoon) == 200);
}

TEST_CASE("budget: a parked bucket gives nothing to confirmations either") {
  Budget budget({0.10, 20});
  const TokenId token = new_token();
  budget.park(token, "aaa", Endpoint::kAccess, false, kNoon + 5min, kNoon);
  CHECK(budget.try_spend(token, "aaa", Endpoint::kAccess, Purpose::kConfirmation, kNoon) == kNoon + 5min);
  CHECK(budget.try_spend(token, "bbb", Endpoint::kAccess, Purpose::kConfirmation, kNoon) == kNoon + 5min);
}

TEST_CASE("budget: spent calls, learned limits and parking survive a restart") {
  Budget before({0.10, 20});
  const TokenId token = new_token();
  before.learn(token, "aaa", Endpoint::kAccess, account_family(1000, 999), kNoon);
  for (int call = 0; call < 60; ++call) {
    REQUIRE_FALSE(before.try_spend(token, "aaa", Endpoint::kAccess, Purpose::kRoutine, kNoon));
  }
  before.park(token, "bbb", Endpoint::kAccess, true, kNoon + 5min, kNoon);
  const auto states = before.take_changed(1h);
  CHECK(before.take_changed(1h).empty());

  Budget after({0.10, 20});
  after.restore(states, 1h, kNoon);
  CHECK(spend_all(after, token, "aaa", Purpose::kRoutine, kNoon) == 40);
  CHECK(after.try_spend(token, "bbb", Endpoint::kAccess, Purpose::kRoutine, kNoon) == kNoon + 5min);
}

TEST_CASE("budget: a wall clock that was set back parks nothing for longer than a window") {
  Budget budget({0.10, 0});
  const TokenId token = new_token();
  budget.restore({{"token/" + token.text() + "/access", 2000, kNoon + 24h, kNoon + 24h, kNoon + 24h}}, 0ms, kNoon);
  const auto earliest = budget.try_spend(token, "aaa", Endpoint::kAccess, Purpose::kRoutine, kNoon);
  REQUIRE(earliest);
  CHECK(*earliest <= kNoon + 15min);
}
