#include <doctest/doctest.h>

#include "alert/form.h"
#include "alert/hostile.h"
#include "alert/render.h"
#include "base/json.h"

using namespace alert;
using verdict::Cause;

namespace {

rapidjson::Document parsed(const std::string& body) {
  auto document = base::parse_json(body);
  REQUIRE(document.ok());
  return std::move(document).value();
}

rapidjson::Document single(Cause cause, State state) {
  return parsed(render(Channel::kAlertmanager, samples::alert(cause, state)));
}
rapidjson::Document hook(Cause cause, State state) {
  return parsed(render(Channel::kAlertmanagerWebhook, samples::alert(cause, state)));
}

std::string text(const rapidjson::Value& object, const char* name) {
  return std::string(base::text_of(base::find_member(object, name)));
}

Destination destination(Channel channel) {
  return {.name = "am", .channel = channel, .url = base::Secret("http://am-1:9093"), .allow_private = true};
}

http::Request request_of(const Destination& to) {
  PendingDelivery pending;
  pending.body = "[]";
  return *form_of(to.channel).request(to, pending, samples::instant("2026-11-23T10:15:02.118Z"));
}

}  // namespace

TEST_CASE("alertmanager: the labels are the same from the first message to the end") {
  for (const Cause cause : verdict::all_causes()) {
    const auto opened = single(cause, State::kOpened);
    for (const State state : {State::kUpdated, State::kReminder, State::kResolved})
      CHECK(opened[0]["labels"] == single(cause, state)[0]["labels"]);
  }
}

TEST_CASE("alertmanager: an alert has its cause as name, and says to whom it happened") {
  const auto document = single(Cause::kRoleReduced, State::kOpened);
  const rapidjson::Value& labels = document[0]["labels"];
  CHECK(labels.MemberCount() == 6);
  CHECK(text(labels, "alertname") == "role.reduced");
  CHECK(text(labels, "severity") == "warning");
  CHECK(text(labels, "app") == "agency");
  CHECK(text(labels, "token") == "brand-a");
  CHECK(text(labels, "account") == "18ce54d4x5t");
  CHECK(text(labels, "incident").starts_with("inc_"));
  const rapidjson::Value& annotations = document[0]["annotations"];
  CHECK(text(annotations, "summary") == "Role reduced: brand-a on 18ce54d4x5t");
  CHECK(text(annotations, "description").find("Is: CAMPAIGN_ANALYST; Token: brand-a") != std::string::npos);
  CHECK(text(annotations, "impact").starts_with("documented: conversion uploads stop"));
  CHECK(text(annotations, "repair").starts_with("Ask an administrator of 18ce54d4x5t"));
}

TEST_CASE("alertmanager: only what is over has an end") {
  CHECK_FALSE(single(Cause::kRoleReduced, State::kReminder)[0].HasMember("endsAt"));
  const auto over = single(Cause::kRoleReduced, State::kResolved);
  CHECK(text(over[0], "startsAt") == "2026-11-23T10:15:02.118Z");
  CHECK(text(over[0], "endsAt") == "2026-11-23T13:19:40.000Z");
}

TEST_CASE("alertmanager: many alerts are one array, and none an empty one") {
  CHECK(alertmanager_body({}) == "[]");
  const Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  CHECK(parsed(alertmanager_body({alert, alert, alert})).Size() == 3);
}

TEST_CASE("alertmanager: a test is another alert than what it plays") {
  Alert alert = samples::alert(Cause::kRoleReduced, State::kOpened);
  alert.test = true;
  const auto document = parsed(alertmanager_body({alert}));
  CHECK(text(document[0]["labels"], "test") == "true");
  CHECK(text(document[0]["annotations"], "summary").starts_with("[TEST] Role reduced"));
}

TEST_CASE("alertmanager: is asked under the base that is given, with or without a slash, and may be asked twice") {
  Destination member = destination(Channel::kAlertmanager);
  CHECK(request_of(member).url == "http://am-1:9093/api/v2/alerts");
  member.url = base::Secret("http://am-1:9093/prefix/");
  CHECK(request_of(member).url == "http://am-1:9093/prefix/api/v2/alerts");
  CHECK(request_of(member).idempotent);
  CHECK(request_of(member).reach == http::Reach::kPrivateToo);
}

