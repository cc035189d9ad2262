#include "service/roster.h"

#include <doctest/doctest.h>

#include "verdict/judge.h"

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;
using service::Pair;
using service::Roster;
using namespace std::chrono_literals;

namespace {

constexpr base::Instant kNoon = base::from_epoch_ms(1'790'000'000'000);

base::SeededRandom random_source(11);

TokenIndex put(Roster& roster, const std::string& name, const std::string& user = "77") {
  return roster.put_token(
      {.id = audit::TokenId::make(kNoon, random_source), .name = name, .app = "agency", .user_id = user}, "", "sealed");
}

xads::Granted grant(const std::vector<std::string>& permissions, const std::string& user = "77") {
  return {user, xads::Permissions::from_texts(permissions)};
}

verdict::Baseline plain_baseline() {
  verdict::Baseline baseline;
  baseline.run = verdict::Run{grant({"AD_MANAGER"}), kNoon - 2h, kNoon - 1h, 9, {200, ""}};
  baseline.normal = grant({"AD_MANAGER"});
  baseline.last_good_at = kNoon - 1h;
  return baseline;
}

PairIndex add(Roster& roster, TokenIndex token, const std::string& account,
              const verdict::Baseline& baseline = plain_baseline()) {
  const auto pair = roster.add_pair(token, roster.put_account(account), audit::ProbeId::make(kNoon, random_source));
  roster.set_baseline(pair, baseline);
  return pair;
}

}  // namespace

TEST_CASE("roster: pairs are found by token, by account and by both") {
  Roster roster;
  const auto first = put(roster, "brand-a"), second = put(roster, "brand-b");
  const auto here = add(roster, first, "aaa"), there = add(roster, second, "aaa");
  add(roster, first, "bbb");
  const AccountIndex aaa = *roster.find_account("aaa"), bbb = *roster.find_account("bbb");
  CHECK(roster.pairs_of(first).size() == 2);
  CHECK(roster.pairs_of(aaa) == std::vector{there, here});
  CHECK(roster.find_pair(second, aaa) == there);
  CHECK_FALSE(roster.find_pair(second, bbb));
  CHECK_FALSE(roster.find_account("ccc"));
  roster.remove_pair(here);
  CHECK(roster.pairs_of(aaa) == std::vector{there});
  CHECK(roster.pairs_of(first).size() == 1);
  CHECK(roster.live_pairs() == 2);
  CHECK(add(roster, first, "ccc") == here);  // the free place is used again
}

TEST_CASE("roster: a removed token leaves its place to the next one, which is not taken for it") {
  Roster roster;
  const auto token = put(roster, "brand-a");
  const auto id = roster.record(token).id;
  const auto generation = roster.record(token).generation;
  roster.remove_token(token);
  CHECK_FALSE(roster.find_token(id));
  CHECK_FALSE(roster.find_token_named("brand-a"));
  CHECK(roster.sealed(token).empty());
  const auto next = put(roster, "brand-b", "");
  CHECK(next == token);
  CHECK(roster.record(next).generation != generation);
  CHECK(roster.token(next).user_id.empty());
  CHECK(roster.live_tokens() == 1);
}

TEST_CASE("roster: a pinned user stays when new facts do not name one") {
  Roster roster;
  const auto token = put(roster, "brand-a", "");
  roster.pin_user(token, "77");
  audit::Token facts = roster.token(token);
  facts.user_id.clear();
  facts.labels = {{"client", "A"}, {"owner", ""}};
  CHECK(roster.put_token(facts, "88", "sealed anew") == token);
  CHECK(roster.token(token).user_id == "77");
  CHECK(roster.token(token).labels == audit::Labels{{"client", "A"}, {"owner", ""}});
  CHECK(roster.user(token) == "77");
  CHECK(roster.sealed(token) == "sealed anew");
}

TEST_CASE("roster: a user is what X says, else what the token claims, and comes back letter by letter") {
  Roster roster;
  for (const std::string user : {"1", "18446744073709551614", "18446744073709551616", "007", "user-of-brand"}) {
    const auto id = audit::TokenId::make(kNoon, random_source);
    const auto token = roster.put_token({.id = id, .name = "brand-a", .app = "agency"}, user, "sealed");
    CHECK(roster.user(token) == user);
    CHECK(roster.token(token).user_id.empty());
    roster.pin_user(token, user);
    CHECK(roster.token(token).user_id == user);
    verdict::Baseline baseline = plain_baseline();
    baseline.run->answer = *(baseline.normal = grant({"AD_MANAGER"}, user));
    const auto pair = add(roster, token, "account of " + user, baseline);
    CHECK(roster.baseline(pair) == baseline);
    CHECK(roster.same_again(pair, grant({"AD_MANAGER"}, user), {kNoon, kNoon}));
    CHECK_FALSE(roster.same_again(pair, grant({"AD_MANAGER"}, user + "0"), {kNoon, kNoon}));
  }
}

