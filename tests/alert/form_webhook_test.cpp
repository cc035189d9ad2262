#include <doctest/doctest.h>

#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"

using namespace alert;
using verdict::Cause;

namespace {

rapidjson::Document parsed(const Alert& alert) {
  auto document = base::parse_json(render(Channel::kWebhook, alert));
  REQUIRE(document.ok());
  return std::move(document).value();
}
const rapidjson::Value& data_of(const rapidjson::Document& document) { return document["data"]; }

void check_limits(const std::string& body) {
  CHECK(body.size() < 20'000);
  CHECK(base::parse_json(body).ok());
}

}  // namespace

TEST_CASE("webhook: an account's incident has neither token nor app") {
  const auto document = parsed(samples::alert(Cause::kAccountUnavailable, State::kOpened));
  CHECK(data_of(document)["token"].IsNull());
  CHECK(data_of(document)["app"].IsNull());
  CHECK(base::text_of(&data_of(document)["account"]["id"]) == "18ce54d4x5t");
}

TEST_CASE("webhook: a token's incident has no account, and no permissions") {
  const auto document = parsed(samples::alert(Cause::kTokenRevoked, State::kOpened));
  CHECK(data_of(document)["account"].IsNull());
  CHECK(data_of(document)["before"].Empty());
  CHECK(data_of(document)["after"].Empty());
}

TEST_CASE("webhook: the evidence's code is text even when X sent a number, and null when there was none") {
  Alert alert = samples::alert(Cause::kTokenRevoked, State::kOpened);
  CHECK(render(Channel::kWebhook, alert).find(R"("evidence":{"http_status":401,"code":"89","confirmations":2})") !=
        std::string::npos);
  alert.incident.finding.evidence = {};
  CHECK(render(Channel::kWebhook, alert).find(R"("evidence":{"http_status":null,"code":null,"confirmations":2})") !=
        std::string::npos);
}

TEST_CASE("webhook: a resolved message carries the incident's own type and id, and both times") {
  const Alert opened = samples::alert(Cause::kRoleReduced, State::kOpened);
  const auto document = parsed(samples::alert(Cause::kRoleReduced, State::kResolved));
  CHECK(base::text_of(&document["type"]) == "role.reduced");
  CHECK(base::text_of(&document["timestamp"]) == "2026-11-23T13:19:40.000Z");
  const rapidjson::Value& incident = data_of(document)["incident"];
  CHECK(base::text_of(&incident["id"]) == opened.incident.id.text());
  CHECK(base::text_of(&incident["opened_at"]) == "2026-11-23T10:15:02.118Z");
  CHECK(base::text_of(&incident["resolved_at"]) == "2026-11-23T13:19:40.000Z");
}

TEST_CASE("webhook: what is not known is null, and a message that is whole does not say truncated") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.subject.token->user_id.clear();
  alert.subject.account_name.clear();
  alert.incident.finding.last_good_at.reset();
  const auto document = parsed(alert);
  CHECK(data_of(document)["token"]["user_id"].IsNull());
  CHECK(data_of(document)["account"]["name"].IsNull());
  CHECK(data_of(document)["last_good_at"].IsNull());
  CHECK_FALSE(data_of(document).HasMember("truncated"));
}

TEST_CASE("webhook: the worst names give valid JSON of less than 20 kB, in every cause and state") {
  for (const std::string& text : samples::hostile_texts()) {
    for (const Cause cause : verdict::all_causes()) {
      for (const State state : {State::kOpened, State::kResolved})
        check_limits(render(Channel::kWebhook, samples::hostile(text, state, cause)));
    }
    check_limits(render(Channel::kWebhook, samples::hostile_digest(text)));
  }
}

TEST_CASE("webhook: a message that had to be cut says so") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.subject.account_name = std::string(300, 'x');
  const auto document = parsed(alert);
  CHECK(data_of(document)["truncated"].GetBool());
  CHECK(base::text_of(&data_of(document)["account"]["name"]) == std::string(253, 'x') + "…");
}

