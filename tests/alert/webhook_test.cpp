#include <doctest/doctest.h>

#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"

using namespace alert;
using verdict::Cause;

namespace {

rapidjson::Document parsed(const Alert& alert) {
  auto document = base::parse_json(webhook_body(alert));
  REQUIRE(document.ok());
  return std::move(document).value();
}
const rapidjson::Value& data_of(const rapidjson::Document& document) { return document["data"]; }

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
  CHECK(webhook_body(alert).find(R"("evidence":{"http_status":401,"code":"89","confirmations":2})") !=
        std::string::npos);
  alert.incident.finding.evidence = {};
  CHECK(webhook_body(alert).find(R"("evidence":{"http_status":null,"code":null,"confirmations":2})") !=
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
    for (const Cause cause : {Cause::kTokenIdentityMismatch, Cause::kAccountUnavailable, Cause::kRoleReduced}) {
      for (const State state : {State::kOpened, State::kResolved}) {
        const std::string body = webhook_body(samples::hostile(text, state, cause));
        CHECK(body.size() < 20'000);
        CHECK(base::parse_json(body).ok());
      }
    }
  }
}

TEST_CASE("webhook: a message that had to be cut says so") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.subject.account_name = std::string(300, 'x');
  const auto document = parsed(alert);
  CHECK(data_of(document)["truncated"].GetBool());
  CHECK(base::text_of(&data_of(document)["account"]["name"]) == std::string(253, 'x') + "…");
}
