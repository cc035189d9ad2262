#include "audit/bucket.h"

#include <doctest/doctest.h>

#include "audit/budget.h"

using namespace audit;
using namespace std::chrono_literals;
using Asker = Budget::Asker;
using enum Purpose;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);  // on the steady clock
constexpr base::Duration kOffset = 0ms;                                  // of X's clock
constexpr auto kAccess = Endpoint::kAccess;

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

}  // namespace

TEST_CASE("bucket: when others eat the window we take our share of what they leave, and it is told once") {
  Budget budget(kNoon, false);
  CHECK(budget.learn(asker(1, 1), kAccess, by_account(2000, 55), kOffset, kNoon).yielding_began);
  CHECK(budget.yielding(kNoon) == 1);
  CHECK(spend_all(budget, asker(1, 1), kNoon) == 5);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 15min);
  CHECK_FALSE(budget.learn(asker(1, 1), kAccess, by_account(2000, 40), kOffset, kNoon + 1s).yielding_began);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kConfirmation, kNoon + 10min));
  CHECK(budget.yielding(kNoon + 15min) == 0);
  CHECK(spend_all(budget, asker(1, 1), kNoon + 15min) == 21);
}

TEST_CASE("bucket: our own calls and our reserve are no reason to yield") {
  Budget budget(kNoon, false);
  const Asker who = asker(1, 1, {0.10, 20});
  CHECK_FALSE(budget.learn(who, kAccess, by_account(2000, 1780), kOffset, kNoon).yielding_began);
  CHECK(budget.learn(who, kAccess, by_account(2000, 1779), kOffset, kNoon).yielding_began);
}

TEST_CASE("bucket: a used-up window gives nothing before its reset, and spare calls none while we yield") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 0, kNoon + 4min), kOffset, kNoon);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 4min);
  budget.learn(asker(1, 2), kAccess, by_account(2000, 1000, kNoon + 4min), kOffset, kNoon);
  CHECK(budget.try_spend(asker(1, 2), kAccess, kSpare, kNoon)->until == kNoon + 4min);
  CHECK_FALSE(budget.try_spend(asker(1, 2), kAccess, kRoutine, kNoon));
}

TEST_CASE("bucket: with the whole limit as share we still take no more than is left") {
  Budget budget(kNoon, false);
  const Asker who = asker(1, 1, {1.0, 0});
  CHECK_FALSE(budget.learn(who, kAccess, by_account(2000, 3), kOffset, kNoon).yielding_began);
  CHECK(spend_all(budget, who, kNoon) == 3);
}

TEST_CASE("bucket: late and re-ordered answers do not undo yielding") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 30), kOffset, kNoon);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 1900), kOffset, kNoon + 1s);  // sent before the other
  CHECK(budget.yielding(kNoon + 1s) == 1);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 1900, kNoon + 1min), kOffset, kNoon + 2s);  // an older window
  CHECK(spend_all(budget, asker(1, 1), kNoon + 2s) == 3);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon + 2s)->until == kNoon + 15min);
}

TEST_CASE("bucket: an answer from a window that is over does not make us yield in the next one") {
  Budget budget(kNoon, false);
  CHECK(budget.learn(asker(1, 1), kAccess, by_account(2000, 30), kOffset, kNoon).yielding_began);
  const base::Instant next = kNoon + 15min + 2s;
  CHECK_FALSE(budget.learn(asker(1, 1), kAccess, by_account(2000, 10), kOffset, next).yielding_began);
  CHECK_FALSE(budget.learn(asker(1, 1), kAccess, by_account(2000, 10, next + 1s), kOffset, next).yielding_began);
  CHECK(budget.yielding(next) == 0);
  CHECK(budget.learn(asker(1, 1), kAccess, by_account(2000, 30, next + 15min), kOffset, next).yielding_began);
}

TEST_CASE("bucket: resets are on X's clock") {
  Budget budget(kNoon, false);
  budget.learn(asker(1, 1), kAccess, by_account(2000, 0, kNoon + 1h + 4min), 1h, kNoon);
  CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 4min);
}

TEST_CASE("bucket: a reset in the far past or future says nothing about time, and a window is assumed") {
  for (const base::Instant reset : {kNoon - 1h, kNoon + 17min, kNoon + 24h, base::from_epoch_ms(0)}) {
    Budget budget(kNoon, false);
    CHECK(budget.learn(asker(1, 1), kAccess, by_account(2000, 0, reset), kOffset, kNoon).yielding_began);
    CHECK(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon)->until == kNoon + 15min);
    CHECK_FALSE(budget.learn(asker(1, 1), kAccess, by_account(2000, 0, reset), kOffset, kNoon + 1s).yielding_began);
    CHECK_FALSE(budget.try_spend(asker(1, 1), kAccess, kRoutine, kNoon + 15min));
  }
}

TEST_CASE("bucket: nonsense about time is of no interest while plenty is left") {
  Budget budget(kNoon, false);
  CHECK_FALSE(budget.learn(asker(1, 1), kAccess, by_account(2000, 1999, kNoon - 1h), kOffset, kNoon).yielding_began);
  CHECK(spend_during(budget, asker(1, 1), kNoon, 15min) == 200);
}

TEST_CASE("bucket: a reset that runs ahead with the clock neither starves us nor is told every minute") {
  Budget budget(kNoon, false);
  int told = 0, spent = 0;
  for (base::Instant now = kNoon; now < kNoon + 1h; now += 5s) {
    if (!budget.try_spend(asker(1, 1), kAccess, kRoutine, now)) ++spent;
    told += budget.learn(asker(1, 1), kAccess, by_account(2000, 1000, now + 15min), kOffset, now).yielding_began;
  }
  CHECK(told <= 5);
  CHECK(spent > 600);
}
