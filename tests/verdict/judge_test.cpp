#include "verdict/judge.h"

#include <doctest/doctest.h>

using namespace verdict;
using namespace std::chrono_literals;
using xads::Denial;
using xads::IdentityAnswer;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);
const ConfirmOptions kTwice{2, 20s};
const Neighbours kQuiet{.others_of_account_settled = true, .vouched = false, .clock_fine = true};
const Neighbours kVouched{.vouched = true};

xads::Observation granted(std::vector<std::string> permissions, std::string user = "2417045708") {
  return {xads::Granted{std::move(user), xads::Permissions::from_texts(permissions)}, {200, ""}, {}, {}};
}
xads::Observation denied(Denial denial, int status = 401, std::string code = "") {
  return {xads::Denied{denial}, {status, std::move(code)}, {}, {}};
}
xads::Observation unavailable() { return {xads::Unavailable{"http 503", {}}, {503, ""}, {}, {}}; }

Baseline after(const Baseline& before, const std::vector<xads::Observation>& observations,
               const Neighbours& neighbours = kQuiet) {
  Baseline baseline = before;
  base::Instant now = kNoon;
  for (const auto& observation : observations)
    baseline = judge(baseline, observation, kTwice, neighbours, now += 20s).baseline;
  return baseline;
}
Baseline manager() { return after({}, {granted({"AD_MANAGER", "TWEET_COMPOSER"})}); }
Baseline revoked() {
  return judge_identity(after(manager(), {denied(Denial::kTokenInvalid, 401, "89")}), IdentityAnswer::kTokenInvalid,
                        kTwice, kQuiet, kNoon + 1min)
      .baseline;
}
bool dead(const Baseline& baseline) { return baseline.run->answer == Conclusive(xads::Denied{Denial::kTokenInvalid}); }

/// After the identity host has said so often that the token is dead.
Judgement said_dead(Baseline baseline, int times, const Neighbours& neighbours) {
  Judgement judgement{.baseline = std::move(baseline)};
  for (int time = 0; time < times; ++time)
    judgement = judge_identity(judgement.baseline, IdentityAnswer::kTokenInvalid, kTwice, neighbours, kNoon + 1min);
  return judgement;
}

}  // namespace

TEST_CASE("judge: the first grant is a quiet baseline") {
  const auto judgement = judge({}, granted({"AD_MANAGER"}), kTwice, kQuiet, kNoon);
  CHECK(judgement.moved);
  CHECK(judgement.first);
  CHECK_FALSE(judgement.confirm_again);
  CHECK(judgement.baseline.normal->permissions.text() == "AD_MANAGER");
  CHECK(judgement.baseline.last_good_at == kNoon);
}

TEST_CASE("judge: the same answer makes the run longer and nothing else") {
  const auto judgement = judge(manager(), granted({"TWEET_COMPOSER", "AD_MANAGER"}), kTwice, kQuiet, kNoon + 15min);
  CHECK_FALSE(judgement.moved);
  CHECK(judgement.baseline.run->count == 2);
  CHECK(judgement.baseline.run->last_seen == kNoon + 15min);
  CHECK(judgement.baseline.last_good_at == kNoon + 15min);
}

TEST_CASE("judge: a role change needs two answers that agree") {
  const auto first = judge(manager(), granted({"CAMPAIGN_ANALYST"}), kTwice, kQuiet, kNoon + 15min);
  CHECK_FALSE(first.moved);
  CHECK(first.confirm_again);
  CHECK(first.baseline.run->answer == manager().run->answer);
  const auto second = judge(first.baseline, granted({"CAMPAIGN_ANALYST"}), kTwice, kQuiet, kNoon + 15min + 20s);
  CHECK(second.moved);
  CHECK_FALSE(second.first);
  CHECK(second.confirmations == 2);
  CHECK(second.closed->answer == manager().run->answer);
  CHECK(second.baseline.run->since == kNoon + 15min);
  CHECK(second.baseline.normal->permissions.text() == "AD_MANAGER, TWEET_COMPOSER");
  CHECK(second.baseline.last_good_at == manager().last_good_at);  // when it was last as it should be
}

TEST_CASE("judge: an answer that is taken back leaves no trace") {
  const auto baseline = after(manager(), {granted({"ANALYST"}), granted({"AD_MANAGER", "TWEET_COMPOSER"})});
  CHECK_FALSE(baseline.suspicion);
  CHECK(baseline.run->answer == manager().run->answer);
}

TEST_CASE("judge: two different suspicions do not confirm each other") {
  const auto baseline = after(manager(), {granted({"ANALYST"}), granted({"CAMPAIGN_ANALYST"})});
  CHECK(baseline.suspicion->count == 1);
  CHECK(baseline.run->answer == manager().run->answer);
}

