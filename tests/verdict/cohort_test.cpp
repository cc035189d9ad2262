#include "verdict/cohort.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using audit::TokenIndex;
using verdict::Cohort;
using verdict::Failing;
using xads::IdentityAnswer;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
constexpr std::uint64_t kLive = 100;

TokenIndex token(int number) { return TokenIndex{static_cast<std::uint32_t>(number)}; }
const xads::Evidence kVague{401, "UNAUTHORIZED_ACCESS"};
const xads::Evidence kReadOnly{403, "READONLY_CLIENT_APPLICATION"};

/// A cohort in which all of 100 tokens were granted just before noon.
Cohort healthy() {
  Cohort cohort;
  for (int number = 0; number < 100; ++number) cohort.granted(token(number), kNoon - 1min, kNoon - 1min);
  return cohort;
}
/// One round in which the tokens below `end` fail vaguely and the identity host answers.
void fail(Cohort& cohort, int end, base::Instant at, IdentityAnswer identity = IdentityAnswer::kUnauthenticated) {
  for (int number = 0; number < end; ++number) {
    cohort.failed(token(number), Failing::kAuthentication, kVague, false, at, at);
    cohort.identity(token(number), identity, at);
  }
}
Cohort::Reading read(const Cohort& cohort, base::Instant now, Failing way = Failing::kAuthentication) {
  return cohort.reading(way, 2, kLive, now);
}

}  // namespace

TEST_CASE("cohort: which refusals blame more than an account") {
  using xads::Denial;
  CHECK(verdict::failing_of(xads::Denied{Denial::kTokenInvalid}) == Failing::kAuthentication);
  CHECK(verdict::failing_of(xads::Denied{Denial::kUnauthenticated}) == Failing::kAuthentication);
  CHECK(verdict::failing_of(xads::Denied{Denial::kAppRejected}) == Failing::kApp);
  CHECK(verdict::failing_of(xads::Denied{Denial::kVersionRetired}) == Failing::kVersion);
  for (const Denial denial :
       {Denial::kAccountNotFound, Denial::kUserSuspended, Denial::kUserLocked, Denial::kReauthorizationRequired,
        Denial::kClockSkewed, Denial::kRequestRefused, Denial::kUnknown})
    CHECK_FALSE(verdict::failing_of(xads::Denied{denial}));
  CHECK_FALSE(verdict::failing_of(xads::Granted{}));
  CHECK_FALSE(verdict::failing_of(xads::Throttled{}));
  CHECK_FALSE(verdict::failing_of(xads::Unavailable{}));
}

TEST_CASE("cohort: a tenth of those that were asked is a mass, and never fewer than three") {
  Cohort cohort = healthy();
  fail(cohort, 9, kNoon);
  CHECK(read(cohort, kNoon).asked == 109);  // the failing ones were granted within the window as well
  CHECK_FALSE(read(cohort, kNoon).mass);
  fail(cohort, 12, kNoon);
  CHECK(read(cohort, kNoon).failing == 12);
  CHECK(read(cohort, kNoon).mass);
  Cohort small;
  small.granted(token(9), kNoon, kNoon);
  fail(small, 2, kNoon);
  CHECK_FALSE(read(small, kNoon).mass);
  fail(small, 3, kNoon);
  CHECK(read(small, kNoon).mass);
}

TEST_CASE("cohort: grants older than the window do not count as asked") {
  Cohort cohort = healthy();
  fail(cohort, 3, kNoon + 10min);
  CHECK(read(cohort, kNoon + 10min).asked == 3);
  CHECK(read(cohort, kNoon + 10min).mass);
}

TEST_CASE("cohort: the app is at fault when many failed twice since anybody was granted") {
  Cohort cohort = healthy();
  fail(cohort, 15, kNoon);
  CHECK_FALSE(read(cohort, kNoon).app_at_fault);
  fail(cohort, 15, kNoon + 20s);
  CHECK(read(cohort, kNoon + 20s).app_at_fault);
  cohort.granted(token(50), kNoon + 21s, kNoon + 21s);
  CHECK_FALSE(read(cohort, kNoon + 21s).app_at_fault);
  fail(cohort, 15, kNoon + 40s);
  CHECK_FALSE(read(cohort, kNoon + 40s).app_at_fault);
  fail(cohort, 15, kNoon + 60s);
  CHECK(read(cohort, kNoon + 60s).app_at_fault);
}

TEST_CASE("cohort: an answer to a question that was asked before the latest grant is no news") {
  Cohort cohort = healthy();
  cohort.granted(token(50), kNoon + 10s, kNoon + 11s);
  for (int round = 0; round < 3; ++round) {
    for (int number = 0; number < 15; ++number) {
      cohort.failed(token(number), Failing::kAuthentication, kVague, false, kNoon + 9s, kNoon + 12s);
      cohort.identity(token(number), IdentityAnswer::kUnauthenticated, kNoon + 12s);
    }
  }
  CHECK_FALSE(read(cohort, kNoon + 12s).app_at_fault);
}

TEST_CASE("cohort: tokens that the identity host calls dead speak against themselves, not against the app") {
  Cohort cohort = healthy();
  fail(cohort, 50, kNoon, IdentityAnswer::kTokenInvalid);
  fail(cohort, 50, kNoon + 20s, IdentityAnswer::kTokenInvalid);
  CHECK_FALSE(read(cohort, kNoon + 20s).app_at_fault);
  CHECK(read(cohort, kNoon + 20s).revoking);
  Cohort definite = healthy();
  for (int round = 0; round < 3; ++round) {
    for (int number = 0; number < 50; ++number) {
      definite.failed(token(number), Failing::kAuthentication, {401, "89"}, true, kNoon + round * 20s,
                      kNoon + round * 20s);
      definite.identity(token(number), IdentityAnswer::kNoStatement, kNoon + round * 20s);
    }
  }
  CHECK_FALSE(read(definite, kNoon + 40s).app_at_fault);
  CHECK(read(definite, kNoon + 40s).mass);
  CHECK_FALSE(read(definite, kNoon + 40s).revoking);
}