TEST_CASE("roster: any baseline comes back as it was put") {
  Roster roster;
  const auto token = put(roster, "brand-a");
  const verdict::Baseline plain = plain_baseline();
  verdict::Baseline unasked, other_user = plain, unknown = plain, reduced = plain, suspected = plain, denied,
                             old = plain, accepted = plain;
  other_user.run->answer = grant({"AD_MANAGER"}, "78");
  accepted.accepted = true;
  unknown.run->answer = *(unknown.normal = grant({"AD_MANAGER", "NEW_POWER"}));
  reduced.run->answer = grant({"ANALYST"});
  suspected.suspicion = verdict::Suspicion{.answer = xads::Denied{xads::Denial::kTokenInvalid}, .began = kNoon};
  denied.run = verdict::Run{xads::Denied{xads::Denial::kAccountNotFound}, kNoon, kNoon, 1, {404, "NOT_FOUND"}};
  old.last_good_at = kNoon - 90min;
  int number = 0;
  for (const auto& baseline : {plain, unasked, other_user, unknown, reduced, suspected, denied, old, accepted}) {
    const auto pair = add(roster, token, "account" + std::to_string(number++), baseline);
    CHECK(roster.baseline(pair) == baseline);
    CHECK(roster.state(pair).baseline == baseline);
  }
  CHECK((roster.pair(PairIndex{0}).form == Pair::Form::kPlain));
  CHECK((roster.pair(PairIndex{1}).form == Pair::Form::kUnasked));
  for (std::uint32_t place = 2; place < 9; ++place) CHECK((roster.pair(PairIndex{place}).form == Pair::Form::kUnusual));
}

TEST_CASE("roster: the plain answer once more does what the judge would do") {
  Roster roster;
  const auto pair = add(roster, put(roster, "brand-a"), "aaa");
  const xads::Observation seen{grant({"AD_MANAGER"}), {200, ""}, {}, {}};
  const auto judged = verdict::judge(roster.baseline(pair), seen, {}, {}, kNoon);
  REQUIRE(roster.same_again(pair, grant({"AD_MANAGER"}), {kNoon, kNoon}));
  CHECK(roster.baseline(pair) == judged.baseline);
  CHECK(static_cast<bool>(roster.pair(pair).unsaved));
  CHECK(roster.last_granted(pair) == kNoon);
  for (const auto& other : {grant({"ANALYST"}), grant({"AD_MANAGER"}, "78"), grant({"AD_MANAGER", "NEW_POWER"})})
    CHECK_FALSE(roster.same_again(pair, other, {kNoon, kNoon}));
  CHECK(roster.baseline(pair) == judged.baseline);
}

TEST_CASE("roster: what lies beside a pair goes when it has long been plain again") {
  Roster roster;
  const auto pair = add(roster, put(roster, "brand-a"), "aaa");
  roster.memory(pair).run_began = kNoon;
  CHECK(roster.baseline(pair) == plain_baseline());
  roster.tidy(pair, kNoon + 24h);
  CHECK(roster.memory_if_any(pair) != nullptr);
  roster.tidy(pair, kNoon + 25h);
  CHECK(roster.memory_if_any(pair) == nullptr);
  CHECK(roster.baseline(pair) == plain_baseline());
}

TEST_CASE("roster: a plain pair keeps its user when its token gets another") {
  Roster roster;
  const auto token = put(roster, "brand-a");
  const auto pair = add(roster, token, "aaa");
  roster.pin_user(token, "99");
  CHECK(roster.baseline(pair) == plain_baseline());
}

TEST_CASE("roster: members know whether their token is granted elsewhere") {
  Roster roster;
  const auto both = put(roster, "both"), only = put(roster, "only");
  add(roster, both, "aaa", {});
  add(roster, both, "bbb");
  add(roster, only, "aaa");
  const auto neighbourhood = roster.neighbourhood_of(*roster.find_account("aaa"));
  REQUIRE(neighbourhood.members.size() == 2);
  for (const auto& member : neighbourhood.members)
    CHECK(member.token_granted_elsewhere == (member.token->name == "both"));
}

TEST_CASE("roster: of a dead token's thousand pairs one speaks for all") {
  Roster roster;
  const auto token = put(roster, "brand-a");
  verdict::Baseline dead;
  dead.run = verdict::Run{xads::Denied{xads::Denial::kTokenInvalid}, kNoon, kNoon, 1, {401, "89"}};
  for (int account = 0; account < 1000; ++account) add(roster, token, "acc" + std::to_string(account), dead);
  add(roster, token, "plain");
  CHECK(roster.states_about(token).size() == 1);
}
