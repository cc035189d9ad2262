#include "service/roster.h"

#include <doctest/doctest.h>

using service::Roster;

namespace {

base::SeededRandom random_source(11);

audit::TokenId put(Roster& roster, const std::string& name, const std::string& user = "") {
  const auto id = audit::TokenId::make(base::Instant{}, random_source);
  roster.put({{.id = id, .name = name, .app = "agency", .user_id = user}, {}});
  return id;
}

audit::ProbeId add(Roster& roster, const audit::TokenId& token, const std::string& account, bool is_granted = true) {
  verdict::ProbeState state{.probe = {audit::ProbeId::make(base::Instant{}, random_source), token, account}};
  if (is_granted) state.baseline.run = verdict::Run{.answer = xads::Granted{"77", {}}};
  return roster.add_probe(state).state.probe.id;
}

}  // namespace

TEST_CASE("roster: probes are found by token, by account and by pair") {
  Roster roster;
  const auto first = put(roster, "brand-a"), second = put(roster, "brand-b");
  const auto here = add(roster, first, "aaa"), there = add(roster, second, "aaa");
  add(roster, first, "bbb");
  CHECK(roster.probes_of_token(first).size() == 2);
  CHECK(roster.probes_of_account("aaa").size() == 2);
  CHECK(roster.probe_of(second, "aaa")->state.probe.id == there);
  CHECK(roster.probe_of(second, "bbb") == nullptr);
  roster.remove_probe(here);
  CHECK(roster.probe(here) == nullptr);
  CHECK(roster.probes_of_account("aaa") == std::vector{there});
}

TEST_CASE("roster: a removed token takes its probes along") {
  Roster roster;
  const auto token = put(roster, "brand-a");
  add(roster, token, "aaa");
  roster.remove(token);
  CHECK(roster.token(token) == nullptr);
  CHECK(roster.token_named("brand-a") == nullptr);
  CHECK(roster.probes_of_account("aaa").empty());
}

TEST_CASE("roster: a pinned user stays when new facts do not name one") {
  Roster roster;
  const auto token = put(roster, "brand-a");
  roster.pin_user(token, "77");
  roster.put({{.id = token, .name = "brand-a", .app = "agency", .labels = {{"client", "A"}}}, {}});
  CHECK(roster.token(token)->token.user_id == "77");
  CHECK(roster.token(token)->token.labels.at("client") == "A");
}

TEST_CASE("roster: members know whether their token is granted elsewhere") {
  Roster roster;
  const auto both = put(roster, "both"), only = put(roster, "only");
  add(roster, both, "aaa", false);
  add(roster, both, "bbb");
  add(roster, only, "aaa");
  for (const auto& member : roster.members_of_account("aaa")) {
    CHECK(member.token_granted_elsewhere == (member.token->name == "both"));
  }
}
