#include "audit/budget.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

using namespace audit;
using namespace std::chrono_literals;
using Asker = Budget::Asker;
using enum Purpose;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);  // on the steady clock
constexpr base::Duration kOffset = 0ms;                                  // of X's clock
constexpr auto kAccess = Endpoint::kAccess;

constexpr BucketId token_access(std::uint32_t token) { return {Counting::kToken, kAccess, token}; }
constexpr BucketId account_access(std::uint32_t account) { return {Counting::kAccount, kAccess, account}; }

Asker asker(std::uint32_t token, std::uint32_t account, Allowance allowance = {0.10, 0}) {
  return {TokenIndex{token}, AccountIndex{account}, allowance};
}
int spend_all(Budget& budget, const Asker& who, base::Instant now, Purpose purpose = kRoutine,
              Endpoint endpoint = kAccess) {
  int spent = 0;
  while (!budget.try_spend(who, endpoint, purpose, now)) ++spent;
  return spent;
}
/// Asks every second for so long, as often as it can.
int spend_during(Budget& budget, const Asker& who, base::Instant begin, base::Duration span,
                 Purpose purpose = kRoutine) {
  int spent = 0;
  for (base::Instant now = begin; now < begin + span; now += 1s) spent += spend_all(budget, who, now, purpose);
  return spent;
}

xads::RateLimits by_account(int limit, int remaining, base::Instant reset = kNoon + 15min) {
  return {xads::RateLimit{limit, remaining, reset}, xads::RateLimit{10'000'000, 9'999'990, reset}};
}
xads::RateLimits by_token(int limit, int remaining, base::Instant reset = kNoon + 15min) {
  return {std::nullopt, xads::RateLimit{limit, remaining, reset}};
}

}  // namespace

TEST_CASE("budget: a tenth of the documented 2,000 calls is ours in the first window") {
  Budget budget(kNoon, false);
  CHECK(spend_during(budget, asker(1, 1), kNoon, 15min) == 200);
}

TEST_CASE("budget: confirmations may add the reserve, routine may not") {
  Budget budget(kNoon, false);
  const Asker who = asker(1, 1, {0.10, 20});
  CHECK(spend_all(budget, who, kNoon) == 21);
  CHECK(spend_all(budget, who, kNoon, kConfirmation) == 3);
  CHECK(spend_during(budget, who, kNoon + 1s, 15min - 1s, kConfirmation) == 220 - 24);
}

TEST_CASE("budget: a spare call leaves half of the burst to the routine") {
  Budget budget(kNoon, false);
  CHECK(spend_all(budget, asker(1, 1), kNoon, kSpare) == 10);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 11);
}

TEST_CASE("budget: before any header both the token's and the account's bucket rule") {
  Budget budget(kNoon, false);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
  CHECK(budget.try_spend(asker(1, 2), kAccess, kRoutine, kNoon)->bucket == token_access(1));
  CHECK(budget.try_spend(asker(2, 1), kAccess, kRoutine, kNoon)->bucket == account_access(1));
  CHECK(budget.try_spend(asker(2, 1), kAccess, kRoutine, kNoon)->until == kNoon + 5s);
  CHECK(spend_all(budget, asker(2, 2), kNoon) == 21);
}

TEST_CASE("budget: with the account family each account has its own calls, and the token none") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 1999), kOffset, kNoon);
  for (const std::uint32_t account : {1U, 2U, 3U}) CHECK(spend_all(budget, asker(1, account), kNoon) == 21);
}

TEST_CASE("budget: with only the user family a token shares its calls over its accounts") {
  Budget budget(kNoon, false);
  CHECK(spend_all(budget, asker(2, 1), kNoon) == 21);
  budget.learn(asker(1, 1), kAccess, by_token(2000, 1999), kOffset, kNoon);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);  // although token 2 has emptied the account
  CHECK(budget.try_spend(asker(1, 2), kAccess, kRoutine, kNoon)->bucket == token_access(1));
}