TEST_CASE("cohort: nothing is concluded before the identity host was asked, or while it refuses our clock") {
  Cohort cohort = healthy();
  for (int round = 0; round < 2; ++round) {
    for (int number = 0; number < 20; ++number)
      cohort.failed(token(number), Failing::kAuthentication, kVague, false, kNoon + round * 20s, kNoon + round * 20s);
  }
  CHECK_FALSE(read(cohort, kNoon + 20s).app_at_fault);
  for (int number = 0; number < 20; ++number) cohort.identity(token(number), IdentityAnswer::kClockSkewed, kNoon + 21s);
  CHECK_FALSE(read(cohort, kNoon + 21s).app_at_fault);
  for (int number = 0; number < 20; ++number) cohort.identity(token(number), IdentityAnswer::kNoStatement, kNoon + 22s);
  CHECK(read(cohort, kNoon + 22s).app_at_fault);
}

TEST_CASE("cohort: a code that blames the app is believed three times over, even beside granted tokens") {
  Cohort cohort = healthy();
  for (int round = 0; round < 3; ++round) {
    const base::Instant at = kNoon + round * 20s;
    cohort.granted(token(90), at, at);
    for (int number = 0; number < 15; ++number) cohort.failed(token(number), Failing::kApp, kReadOnly, false, at, at);
    cohort.granted(token(91), at + 1s, at + 1s);
    CHECK(read(cohort, at + 1s, Failing::kApp).app_at_fault == (round == 2));
  }
  CHECK(cohort.likely_cause(Failing::kApp) == "X lets the app read only");
  CHECK_FALSE(read(cohort, kNoon + 1min).app_at_fault);  // it is not the keys
}

TEST_CASE("cohort: an app with one token must say it six times, and the identity host must agree") {
  Cohort cohort;
  cohort.granted(token(0), kNoon - 1min, kNoon - 1min);
  for (int round = 0; round < 6; ++round) {
    CHECK_FALSE(cohort.reading(Failing::kAuthentication, 2, 1, kNoon + round * 20s).app_at_fault);
    fail(cohort, 1, kNoon + round * 20s);
  }
  CHECK(cohort.reading(Failing::kAuthentication, 2, 1, kNoon + 2min).app_at_fault);
  cohort.identity(token(0), IdentityAnswer::kNoStatement, kNoon + 2min);
  CHECK_FALSE(cohort.reading(Failing::kAuthentication, 2, 1, kNoon + 2min).app_at_fault);
}

TEST_CASE("cohort: a mass is stable when none of it has recovered for five minutes") {
  Cohort cohort;
  fail(cohort, 5, kNoon);
  CHECK_FALSE(read(cohort, kNoon + 4min).stable);
  CHECK(read(cohort, kNoon + 5min).stable);
  cohort.granted(token(0), kNoon + 6min, kNoon + 6min);
  CHECK_FALSE(read(cohort, kNoon + 10min).stable);
  CHECK(read(cohort, kNoon + 11min).stable);
}

TEST_CASE("cohort: a token with a verdict of its own speaks for nobody") {
  Cohort cohort;
  fail(cohort, 3, kNoon);
  CHECK(cohort.is_failing(token(2)));
  cohort.settle(token(2));
  CHECK_FALSE(cohort.is_failing(token(2)));
  CHECK(read(cohort, kNoon).failing == 2);
  cohort.settle(token(2));
  CHECK(read(cohort, kNoon).failing == 2);
}

TEST_CASE("cohort: two tokens granted since then say that the app is well, one when there is no other") {
  Cohort cohort;
  fail(cohort, 3, kNoon);
  cohort.granted(token(0), kNoon + 10s, kNoon + 10s);
  CHECK_FALSE(cohort.recovered(kNoon, 3));
  CHECK(cohort.recovered(kNoon, 1));
  cohort.granted(token(0), kNoon + 20s, kNoon + 20s);
  CHECK_FALSE(cohort.recovered(kNoon, 3));
  cohort.granted(token(1), kNoon + 20s, kNoon + 20s);
  CHECK(cohort.recovered(kNoon, 3));
  CHECK_FALSE(cohort.recovered(kNoon + 20s, 3));
}

TEST_CASE("cohort: the likely cause follows what most tokens heard") {
  const auto cause = [](IdentityAnswer identity) {
    Cohort cohort;
    fail(cohort, 4, kNoon, identity);
    return cohort.likely_cause(Failing::kAuthentication);
  };
  CHECK(cause(IdentityAnswer::kAppRejected) == "the app is suspended");
  CHECK(cause(IdentityAnswer::kUnauthenticated).find("the consumer key and secret are refused") == 0);
  CHECK(cause(IdentityAnswer::kAlive).find("the tokens live") == 0);
  Cohort cohort;
  cohort.failed(token(1), Failing::kApp, {403, "UNAUTHORIZED_CLIENT_APPLICATION"}, false, kNoon, kNoon);
  CHECK(cohort.likely_cause(Failing::kApp).find("no access to the Ads API") != std::string::npos);
  CHECK(cohort.tally_text(Failing::kApp) ==
        std::vector<std::string>{"Ads API: 403 code UNAUTHORIZED_CLIENT_APPLICATION for 1 tokens"});
}
