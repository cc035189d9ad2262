#include <doctest/doctest.h>

#include "alert/repair.h"
#include "alert/samples.h"

using namespace alert;
using verdict::Cause;

namespace {

Alert developers(Cause cause) {
  Alert alert = samples::alert(cause, State::kOpened);
  alert.subject.token = samples::token(audit::TokenKind::kDeveloper);
  return alert;
}
std::string repair(Cause cause) { return wording_of(samples::alert(cause, State::kOpened)).repair; }

}  // namespace

TEST_CASE("wording: a revoked token is told with what X said, and since when") {
  const Wording wording = wording_of(samples::alert(Cause::kTokenRevoked, State::kOpened));
  CHECK(wording.title == "Access token revoked: brand-a");
  CHECK(wording.before == "X accepted the token");
  CHECK(wording.after == "X refuses it as revoked (HTTP 401, code 89)");
  CHECK(wording.since == "2026-11-23T10:15:02.118Z; last good answer 2026-11-23T10:00:01.902Z");
}

TEST_CASE("wording: a changed role is told by the permissions before and after") {
  const Wording wording = wording_of(samples::alert(Cause::kRoleReduced, State::kOpened));
  CHECK(wording.title == "Role reduced: brand-a on 18ce54d4x5t");
  CHECK(wording.before == "AD_MANAGER, TWEET_COMPOSER");
  CHECK(wording.after == "CAMPAIGN_ANALYST");
  CHECK(wording_of(samples::alert(Cause::kRoleReduced, State::kUpdated)).title ==
        "Updated: Role reduced: brand-a on 18ce54d4x5t");
}

TEST_CASE("wording: every cause has a title, both states, a time and a repair, in every state") {
  for (const Cause cause : verdict::all_causes()) {
    for (const State state : {State::kOpened, State::kUpdated, State::kResolved}) {
      CAPTURE(verdict::to_text(cause));
      const Wording wording = wording_of(samples::alert(cause, state));
      CHECK_FALSE(wording.title.empty());
      CHECK_FALSE(wording.before.empty());
      CHECK_FALSE(wording.after.empty());
      CHECK_FALSE(wording.since.empty());
      CHECK_FALSE(wording.repair.empty());
      CHECK(wording.before != wording.after);
    }
  }
}

TEST_CASE("wording: a resolved incident says what was wrong, that it is over, and how long it lasted") {
  const Wording wording = wording_of(samples::alert(Cause::kTokenRevoked, State::kResolved));
  CHECK(wording.title == "Resolved: Access token revoked: brand-a");
  CHECK(wording.before == "X refuses it as revoked (HTTP 401, code 89)");
  CHECK(wording.after == "X no longer refuses it as revoked");
  CHECK(wording.since == "2026-11-23T10:15:02.118Z to 2026-11-23T13:19:40.000Z (3h 4m)");
  CHECK(wording.repair.starts_with("Nothing to do here."));
}

TEST_CASE("wording: what is not known is not invented") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kOpened);
  alert.incident.finding.last_good_at.reset();
  alert.incident.finding.evidence = {};
  alert.subject.token->user_id.clear();
  const Wording wording = wording_of(alert);
  CHECK(wording.after == "X refuses it as revoked");
  CHECK(wording.since == "2026-11-23T10:15:02.118Z; last good answer not on record");
  CHECK(wording.repair.find("(the token's user)") != std::string::npos);
}

TEST_CASE("wording: a long list of permissions is cut with its count, an empty one is none") {
  Alert alert = samples::alert(Cause::kPermissionUnknown, State::kOpened);
  alert.incident.finding.before.clear();
  alert.incident.finding.after.assign(40, "P");
  CHECK(wording_of(alert).before == "none");
  CHECK(wording_of(alert).after == "P, P, P, P, P, P, P, P, P, P, P, P … and 28 more");
}

TEST_CASE("repair: the advertiser authorizes again, the developer signs in as the agency's handle") {
  CHECK(repair(Cause::kTokenRevoked) ==
        "The advertiser (user 2417045708) must authorize the app agency again, with the link that this "
        "shows: adsauditd token authorize --for brand-a");
  CHECK(repair_of(developers(Cause::kTokenRevoked)) ==
        "Sign in to X as the agency's handle (user 2417045708) and authorize the app agency again, with the link "
        "that this shows: adsauditd token authorize --for brand-a");
}

TEST_CASE("repair: a reduced role names account, user and the base role that is asked for") {
  CHECK(repair(Cause::kRoleReduced) ==
        "Ask an administrator of 18ce54d4x5t to give user 2417045708 the role AD_MANAGER.");
}