TEST_CASE("budget: one answer without the account family is no change of mode, three in a row are") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 1999), kOffset, kNoon);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
  budget.learn(asker(1, 9), kAccess, by_token(20, 19), kOffset, kNoon);
  budget.learn(asker(1, 9), kAccess, by_token(20, 19), kOffset, kNoon);
  CHECK(spend_all(budget, asker(1, 2), kNoon) == 21);
  budget.learn(asker(1, 2), kAccess, by_account(2000, 1978), kOffset, kNoon);
  for (int answer = 0; answer < 2; ++answer) budget.learn(asker(1, 9), kAccess, by_token(20, 19), kOffset, kNoon);
  CHECK(spend_all(budget, asker(1, 3), kNoon) == 21);
  const Learned learned = budget.learn(asker(1, 9), kAccess, by_token(20, 19), kOffset, kNoon);
  CHECK(learned.new_limit == 20);
  CHECK(spend_all(budget, asker(1, 4), kNoon) == 1);  // a tenth of 20 in a window, one at once
}

TEST_CASE("budget: counted by account, the user family is obeyed when it is used up") {
  Budget budget(kNoon, false);
  xads::RateLimits limits = by_account(2000, 1999);
  limits.user->remaining = 0;
  limits.user->reset = kNoon + 4min;
  budget.learn(asker(1, 1), kAccess, limits, kOffset, kNoon);
  const auto wait = budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon);
  REQUIRE(wait);
  CHECK(wait->bucket == token_access(1));
  CHECK(wait->until == kNoon + 4min);
  CHECK_FALSE(budget.try_spend(asker(2, 1), kAccess, kRoutine, kNoon));
  CHECK_FALSE(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon + 4min));
}

TEST_CASE("budget: missing and garbled headers change nothing") {
  Budget budget(kNoon, false);
  for (const xads::RateLimits& limits : {xads::RateLimits{}, by_account(0, 5), by_account(2000, -1), by_token(-3, 1)}) {
    xads::RateLimits only_garbled = limits;
    if (only_garbled.account) only_garbled.user.reset();
    const Learned learned = budget.learn(asker(1, 1), kAccess, only_garbled, kOffset, kNoon);
    CHECK_FALSE(learned.new_limit);
    CHECK_FALSE(learned.yielding_began);
  }
  CHECK(budget.held() == 0);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
  CHECK(budget.try_spend(asker(1, 2), kAccess, kRoutine, kNoon));  // both buckets rule as before
}

TEST_CASE("budget: GET accounts comes at five calls a window until headers show more") {
  Budget budget(kNoon, false);
  const Asker who = asker(1, 0, {0.10, 20});
  CHECK(spend_all(budget, who, kNoon, kRoutine, Endpoint::kAccounts) == 1);
  CHECK(budget.try_spend(who, Endpoint::kAccounts, kConfirmation, kNoon)->until == kNoon + 3min);
  const Learned learned = budget.learn(who, Endpoint::kAccounts, by_token(2000, 1999), kOffset, kNoon);
  CHECK(learned.new_limit == 2000);
  CHECK(spend_all(budget, who, kNoon, kRoutine, Endpoint::kAccounts) == 20);
}

TEST_CASE("budget: endpoints have windows of their own") {
  Budget budget(kNoon, false);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
  CHECK(spend_all(budget, asker(1, 1), kNoon, kRoutine, Endpoint::kIdentity) == 1);
  CHECK(spend_all(budget, asker(1, 1), kNoon, kRoutine, Endpoint::kAccounts) == 1);
}

TEST_CASE("budget: a refused call costs neither bucket") {
  Budget budget(kNoon, false);
  budget.park(asker(1, 1), kAccess, by_account(2000, 0), kNoon + 5min, kNoon);
  for (int call = 0; call < 50; ++call) {
    CHECK(budget.try_spend(asker(2, 1), kAccess, kRoutine, kNoon)->until == kNoon + 5min);
  }
  CHECK(spend_all(budget, asker(2, 2), kNoon) == 21);
}

