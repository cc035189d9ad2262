#include "pagerduty.h"

#include <doctest/doctest.h>

using namespace fakes;

namespace {

const std::string kRoutingKey(32, 'r');

SinkAnswer enqueue(PagerDuty& pagerduty, const std::string& body) {
  SinkRecord post;
  post.method = "POST";
  post.path = "/pagerduty/v2/enqueue";
  post.body = body;
  return pagerduty.enqueue(post);
}

/// An event with these members after its routing key.
std::string event(const std::string& members) { return R"({"routing_key":")" + kRoutingKey + "\"," + members + "}"; }

const std::string kTrigger = event(R"("event_action": "trigger", "dedup_key": "d1",
    "payload": {"summary": "Token revoked", "source": "adsauditd", "severity": "critical"})");
const std::string kResolve = event(R"("event_action": "resolve", "dedup_key": "d1")");

std::string alert(const std::string& state, int triggers) {
  return R"({"routing_key":")" + kRoutingKey + R"(","dedup_key":"d1","state":")" + state +
         R"(","summary":"Token revoked","severity":"critical","triggers":)" + std::to_string(triggers) + "}";
}

bool refused(const std::string& body, const std::string& complaint) {
  PagerDuty pagerduty;
  const SinkAnswer answer = enqueue(pagerduty, body);
  INFO(answer.body);
  CHECK(pagerduty.alerts_json() == R"({"alerts":[],"dropped":0})");
  return answer.status == 400 && answer.body.find(complaint) != std::string::npos;
}

std::string trigger_with_payload(const std::string& payload) {
  return event(R"("event_action": "trigger", "payload": )" + payload);
}

}  // namespace

TEST_CASE("pagerduty: a trigger joins the open alert of its key") {
  PagerDuty pagerduty;
  const SinkAnswer answer = enqueue(pagerduty, kTrigger);
  CHECK(answer.status == 202);
  CHECK(answer.body == R"({"status":"success","message":"Event processed","dedup_key":"d1"})");
  enqueue(pagerduty, kTrigger);
  CHECK(pagerduty.alerts_json() == R"({"alerts":[)" + alert("triggered", 2) + R"(],"dropped":0})");
}

TEST_CASE("pagerduty: a resolve closes the alert, and a later trigger opens a new one") {
  PagerDuty pagerduty;
  enqueue(pagerduty, kTrigger);
  CHECK(enqueue(pagerduty, kResolve).status == 202);
  enqueue(pagerduty, kTrigger);
  CHECK(pagerduty.alerts_json() ==
        R"({"alerts":[)" + alert("resolved", 1) + "," + alert("triggered", 1) + R"(],"dropped":0})");
}

TEST_CASE("pagerduty: an acknowledged alert is still open") {
  PagerDuty pagerduty;
  enqueue(pagerduty, kTrigger);
  enqueue(pagerduty, event(R"("event_action": "acknowledge", "dedup_key": "d1")"));
  enqueue(pagerduty, kTrigger);
  CHECK(pagerduty.alerts_json() == R"({"alerts":[)" + alert("acknowledged", 2) + R"(],"dropped":0})");
}

TEST_CASE("pagerduty: what fits no open alert is accepted and dropped") {
  PagerDuty pagerduty;
  CHECK(enqueue(pagerduty, kResolve).status == 202);
  CHECK(pagerduty.alerts_json() == R"({"alerts":[],"dropped":1})");
  pagerduty.forget();
  CHECK(pagerduty.alerts_json() == R"({"alerts":[],"dropped":0})");
}

TEST_CASE("pagerduty: another routing key is another service") {
  PagerDuty pagerduty;
  enqueue(pagerduty, kTrigger);
  enqueue(pagerduty, R"({"routing_key":"ssssssssssssssssssssssssssssssss","event_action":"resolve","dedup_key":"d1"})");
  CHECK(pagerduty.alerts_json() == R"({"alerts":[)" + alert("triggered", 1) + R"(],"dropped":1})");
}

TEST_CASE("pagerduty: a trigger without a key gets one of its own") {
  PagerDuty pagerduty;
  const std::string anonymous = trigger_with_payload(R"({"summary": "s", "source": "x", "severity": "info"})");
  CHECK(enqueue(pagerduty, anonymous).body.find(R"("dedup_key":"made-1")") != std::string::npos);
  CHECK(enqueue(pagerduty, anonymous).body.find(R"("dedup_key":"made-2")") != std::string::npos);
}

TEST_CASE("pagerduty: an event that breaks a rule is refused with all that is wrong") {
  CHECK(refused("no JSON", "not JSON"));
  CHECK(refused(R"({"event_action": "resolve", "dedup_key": "d"})", "'routing_key' is missing or blank"));
  CHECK(refused(R"({"routing_key": "short", "event_action": "resolve", "dedup_key": "d"})", "has not 32 characters"));
  CHECK(refused(event(R"("event_action": "open", "dedup_key": "d")"), "'event_action' is not one of its words"));
  CHECK(refused(event(R"("event_action": "resolve")"), "'dedup_key' is missing or blank"));
  CHECK(refused(event(R"("event_action": "trigger")"), "'payload' is missing or no object"));
  CHECK(refused(trigger_with_payload("{}"), R"("errors":["'summary' is missing or blank",)"
                                            R"("'severity' is missing or blank","'source' is missing or blank"])"));
  CHECK(refused(trigger_with_payload(R"({"summary": "s", "source": "x", "severity": "fatal"})"), "'severity' is not"));
  CHECK(refused(trigger_with_payload(R"({"summary": "s", "source": "x", "severity": "info", "custom_details": []})"),
                "'custom_details' is no object"));
  CHECK(refused(trigger_with_payload(R"({"summary": "s", "source": "x", "severity": "info", "group": 1})"),
                "'group' is not a string"));
}

TEST_CASE("pagerduty: the limits count characters and are inclusive") {
  PagerDuty pagerduty;
  std::string summary;
  for (int count = 0; count < 1024; ++count) summary += "é";
  const auto with = [](const std::string& text) {
    return trigger_with_payload(R"({"source": "x", "severity": "info", "summary": ")" + text + "\"}");
  };
  CHECK(enqueue(pagerduty, with(summary)).status == 202);
  CHECK(refused(with(summary + "e"), "'summary' is too long"));
  const auto resolve = [](size_t length) {
    return event(R"("event_action": "resolve", "dedup_key": ")" + std::string(length, 'd') + "\"");
  };
  CHECK(enqueue(pagerduty, resolve(255)).status == 202);
  CHECK(refused(resolve(256), "'dedup_key' is too long"));
  CHECK(refused(event(R"("client": ")" + std::string(512 * 1024, 'c') + "\""), "larger than 512 KB"));
}