TEST_CASE("repair: removed access names the role when it is known") {
  Alert alert = samples::alert(Cause::kAccessRemoved, State::kOpened);
  CHECK(repair_of(alert) ==
        "An administrator of 18ce54d4x5t must add user 2417045708 back to the account, with its former role.");
  alert.incident.finding.before = {"AD_MANAGER", "TWEET_COMPOSER"};
  CHECK(repair_of(alert) ==
        "An administrator of 18ce54d4x5t must add user 2417045708 back to the account, with the role AD_MANAGER.");
}

TEST_CASE("repair: a locked user keeps its token") {
  CHECK(repair(Cause::kTokenUserLocked) ==
        "The owner of user 2417045708 must log in at x.com and unlock it. The token lives on: no new one is needed.");
}

TEST_CASE("repair: an account that one token alone never saw is not told as gone for all") {
  Alert alert = samples::alert(Cause::kAccountUnavailable, State::kOpened);
  CHECK(repair_of(alert).starts_with("None of our tokens sees 18ce54d4x5t."));
  CHECK(wording_of(alert).title == "Ad account unavailable: 18ce54d4x5t");
  alert.subject.token = samples::token(audit::TokenKind::kAdvertiser);
  CHECK(repair_of(alert).starts_with("Other tokens of ours see 18ce54d4x5t, this one never did."));
  CHECK(wording_of(alert).title == "Ad account unavailable: 18ce54d4x5t for brand-a");
}

TEST_CASE("wording: throttling is about the token or the account whose limit is used up, and ends with an answer") {
  Alert alert = samples::alert(Cause::kAuditThrottled, State::kOpened);
  CHECK(wording_of(alert).title == "Audit throttled: brand-a");
  CHECK(wording_of(alert).after ==
        "X says that its rate limit is used up although our budget said yes (HTTP 429, code TOO_MANY_REQUESTS)");
  alert.subject = {.account_id = "18ce54d4x5t"};
  CHECK(wording_of(alert).title == "Audit throttled: 18ce54d4x5t");
  CHECK(wording_of(samples::alert(Cause::kAuditThrottled, State::kResolved)).after ==
        "X answers within our budget again");
}

TEST_CASE("repair: throttling asks to look for others, or to lower the share, and says where to look") {
  Alert alert = samples::alert(Cause::kAuditThrottled, State::kOpened);
  CHECK(repair_of(alert).find("audits of the token brand-a come late") != std::string::npos);
  CHECK(repair_of(alert).find("lower budget.share in the settings") != std::string::npos);
  CHECK(repair_of(alert).ends_with("adsauditd budget --token brand-a"));
  alert.subject = {.account_id = "18ce54d4x5t"};
  CHECK(repair_of(alert).ends_with("adsauditd budget --account 18ce54d4x5t"));
}

TEST_CASE("repair: a command may be pasted into a shell whatever the name holds") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kOpened);
  alert.subject.token->name = "it's; $(reboot)";
  CHECK(repair_of(alert).ends_with("adsauditd token authorize --for 'it'\\''s; $(reboot)'"));
}

TEST_CASE("wording: what is not about one token says what it is about, and the clock needs no more") {
  const auto title = [](Cause cause) { return wording_of(samples::alert(cause, State::kOpened)).title; };
  CHECK(title(Cause::kAppRejected) == "App refused by X: agency");
  CHECK(title(Cause::kVersionRetired) == "API version switched off: 12");
  CHECK(title(Cause::kSunset) == "API version will end: 12");
  CHECK(title(Cause::kAuditBlind) == "Audit blind: name_resolution");
  CHECK(title(Cause::kClockSkew) == "Our clock is off");
  CHECK(title(Cause::kPolicyViolated) == "Expectation broken: brand-a on 18ce54d4x5t");
  CHECK(title(Cause::kRedundancyLost) == "Too few in reserve: 18ce54d4x5t");
  CHECK(title(Cause::kChangeOverdue) == "Announced change overdue: 18ce54d4x5t");
}

TEST_CASE("wording: the details stand beside what is, and alone where they say it all") {
  const auto after = [](Cause cause) { return wording_of(samples::alert(cause, State::kOpened)).after; };
  CHECK(after(Cause::kAppRejected) ==
        "X refuses its tokens alike (HTTP 401, code 32): the consumer key and secret were regenerated, or the app is "
        "suspended");
  CHECK(after(Cause::kClockSkew) == "our clock is 2m ahead of X's");
  CHECK(after(Cause::kAuditBlind) == "no conclusive answer came: the names of X's hosts could not be resolved");
  CHECK(after(Cause::kPolicyViolated) == "CAMPAIGN_ANALYST: lacks AD_MANAGER; expected by expect[0]");
  CHECK(after(Cause::kRedundancyLost) == "1 of 2 live tokens, expected by expect[1]");
}