TEST_CASE("budget: a 429 parks the bucket that rules, for confirmations too") {
  Budget budget(kNoon, false);
  const Asker who = asker(1, 1, {0.10, 20});
  CHECK(budget.park(who, kAccess, {}, kNoon + 5min, kNoon) == token_access(1));
  CHECK(budget.try_spend(who, kAccess, kConfirmation, kNoon)->until == kNoon + 5min);
  CHECK(budget.parked(kNoon) == 1);
  CHECK(budget.parked(kNoon + 5min) == 0);
  CHECK_FALSE(budget.try_spend(who, kAccess, kRoutine, kNoon + 5min));

  CHECK(budget.park(asker(2, 2), kAccess, by_account(2000, 0), kNoon + 5min, kNoon) == account_access(2));
  budget.learn(asker(3, 3), kAccess, by_account(2000, 1999), kOffset, kNoon);
  CHECK(budget.park(asker(3, 3), kAccess, {}, kNoon + 5min, kNoon) == account_access(3));
  CHECK(budget.park(asker(3, 3), kAccess, by_token(2000, 0), kNoon + 5min, kNoon) == token_access(3));
  CHECK(budget.park(asker(4, 4), Endpoint::kAccounts, {}, kNoon + 5min, kNoon) ==
        BucketId{Counting::kToken, Endpoint::kAccounts, 4});
}

TEST_CASE("budget: another limit is told once and sizes the share; what was spent stays spent") {
  Budget budget(kNoon, false);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
  CHECK(budget.learn(asker(1, 1), kAccess, by_account(4000, 3979), kOffset, kNoon).new_limit == 4000);
  CHECK_FALSE(budget.learn(asker(1, 1), kAccess, by_account(4000, 3979), kOffset, kNoon).new_limit);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 20);
  CHECK(budget.learn(asker(1, 1), kAccess, by_account(100, 59), kOffset, kNoon).new_limit == 100);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 15min);
}

TEST_CASE("budget: askers with another allowance resize the bucket and keep what was spent") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 1999), kOffset, kNoon);
  budget.learn(asker(2, 1), kAccess, by_account(2000, 1999), kOffset, kNoon);
  for (int call = 0; call < 30; ++call) {
    budget.try_spend(asker(1, 1, {0.10, 0}), kAccess, kRoutine, kNoon);
    budget.try_spend(asker(2, 1, {0.0025, 0}), kAccess, kRoutine, kNoon);
  }
  CHECK(spend_all(budget, asker(1, 1, {0.10, 0}), kNoon) == 0);
  CHECK(budget.try_spend(asker(1, 1, {0.10, 0}), kAccess, kRoutine, kNoon)->until == kNoon + 5s);
}

TEST_CASE("budget: an emptied budget starts without a call and fills at its usual pace") {
  Budget budget(kNoon, true);
  CHECK(budget.try_spend(asker(1, 1, {0.10, 20}), kAccess, kConfirmation, kNoon)->until == kNoon + 5s);
  CHECK(spend_all(budget, asker(1, 1), kNoon + 5s) == 1);
  CHECK(spend_all(budget, asker(2, 2), kNoon + 25s) == 5);  // made later, emptied at the start all the same
  CHECK(spend_all(budget, asker(3, 3), kNoon + 2min) == 21);
}

TEST_CASE("budget: what was written down before it was asked is known after a crash") {
  Budget before(kNoon, false);
  for (int call = 0; call < 3; ++call)
    REQUIRE_FALSE(before.try_spend(asker(1, 1), Endpoint::kAccounts, kRoutine, kNoon + call * 3min));
  const BucketId own{Counting::kToken, Endpoint::kAccounts, 1};
  const BucketState noted = before.note(own, 0ms);
  Budget after(kNoon + 7min, true);
  after.restore(own, noted, 0ms, kNoon + 7min);
  CHECK(after.try_spend(asker(1, 1), Endpoint::kAccounts, kRoutine, kNoon + 7min)->until == kNoon + 9min);
  CHECK_FALSE(after.try_spend(asker(2, 2), Endpoint::kAccounts, kRoutine, kNoon + 7min));  // never asked: full
}

TEST_CASE("budget: a loop of crashes spends no more than the share") {
  int spent = 0;
  for (base::Instant start = kNoon; start < kNoon + 15min; start += 7s) {
    Budget budget(start, true);
    for (base::Instant now = start; now < start + 7s; now += 100ms) spent += spend_all(budget, asker(1, 1), now);
  }
  CHECK(spent <= 200);
}