TEST_CASE("judge: an unavailable answer neither confirms nor clears a suspicion") {
  auto baseline = after(manager(), {granted({"ANALYST"}), unavailable(), unavailable()});
  CHECK(baseline.suspicion->count == 1);
  baseline = after(baseline, {granted({"ANALYST"})});
  CHECK(baseline.run->answer == Conclusive(xads::Granted{"2417045708", xads::Permissions::from_texts({"ANALYST"})}));
}

TEST_CASE("judge: nothing without a statement ever moves a baseline") {
  const std::vector<xads::Observation> silent{unavailable(),
                                              {xads::Throttled{}, {429, "88"}, {}, {}},
                                              denied(Denial::kAppRejected, 403),
                                              denied(Denial::kVersionRetired, 403),
                                              denied(Denial::kClockSkewed),
                                              denied(Denial::kRequestRefused, 400),
                                              denied(Denial::kUnknown, 403)};
  for (const auto& observation : silent) {
    CHECK(after(manager(), {observation, observation, observation, observation}) == manager());
    CHECK(after({}, {observation, observation, observation}) == Baseline{});
  }
}

TEST_CASE("judge: code 89 is believed when the identity host says the same of this token") {
  const auto first = judge(manager(), denied(Denial::kTokenInvalid, 401, "89"), kTwice, kQuiet, kNoon);
  CHECK_FALSE(first.moved);
  CHECK(first.ask_identity);
  CHECK(first.ask_neighbours);
  const auto judgement = judge_identity(first.baseline, IdentityAnswer::kTokenInvalid, kTwice, kQuiet, kNoon + 1s);
  CHECK(judgement.moved);
  CHECK(judgement.rule == "identity_confirms");
  CHECK(dead(judgement.baseline));
  CHECK(judgement.baseline.run->evidence.code == "89");
}

TEST_CASE("judge: code 89 said three times is enough when nobody could say otherwise") {
  const std::vector<xads::Observation> often(3, denied(Denial::kTokenInvalid, 401, "89"));
  const Neighbours alone{.could_be_vouched = false};
  CHECK(dead(after(manager(), often, alone)));
  CHECK_FALSE(dead(after(manager(), {often.front(), often.front()}, alone)));
  CHECK_FALSE(dead(after(manager(), often, kQuiet)));  // somebody could, and has not yet
}

TEST_CASE("judge: vague answers do not count as code 89") {
  const auto definite = denied(Denial::kTokenInvalid, 401, "89");
  const std::vector<xads::Observation> vague(3, denied(Denial::kUnauthenticated));
  const Neighbours alone{.could_be_vouched = false};
  auto baseline = after(manager(), {vague[0], vague[1], vague[2], definite, definite}, alone);
  CHECK_FALSE(dead(baseline));
  CHECK(dead(after(baseline, {definite}, alone)));
  CHECK_FALSE(dead(after(manager(), {vague[0], definite}, kVouched)));
  CHECK(dead(after(manager(), {vague[0], definite, definite}, kVouched)));
}

TEST_CASE("judge: a vague 401 is asked after until it came three times, and then at its regular time") {
  const auto once = after(manager(), {denied(Denial::kUnauthenticated)});
  CHECK(judge(once, denied(Denial::kUnauthenticated), kTwice, kQuiet, kNoon).confirm_again);
  const auto twice = judge(once, denied(Denial::kUnauthenticated), kTwice, kQuiet, kNoon).baseline;
  CHECK_FALSE(judge(twice, denied(Denial::kUnauthenticated), kTwice, kQuiet, kNoon).confirm_again);
}

TEST_CASE("judge: the word of the identity host counts as one answer") {
  const ConfirmOptions thrice{.count = 3};
  const auto once = judge(manager(), denied(Denial::kTokenInvalid, 401, "89"), thrice, kQuiet, kNoon).baseline;
  CHECK_FALSE(judge_identity(once, IdentityAnswer::kTokenInvalid, thrice, kQuiet, kNoon + 1s).moved);
  const auto twice = judge(once, denied(Denial::kTokenInvalid, 401, "89"), thrice, kQuiet, kNoon + 20s).baseline;
  CHECK(judge_identity(twice, IdentityAnswer::kTokenInvalid, thrice, kQuiet, kNoon + 21s).moved);
}

TEST_CASE("judge: code 89 is not enough alone while the identity host blames the app") {
  const std::vector<xads::Observation> often(3, denied(Denial::kTokenInvalid, 401, "89"));
  const Neighbours alone{.could_be_vouched = false};
  const auto once = after(manager(), {often[0]}, alone);
  const auto blamed = judge_identity(once, IdentityAnswer::kAppRejected, kTwice, alone, kNoon + 1s).baseline;
  CHECK_FALSE(dead(after(blamed, often, alone)));
  CHECK(dead(after(blamed, often, kVouched)));
}