TEST_CASE("webhook: circumstances are told as they are, and empty where there are none") {
  Alert alert = samples::alert(Cause::kAppRejected, State::kOpened);
  alert.subject.accounts = {{"18ce5a1"}, 3};
  const std::string body = render(Channel::kWebhook, alert);
  CHECK(body.find(R"("rule":"tokens_fail_together","affected":12,"details":["the consumer key and secret were )"
                  R"(regenerated, or the app is suspended"],"accounts":{"count":3,"first":["18ce5a1"]},)"
                  R"("without_live_token":{"count":0,"first":[]},"without_admin":{"count":0,"first":[]},)"
                  R"("examples":["brand-a","brand-b"],"witnesses":["Ads API: 401 code 32 for 12 tokens"]})") !=
        std::string::npos);
  alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.incident.finding.grounds = {};
  CHECK(render(Channel::kWebhook, alert).find(R"("rule":null,"affected":0,"details":[],)") != std::string::npos);
}

TEST_CASE("webhook: impact tells what stops and what goes on, with the certainty of each") {
  const std::string body = render(Channel::kWebhook, samples::alert(Cause::kRoleReduced, State::kOpened));
  CHECK(body.find(R"({"need":"conversions","effect":"stops","certainty":"documented"})") != std::string::npos);
  CHECK(body.find(R"({"need":"manage_campaigns","effect":"stops","certainty":"by role name"})") != std::string::npos);
  CHECK(body.find(R"({"need":"analytics","effect":"continues","certainty":"by role name"})") != std::string::npos);
}

TEST_CASE("webhook: the severity is the expectation's where it gives one") {
  CHECK(render(Channel::kWebhook, samples::alert(Cause::kPolicyViolated, State::kOpened))
            .find(R"("severity":"critical")") != std::string::npos);
}

TEST_CASE("webhook: twenty entries of each list fit into a usual message") {
  Alert alert = samples::alert(Cause::kAppRejected, State::kOpened);
  alert.incident.finding.examples.assign(20, "brand-a on 18ce54d4x5t");
  alert.incident.finding.grounds.witnesses.assign(20, std::string(100, 'x'));
  alert.subject.accounts = {std::vector<std::string>(20, "18ce54d4x5t"), 20};
  const auto document = parsed(alert);
  CHECK(data_of(document)["examples"].Size() == 20);
  CHECK(data_of(document)["witnesses"].Size() == 20);
  CHECK(data_of(document)["accounts"]["first"].Size() == 20);
  CHECK_FALSE(data_of(document).HasMember("truncated"));
}

TEST_CASE("webhook: a digest of usual names holds all of its twenty") {
  Digest digest = samples::digest();
  digest.first.assign(20, samples::alert(Cause::kRoleReduced, State::kOpened));
  const auto document = base::parse_json(render(Channel::kWebhook, digest));
  REQUIRE(document.ok());
  CHECK(data_of(document.value())["incidents"].Size() == 20);
  CHECK(base::text_of(&data_of(document.value())["more"]) == "5");
  CHECK_FALSE(data_of(document.value()).HasMember("truncated"));
}

TEST_CASE("webhook: a digest leaves out what has no room, and counts it") {
  const auto document = base::parse_json(render(Channel::kWebhook, samples::hostile_digest(std::string(5'000, '"'))));
  REQUIRE(document.ok());
  const auto listed = data_of(document.value())["incidents"].Size();
  CHECK(listed >= 1);
  CHECK(listed < 20);
  CHECK(base::text_of(&data_of(document.value())["more"]) == std::to_string(1'000'000'005 - listed));
  CHECK(data_of(document.value())["truncated"].GetBool());
}

TEST_CASE("webhook: what is told now says why, and a test says so") {
  CHECK(render(Channel::kWebhook, samples::alert(Cause::kRoleReduced, State::kReminder))
            .find(R"("state":"reminder","severity":"warning","title":"Reminder: Role reduced: brand-a on 18ce54d4x5t",)"
                  R"("sequence":41,"note":"Reminder 2: it still lasts.","test":false,)") != std::string::npos);
  Alert test = samples::alert(Cause::kRoleReduced, State::kOpened);
  test.test = true;
  CHECK(render(Channel::kWebhook, test).find(R"("title":"[TEST] Role reduced)") != std::string::npos);
  CHECK(render(Channel::kWebhook, test).find(R"("note":null,"test":true)") != std::string::npos);
}