TEST_CASE("budget: a limit that grows in an emptied budget does not fill it") {
  Budget budget(kNoon, true);
  budget.learn(asker(1, 1), kAccess, by_account(20'000, 19'999), kOffset, kNoon);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 0);
}

TEST_CASE("budget: spent calls, learned limits, parking and yielding survive an orderly restart") {
  Budget before(kNoon, false);
  before.learn(asker(1, 1), kAccess, by_account(1000, 999), kOffset, kNoon);
  for (int call = 0; call < 7; ++call) REQUIRE_FALSE(before.try_spend(asker(1, 1), kAccess, kRoutine, kNoon));
  before.park(asker(1, 2), kAccess, by_account(2000, 0), kNoon + 5min, kNoon);
  before.learn(asker(1, 3), kAccess, by_account(2000, 40), kOffset, kNoon);
  const auto states = before.take_changed(1h);
  CHECK(states.size() == 3);
  CHECK(before.take_changed(1h).empty());

  const base::Instant later = kNoon - 24h;  // another steady clock
  Budget after(later, false);
  for (const auto& [id, state] : states) after.restore(id, state, 1h + 24h, later);
  CHECK(after.take_changed(25h).empty());
  after.learn(asker(1, 9), kAccess, by_account(2000, 1999), 24h, later);
  CHECK_FALSE(after.learn(asker(1, 1), kAccess, by_account(1000, 992), 24h, later).new_limit);
  CHECK(spend_all(after, asker(1, 1), later) == 4);
  CHECK(after.try_spend(asker(1, 2), kAccess, kRoutine, later)->until == later + 5min);
  CHECK_FALSE(after.learn(asker(1, 3), kAccess, by_account(2000, 40), 24h, later).yielding_began);
  CHECK(spend_all(after, asker(1, 3), later) == 4);
}

TEST_CASE("budget: after a crash the emptier of memory and caution counts") {
  Budget budget(kNoon, true);
  budget.restore(token_access(1), {.limit = 1000, .full_at = kNoon + 10min, .parked_until = kNoon + 1min}, 0ms, kNoon);
  budget.restore(token_access(2), {.limit = 2000, .full_at = kNoon + 1s, .parked_until = kNoon + 1min}, 0ms, kNoon);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 10min - 100s);
  CHECK(budget.try_spend(asker(2, 2), kAccess, kRoutine, kNoon)->until == kNoon + 1min);
  CHECK(spend_all(budget, asker(2, 2), kNoon + 1min) == 12);
}

TEST_CASE("budget: a wall clock that was set back parks and empties nothing for longer than a window") {
  Budget budget(kNoon, false);
  const base::Instant far = kNoon + 24h;
  budget.restore(token_access(1), {2000, far, far, far, 0, far, far}, 0ms, kNoon);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 15min);
  CHECK_FALSE(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon + 15min));
}

TEST_CASE("budget: a wall clock that was set forward forgets, and stops nothing") {
  Budget budget(kNoon, false);
  const base::Instant past = kNoon - 24h;
  budget.restore(token_access(1), {2000, past, past, past, 0, past, past}, 0ms, kNoon);
  CHECK(budget.held() == 0);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
}