TEST_CASE("wording: what is expected is told as such, also when it is no set") {
  Alert alert = samples::alert(Cause::kPolicyViolated, State::kOpened);
  CHECK(wording_of(alert).before == "AD_MANAGER is expected");
  alert.incident.finding.before.clear();
  CHECK(wording_of(alert).before == "something else is expected");
}

TEST_CASE("wording: who is hit are the accounts, and those that have nobody else") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kOpened);
  CHECK(wording_of(alert).who.empty());
  alert.subject.accounts = {{"18ce5a1", "18ce5a2"}, 2};
  alert.subject.without_live_token = {{"18ce5a1"}, 1};
  alert.subject.without_admin = {{"a", "b", "c", "d", "e", "f"}, 40};
  CHECK(wording_of(alert).who ==
        "ad accounts (2): 18ce5a1, 18ce5a2; without any other live token (1): 18ce5a1; without any other administrator "
        "(40): a, b, c, d, e and 35 more");
}

TEST_CASE("wording: who is hit are the tokens of an app, the pairs that are not seen, the tokens that do not count") {
  const auto who = [](Cause cause) { return wording_of(samples::alert(cause, State::kOpened)).who; };
  CHECK(who(Cause::kAppRejected) == "tokens (12): brand-a, brand-b and 10 more");
  CHECK(who(Cause::kAuditBlind) == "pairs (50): brand-a on 18ce54d4x5t and 49 more");
  CHECK(who(Cause::kRedundancyLost) == "tokens that do not count (1): brand-b");
  CHECK(who(Cause::kVersionRetired) == "tokens: 12");
}

TEST_CASE("wording: what stops is told while it lasts, and no longer") {
  CHECK(wording_of(samples::alert(Cause::kRoleReduced, State::kOpened))
            .stops.starts_with("documented: conversion uploads stop; "));
  const Wording over = wording_of(samples::alert(Cause::kRoleReduced, State::kResolved));
  CHECK(over.stops.empty());
  CHECK(over.who.empty());
}

TEST_CASE("wording: what comes and goes says how often") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.incident.flips.assign(3, alert.at);
  CHECK(wording_of(alert).since.ends_with("; it has come and gone 3 times"));
}

TEST_CASE("wording: says how often it was confirmed, and by which rule") {
  Alert alert = samples::alert(Cause::kTokenUserLocked, State::kOpened);
  CHECK(wording_of(alert).sure == "confirmed 2 times; X's answers agree, and their code names this cause");
  alert.incident.finding.confirmations = 1;
  alert.incident.finding.grounds.rule = "a_rule_of_tomorrow";
  CHECK(wording_of(alert).sure == "seen once");
  alert.incident.finding.confirmations = 0;
  CHECK(wording_of(alert).sure.empty());
  CHECK(wording_of(samples::alert(Cause::kStoreUnwritable, State::kOpened)).sure ==
        "SQLite says that the database is full or read-only");
  CHECK(wording_of(samples::alert(Cause::kTokenUserLocked, State::kResolved)).sure.empty());
}

TEST_CASE("wording: a reminder says so, and why it comes") {
  const Wording wording = wording_of(samples::alert(Cause::kTokenRevoked, State::kReminder));
  CHECK(wording.title == "Reminder: Access token revoked: brand-a");
  CHECK(wording.note == "Reminder 2: it still lasts.");
}

TEST_CASE("wording: a test is marked, and says that nothing is wrong") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kResolved);
  alert.test = true;
  CHECK(wording_of(alert).title == "[TEST] Resolved: Access token revoked: brand-a");
  CHECK(wording_of(alert).note == "This is a test that the operator asked for: nothing is wrong.");
  alert.note = "Asked for by ada.";
  CHECK(wording_of(alert).note == "This is a test that the operator asked for: nothing is wrong. Asked for by ada.");
  CHECK(lasting_title_of(alert) == "Access token revoked: brand-a");
}

TEST_CASE("wording: our own troubles name the destination, or need no name") {
  const Wording broken = wording_of(samples::alert(Cause::kDestinationBroken, State::kOpened));
  CHECK(broken.title == "Alerts do not arrive: ops");
  CHECK(broken.after == "it takes none: http 404: no_service");
  CHECK(wording_of(samples::alert(Cause::kStoreUnwritable, State::kOpened)).title == "Database cannot be written");
}