TEST_CASE("judge: code 89 said twice is enough when another token was granted meanwhile") {
  const std::vector<xads::Observation> twice(2, denied(Denial::kTokenInvalid, 401, "89"));
  const auto first = judge(manager(), twice.front(), kTwice, kVouched, kNoon);
  CHECK_FALSE(first.moved);
  const auto second = judge(first.baseline, twice.front(), kTwice, kVouched, kNoon + 20s);
  CHECK(second.moved);
  CHECK(second.rule == "neighbours_are_well");
  CHECK_FALSE(dead(after(manager(), twice, {.vouched = true, .clock_fine = false})));
}

TEST_CASE("judge: a token that is granted on another account is not dead, whatever is said here") {
  const std::vector<xads::Observation> often(5, denied(Denial::kTokenInvalid, 401, "89"));
  const Neighbours elsewhere{.vouched = true, .alive_elsewhere = true};
  const auto baseline = after(manager(), often, elsewhere);
  CHECK_FALSE(dead(baseline));
  CHECK_FALSE(judge_identity(baseline, IdentityAnswer::kTokenInvalid, kTwice, elsewhere, kNoon + 5min).moved);
}

TEST_CASE("judge: one of many failing tokens is blamed by the identity host alone, or when the many are stable") {
  const std::vector<xads::Observation> vague(3, denied(Denial::kUnauthenticated));
  const std::vector<xads::Observation> definite(3, denied(Denial::kTokenInvalid, 401, "89"));
  const Neighbours mass{.vouched = true, .mass = true};
  const Neighbours stable{.vouched = true, .mass = true, .stable = true};
  CHECK_FALSE(dead(after(manager(), vague, mass)));
  CHECK_FALSE(dead(after(manager(), definite, mass)));
  CHECK(dead(after(manager(), vague, stable)));
  CHECK_FALSE(dead(after(manager(), {definite[0], definite[1]}, stable)));
  CHECK(said_dead(after(manager(), vague, mass), 3, mass).rule == "identity_confirms");
  CHECK_FALSE(said_dead(after(manager(), vague, mass), 2, mass).moved);
  const auto sure = after(manager(), {definite[0]}, mass);
  CHECK(said_dead(sure, 1, mass).rule == "identity_confirms");
  CHECK(judge(after(manager(), {vague[0], vague[1]}, mass), vague[2], kTwice, stable, kNoon).rule ==
        "stable_in_a_mass");
}

TEST_CASE("judge: while the identity host refuses our clock, nothing is concluded") {
  auto baseline = after(manager(), {denied(Denial::kUnauthenticated), denied(Denial::kUnauthenticated)});
  const auto judgement = judge_identity(baseline, IdentityAnswer::kClockSkewed, kTwice, kVouched, kNoon + 1min);
  CHECK_FALSE(judgement.moved);
  CHECK_FALSE(dead(after(judgement.baseline, {denied(Denial::kUnauthenticated)}, kVouched)));
}

TEST_CASE("judge: every move names its rule") {
  CHECK(judge({}, granted({"ANALYST"}), kTwice, kQuiet, kNoon).rule == "first_grant");
  const auto once = after(manager(), {granted({"ANALYST"})});
  CHECK(judge(once, granted({"ANALYST"}), kTwice, kQuiet, kNoon).rule == "answers_agree");
  const auto gone = after(manager(), {denied(Denial::kAccountNotFound, 404)});
  CHECK(judge(gone, denied(Denial::kAccountNotFound, 404), kTwice, kQuiet, kNoon).rule == "not_found_repeated");
  const auto locked = after(manager(), {denied(Denial::kUserLocked, 403)});
  CHECK(judge(locked, denied(Denial::kUserLocked, 403), kTwice, kQuiet, kNoon).rule == "code_says_so");
  CHECK(judge(manager(), granted({"ANALYST"}), kTwice, kQuiet, kNoon).rule.empty());
}

TEST_CASE("judge: a vague 401 alone never accuses a token") {
  std::vector<xads::Observation> vague(20, denied(Denial::kUnauthenticated));
  const auto baseline = after(manager(), vague);
  CHECK_FALSE(dead(baseline));
  CHECK(baseline.suspicion->count == 20);
}

TEST_CASE("judge: a vague 401 asks for another answer, the identity host and the neighbours at once") {
  const auto first = judge(manager(), denied(Denial::kUnauthenticated), kTwice, kQuiet, kNoon);
  CHECK(first.confirm_again);
  CHECK(first.ask_identity);
  const auto second = judge(first.baseline, denied(Denial::kUnauthenticated), kTwice, kQuiet, kNoon + 20s);
  CHECK_FALSE(second.moved);
  CHECK(second.ask_identity);
  CHECK(second.ask_neighbours);
}