TEST_CASE("budget: a full bucket that learned nothing is not held, and is reported only if it was before") {
  Budget budget(kNoon, false);
  const auto ask = [&](std::uint32_t number, base::Instant now) {
    REQUIRE_FALSE(budget.try_spend(asker(number, number), kAccess, kRoutine, now));
    budget.learn(asker(number, number), kAccess, by_account(2000, 1999, now + 15min), kOffset, now);
  };
  ask(0, kNoon);
  CHECK(budget.take_changed(0ms).size() == 2);  // both still lack a call
  std::size_t most = 0;
  for (std::uint32_t number = 1; number < 20'000; ++number) {
    ask(number, kNoon + number * 9ms);
    most = std::max(most, budget.held());
  }
  CHECK(most < 6'000);

  const auto states = budget.take_changed(0ms);
  CHECK(states.size() < 2'500);
  for (const BucketId& id : {token_access(0), account_access(0)}) {
    CHECK(std::count(states.begin(), states.end(), std::pair{id, BucketState{.limit = 2000}}) == 1);
  }
}

TEST_CASE("budget: a restored state that says nothing any more is reported, so that it is forgotten") {
  Budget budget(kNoon, false);
  budget.restore(token_access(1), {.limit = 2000, .full_at = kNoon - 1s}, 0ms, kNoon);
  const auto states = budget.take_changed(0ms);
  REQUIRE(states.size() == 1);
  CHECK(states[0] == std::pair{token_access(1), BucketState{.limit = 2000}});
  CHECK(budget.take_changed(0ms).empty());
}

TEST_CASE("budget: whoever gets the index of something that is gone starts afresh") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(1000, 0), kOffset, kNoon);
  budget.park(asker(1, 1), Endpoint::kAccounts, {}, kNoon + 5min, kNoon);
  budget.forget(TokenIndex{1});
  budget.forget(AccountIndex{1});
  CHECK(budget.held() == 0);
  CHECK(budget.take_changed(0ms).empty());
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 21);
  CHECK(budget.try_spend(asker(1, 2), kAccess, kRoutine, kNoon)->bucket == token_access(1));  // its mode is forgotten
  CHECK(budget.take_changed(0ms).size() == 2);
}

namespace {

struct Call {
  base::Instant at;
  bool routine;
};

void check_windows(const std::vector<Call>& calls, std::size_t share, std::size_t reserve) {
  std::size_t end = 0, routine = 0;
  for (std::size_t begin = 0; begin < calls.size(); ++begin) {
    while (end < calls.size() && calls[end].at < calls[begin].at + 15min) routine += calls[end++].routine;
    REQUIRE(routine <= share);
    REQUIRE(end - begin <= share + reserve);
    routine -= calls[begin].routine;
  }
}

}  // namespace

TEST_CASE("budget: in no window do routine calls exceed the share, nor all calls share and reserve, in either mode") {
  // Three tokens on three accounts. Half-way X counts otherwise than before. A bucket is held to its word for the calls
  // that it rules over.
  for (unsigned seed = 0; seed < 4; ++seed) {
    const bool account_first = seed % 2 == 0;
    Budget budget(kNoon, false);
    std::mt19937 random(seed);
    std::vector<Call> of_token[3], of_account[3];
    base::Instant now = kNoon;
    bool counted_by_account[3] = {}, known[3] = {};
    int others = 0;
    while (now < kNoon + 3h) {
      now += random() % 50 == 0 ? base::Duration(random() % 200'000) : base::Duration(random() % 1500);
      const bool account_rules_at_x = (now < kNoon + 90min) == account_first;
      const auto token = random() % 3, account = random() % 3;
      const Purpose purpose = std::array{kRoutine, kConfirmation, kSpare}[random() % 3];
      const Asker who = asker(static_cast<std::uint32_t>(token), static_cast<std::uint32_t>(account), {0.05, 7});
      for (auto call = random() % 30; call > 0; --call) {
        if (budget.try_spend(who, kAccess, purpose, now)) break;
        const Call made{now, purpose != kConfirmation};
        if (!known[token] || !counted_by_account[token]) of_token[token].push_back(made);
        if (!known[token] || counted_by_account[token]) of_account[account].push_back(made);
      }
      const base::Instant reset = base::Instant((now.time_since_epoch() / 15min + 1) * 15min);
      others = static_cast<int>(random() % 10);
      const xads::RateLimits limits =
          account_rules_at_x ? by_account(2000, 1999 - others, reset) : by_token(2000, 1999 - others, reset);
      const int answers = account_rules_at_x ? 1 : 3;
      for (int answer = 0; answer < answers; ++answer) budget.learn(who, kAccess, limits, kOffset, now);
      known[token] = true;
      counted_by_account[token] = account_rules_at_x;
    }
    for (const auto& calls : of_token) check_windows(calls, 100, 7);
    for (const auto& calls : of_account) check_windows(calls, 100, 7);
    CHECK(of_token[0].size() > 300);
    CHECK(of_account[0].size() > 300);
  }
}