TEST_CASE("alertmanager: a member within needs allow_private, and its URL holds no query") {
  Destination member = destination(Channel::kAlertmanager);
  CHECK_FALSE(complaint_about(member));
  member.allow_private = false;
  CHECK(complaint_about(member)->starts_with("url: it must start with https://"));
  member.url = base::Secret("https://am.example/?x=1");
  CHECK(complaint_about(member)->starts_with("url: it must not hold a query"));
}

TEST_CASE("alertmanager webhook: a firing alert is told as Alertmanager tells it") {
  const auto document = hook(Cause::kRoleReduced, State::kReminder);
  CHECK(text(document, "version") == "4");
  CHECK(text(document, "status") == "firing");
  CHECK(text(document, "receiver") == "adsauditd");
  CHECK(text(document, "truncatedAlerts") == "0");
  CHECK(text(document, "groupKey").starts_with("{}:{incident=\"inc_"));
  CHECK(document["groupLabels"].IsObject());
  REQUIRE(document["alerts"].Size() == 1);
  const rapidjson::Value& alert = document["alerts"][0];
  CHECK(document["commonLabels"] == alert["labels"]);
  CHECK(document["commonAnnotations"] == alert["annotations"]);
  CHECK(text(alert, "status") == "firing");
  CHECK(text(alert, "endsAt") == "0001-01-01T00:00:00Z");
  CHECK(text(alert, "fingerprint").size() == 16);
}

TEST_CASE("alertmanager webhook: what is over keeps group and fingerprint") {
  const auto opened = hook(Cause::kRoleReduced, State::kOpened);
  const auto over = hook(Cause::kRoleReduced, State::kResolved);
  CHECK(text(over, "status") == "resolved");
  CHECK(text(over["alerts"][0], "status") == "resolved");
  CHECK(text(over["alerts"][0], "endsAt") == "2026-11-23T13:19:40.000Z");
  CHECK(text(over, "groupKey") == text(opened, "groupKey"));
  CHECK(text(over["alerts"][0], "fingerprint") == text(opened["alerts"][0], "fingerprint"));
}

TEST_CASE("alertmanager webhook: a digest fires while anything lasts, and counts what is left out") {
  Digest digest = samples::digest();
  const auto document = parsed(render(Channel::kAlertmanagerWebhook, digest));
  CHECK(text(document, "status") == "firing");
  CHECK(document["alerts"].Size() == 3);
  CHECK(text(document, "truncatedAlerts") == "22");
  CHECK(text(document["groupLabels"], "group") == "app agency");
  CHECK(document["commonLabels"].MemberCount() == 3);
  CHECK(text(document["commonLabels"], "app") == "agency");
  digest.opened = digest.updated = 0;
  CHECK(text(parsed(render(Channel::kAlertmanagerWebhook, digest)), "status") == "resolved");
}

TEST_CASE("alertmanager webhook: is signed where a secret is set, and only there") {
  Destination to = destination(Channel::kAlertmanagerWebhook);
  CHECK_FALSE(complaint_about(to));
  CHECK(request_of(to).headers.size() == 2);
  to.secret = base::Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  CHECK_FALSE(complaint_about(to));
  CHECK(request_of(to).headers.back().name == "webhook-signature");
  to.secret = base::Secret("topsecret");
  CHECK(complaint_about(to) == "secret: it must start with whsec_");
}

TEST_CASE("alertmanager: the worst names give valid JSON of less than 20 kB, in every cause and state") {
  for (const std::string& worst : samples::hostile_texts()) {
    for (const Cause cause : verdict::all_causes()) {
      for (const State state : {State::kOpened, State::kResolved}) {
        for (const Channel channel : {Channel::kAlertmanager, Channel::kAlertmanagerWebhook}) {
          const std::string body = render(channel, samples::hostile(worst, state, cause));
          CHECK(body.size() < 20'000);
          CHECK(base::parse_json(body).ok());
        }
      }
    }
    const std::string body = render(Channel::kAlertmanagerWebhook, samples::hostile_digest(worst));
    CHECK(body.size() < 20'000);
    CHECK(base::parse_json(body).ok());
  }
}