TEST_CASE("judge: a vague 401 and code 89 of the identity host together are a revocation") {
  const auto suspected = after(manager(), {denied(Denial::kUnauthenticated), denied(Denial::kUnauthenticated)});
  const auto once = said_dead(suspected, 1, kQuiet);
  CHECK_FALSE(once.moved);
  CHECK(once.confirm_again);
  const auto twice = said_dead(suspected, 2, kQuiet);
  CHECK(twice.rule == "identity_confirms");
  CHECK(dead(twice.baseline));
}

TEST_CASE("judge: of a vague 401, the identity host must say code 89 in a row; its silence takes nothing back") {
  const auto suspected = after(manager(), {denied(Denial::kUnauthenticated), denied(Denial::kUnauthenticated)});
  const auto then = [](const Baseline& baseline, IdentityAnswer answer) {
    return judge_identity(baseline, answer, kTwice, kQuiet, kNoon + 1min).baseline;
  };
  const auto once = then(suspected, IdentityAnswer::kTokenInvalid);
  CHECK(once.suspicion->identity_count == 1);
  CHECK(dead(then(then(once, IdentityAnswer::kNoStatement), IdentityAnswer::kTokenInvalid)));
  CHECK_FALSE(dead(then(then(once, IdentityAnswer::kAlive), IdentityAnswer::kTokenInvalid)));
}

TEST_CASE("judge: code 89 of the identity host does not replace the second vague answer") {
  const auto suspected = after(manager(), {denied(Denial::kUnauthenticated)});
  const auto judgement = judge_identity(suspected, IdentityAnswer::kTokenInvalid, kTwice, kQuiet, kNoon + 1min);
  CHECK_FALSE(judgement.moved);
  CHECK(judgement.confirm_again);
}

TEST_CASE("judge: while the identity host says that the token lives, nothing is concluded") {
  auto baseline = after(manager(), {denied(Denial::kUnauthenticated), denied(Denial::kUnauthenticated)});
  const auto judgement = judge_identity(baseline, IdentityAnswer::kAlive, kTwice, kQuiet, kNoon + 1min);
  CHECK_FALSE(judgement.moved);
  CHECK_FALSE(judgement.confirm_again);
  const Neighbours vouched{.others_of_account_settled = true, .vouched = true, .clock_fine = true};
  baseline = after(judgement.baseline, {denied(Denial::kUnauthenticated), denied(Denial::kUnauthenticated)}, vouched);
  CHECK_FALSE(dead(baseline));
}

TEST_CASE("judge: with a silent identity host three vague answers count when another token is fine") {
  const std::vector<xads::Observation> vague(3, denied(Denial::kUnauthenticated));
  const Neighbours vouched{.others_of_account_settled = true, .vouched = true, .clock_fine = true};
  const Neighbours skewed{.others_of_account_settled = true, .vouched = true, .clock_fine = false};
  CHECK(dead(after(manager(), vague, vouched)));
  CHECK_FALSE(dead(after(manager(), vague, skewed)));
  CHECK_FALSE(dead(after(manager(), vague, kQuiet)));
}

TEST_CASE("judge: vague and plain refusals of a token are the same run") {
  const auto baseline = after(revoked(), {denied(Denial::kUnauthenticated)});
  CHECK(dead(baseline));
  CHECK_FALSE(baseline.suspicion);
  CHECK(baseline.run->count == 2);
}

TEST_CASE("judge: 'not found' waits for the account's other tokens") {
  const Neighbours unsettled{.others_of_account_settled = false, .vouched = false, .clock_fine = true};
  const std::vector<xads::Observation> twice(2, denied(Denial::kAccountNotFound, 404, "NOT_FOUND"));
  const auto waiting = after(manager(), twice, unsettled);
  CHECK(waiting.suspicion->count == 2);
  const auto judgement = judge(waiting, twice.front(), kTwice, kQuiet, kNoon + 1min);
  CHECK(judgement.moved);
  CHECK(judgement.confirmations == 3);
}

TEST_CASE("judge: a recovery needs as many answers as a loss") {
  auto baseline = after(revoked(), {granted({"AD_MANAGER", "TWEET_COMPOSER"})});
  CHECK(dead(baseline));
  baseline = after(baseline, {granted({"AD_MANAGER", "TWEET_COMPOSER"})});
  CHECK(baseline.run->answer == manager().run->answer);
}

TEST_CASE("judge: suspended, locked and to be authorized anew are confirmed like a role change") {
  for (const Denial denial : {Denial::kUserSuspended, Denial::kUserLocked, Denial::kReauthorizationRequired}) {
    const auto once = after(manager(), {denied(denial, 403)});
    CHECK(once.run->answer == manager().run->answer);
    const auto twice = after(once, {denied(denial, 403)});
    CHECK(twice.run->answer == Conclusive(xads::Denied{denial}));
  }
}
