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
    cohort.identity(token(number), identity);
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
      cohort.identity(token(number), IdentityAnswer::kUnauthenticated);
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
      definite.identity(token(number), IdentityAnswer::kNoStatement);
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
  for (int number = 0; number < 20; ++number) cohort.identity(token(number), IdentityAnswer::kClockSkewed);
  CHECK_FALSE(read(cohort, kNoon + 21s).app_at_fault);
  for (int number = 0; number < 20; ++number) cohort.identity(token(number), IdentityAnswer::kNoStatement);
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
  Cohort unheard;
  unheard.granted(token(0), kNoon - 1min, kNoon - 1min);
  for (int round = 0; round < 6; ++round) fail(unheard, 1, kNoon + round * 20s, IdentityAnswer::kNoStatement);
  CHECK_FALSE(unheard.reading(Failing::kAuthentication, 2, 1, kNoon + 2min).app_at_fault);
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

TEST_CASE("cohort: three grants in a row, not of one token alone, say that the app is well") {
  Cohort cohort;
  fail(cohort, 3, kNoon);
  for (const auto after : {10s, 20s}) cohort.granted(token(0), kNoon + after, kNoon + after);
  CHECK_FALSE(cohort.recovered(kNoon, 1));
  cohort.granted(token(0), kNoon + 30s, kNoon + 30s);
  CHECK(cohort.recovered(kNoon, 1));
  CHECK_FALSE(cohort.recovered(kNoon, 3));
  CHECK_FALSE(cohort.recovered(kNoon + 10s, 1));  // one of them was asked before
  cohort.granted(token(1), kNoon + 30s, kNoon + 30s);
  CHECK(cohort.recovered(kNoon, 3));
  CHECK(cohort.recovered(kNoon, 2));
}

TEST_CASE("cohort: a failure between the grants says that the app is not well, unless it is this token's own") {
  const auto recovered = [](bool definite, IdentityAnswer identity) {
    Cohort cohort;
    fail(cohort, 3, kNoon);
    cohort.identity(token(2), identity);
    for (const int number : {0, 1}) cohort.granted(token(number), kNoon + 10s, kNoon + 10s);
    const xads::Evidence evidence{401, definite ? "89" : "32"};
    cohort.failed(token(2), Failing::kAuthentication, evidence, definite, kNoon + 15s, kNoon + 15s);
    cohort.granted(token(0), kNoon + 20s, kNoon + 20s);
    return cohort.recovered(kNoon, 3);
  };
  CHECK_FALSE(recovered(false, IdentityAnswer::kUnauthenticated));
  CHECK_FALSE(recovered(false, IdentityAnswer::kNoStatement));
  CHECK(recovered(true, IdentityAnswer::kUnauthenticated));
  CHECK(recovered(false, IdentityAnswer::kTokenInvalid));
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

TEST_CASE("cohort: grants of one token alone say that the app is well when they go on for five minutes") {
  Cohort cohort;
  fail(cohort, 2, kNoon);
  for (int minute = 1; minute <= 5; ++minute) cohort.granted(token(0), kNoon + minute * 1min, kNoon + minute * 1min);
  CHECK_FALSE(cohort.recovered(kNoon, 2));
  cohort.granted(token(0), kNoon + 6min, kNoon + 6min);
  CHECK(cohort.recovered(kNoon, 2));
  CHECK_FALSE(cohort.recovered(kNoon + 2min, 2));
  cohort.failed(token(1), Failing::kAuthentication, kVague, false, kNoon + 7min, kNoon + 7min);
  for (int minute = 8; minute <= 12; ++minute) cohort.granted(token(0), kNoon + minute * 1min, kNoon + minute * 1min);
  CHECK_FALSE(cohort.recovered(kNoon, 2));
}

TEST_CASE("cohort: a failing token that is granted again recovers, though another's grant was asked for later") {
  Cohort cohort;
  fail(cohort, 3, kNoon);
  cohort.granted(token(50), kNoon + 20s, kNoon + 20s);
  cohort.granted(token(1), kNoon + 10s, kNoon + 21s);
  CHECK_FALSE(cohort.is_failing(token(1)));
  CHECK(cohort.is_failing(token(2)));
}

TEST_CASE("cohort: a grant that was asked for before the latest failure ends the row, not the failure") {
  Cohort cohort;
  for (const auto after : {0s, 10s, 30s})
    cohort.failed(token(0), Failing::kAuthentication, kVague, false, kNoon + after, kNoon + after);
  CHECK(cohort.word_of(token(0)) == "401 code UNAUTHORIZED_ACCESS, 3 in a row");
  cohort.granted(token(0), kNoon + 20s, kNoon + 31s);
  CHECK(cohort.word_of(token(0)) == "401 code UNAUTHORIZED_ACCESS, 1 in a row");
  cohort.failed(token(0), Failing::kAuthentication, kVague, false, kNoon + 15s, kNoon + 32s);
  CHECK(cohort.word_of(token(0)) == "401 code UNAUTHORIZED_ACCESS, 1 in a row");
  cohort.failed(token(0), Failing::kAuthentication, kVague, false, kNoon + 40s, kNoon + 40s);
  CHECK(cohort.word_of(token(0)) == "401 code UNAUTHORIZED_ACCESS, 2 in a row");
  cohort.settle(token(0));
  CHECK(cohort.quiet());
  CHECK(cohort.tally_text(Failing::kAuthentication).empty());  // what was added was taken away
}

TEST_CASE("cohort: one token that fails in its own way does not unsettle a mass that fails in another") {
  Cohort cohort;
  for (int minute = 0; minute <= 5; ++minute) {
    fail(cohort, 5, kNoon + minute * 1min);
    cohort.failed(token(7), Failing::kApp, kReadOnly, false, kNoon + minute * 1min, kNoon + minute * 1min);
  }
  CHECK(read(cohort, kNoon + 5min).stable);
  CHECK_FALSE(read(cohort, kNoon + 5min, Failing::kApp).stable);
}

TEST_CASE("cohort: an identity host that falls silent takes nothing back") {
  Cohort cohort = healthy();
  fail(cohort, 50, kNoon, IdentityAnswer::kTokenInvalid);
  for (int number = 0; number < 50; ++number) cohort.identity(token(number), IdentityAnswer::kNoStatement);
  CHECK(read(cohort, kNoon).revoking);
  fail(cohort, 50, kNoon + 20s, IdentityAnswer::kNoStatement);
  CHECK_FALSE(read(cohort, kNoon + 20s).app_at_fault);
}

TEST_CASE("cohort: tokens count once, in the minute of their latest grant, wherever they stand among all tokens") {
  Cohort cohort;
  for (int round = 0; round < 3; ++round) {
    for (const int number : {0, 31, 32, 5'000, 900'000})
      cohort.granted(token(number), kNoon + round * 1min, kNoon + round * 1min);
  }
  CHECK(read(cohort, kNoon + 2min).asked == 5);
  cohort.granted(token(31), kNoon + 4min, kNoon + 4min);
  CHECK(read(cohort, kNoon + 4min).asked == 5);
  CHECK(read(cohort, kNoon + 8min).asked == 1);
}
