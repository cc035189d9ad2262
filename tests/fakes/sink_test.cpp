#include "sink.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

SinkRecord post(const std::string& path, const std::string& body = "") {
  SinkRecord record;
  record.method = "POST";
  record.path = path;
  record.body = body;
  return record;
}

}  // namespace

TEST_CASE("sink: Slack answers ok, a webhook nothing, and a wrong path is seen") {
  Sinks sinks;
  CHECK(sinks.receive(post("/slack/x")).body == "ok");
  CHECK(sinks.receive(post("/hook/x")).status == 204);
  CHECK(sinks.receive(post("/other")).status == 404);
  CHECK(sinks.posts_json(0, "*").find("/other") != std::string::npos);
}

TEST_CASE("sink: the youngest order that matches is obeyed, so many times") {
  Sinks sinks;
  sinks.behave(parse_object(R"({"path": "/hook/*", "status": 500})"));
  sinks.behave(parse_object(R"({"path": "/hook/x", "status": 429, "headers": {"Retry-After": "3"}, "times": 1})"));
  const SinkAnswer first = sinks.receive(post("/hook/x"));
  CHECK(first.status == 429);
  CHECK(value_or(first.headers, "Retry-After", "") == "3");
  CHECK(sinks.receive(post("/hook/x")).status == 500);
  sinks.behave(parse_object(R"({"path": "*", "clear": true})"));
  CHECK(sinks.receive(post("/hook/x")).status == 204);
}

TEST_CASE("sink: every receiver stands behind its path") {
  Sinks sinks;
  CHECK(sinks.receive(post("/slack-api/chat.postMessage", "{}")).body == R"({"ok":false,"error":"not_authed"})");
  CHECK(sinks.receive(post("/pagerduty/v2/enqueue", "{}")).status == 400);
  CHECK(sinks.receive(post("/pagerduty/v1", "{}")).status == 404);
  CHECK(sinks.receive(post("/teams/x", "{}")).status == 400);
  CHECK(sinks.receive(post("/ping/x")).body == "OK");
  CHECK(sinks.receive(post("/hook/x")).status == 204);
}

TEST_CASE("sink: what an order answers does not reach the receiver, a mere delay does") {
  const std::string resolve =
      R"({"routing_key":"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr","event_action":"resolve","dedup_key":"d"})";
  Sinks sinks;
  sinks.behave(parse_object(R"({"path": "/pagerduty/*", "status": 500, "times": 1})"));
  CHECK(sinks.receive(post("/pagerduty/v2/enqueue", resolve)).status == 500);
  CHECK(sinks.pagerduty().alerts_json() == R"({"alerts":[],"dropped":0})");
  sinks.behave(parse_object(R"({"path": "/pagerduty/*", "ms": 50})"));
  const SinkAnswer late = sinks.receive(post("/pagerduty/v2/enqueue", resolve));
  CHECK(late.status == 202);
  CHECK(late.ms == 50);
  CHECK(sinks.pagerduty().alerts_json() == R"({"alerts":[],"dropped":1})");
  sinks.forget_posts();
  CHECK(sinks.pagerduty().alerts_json() == R"({"alerts":[],"dropped":0})");
}

TEST_CASE("sink: above its pace a sink says when to come back") {
  Sinks sinks;
  sinks.behave(parse_object(R"({"path": "/slack*", "per_second": 1, "burst": 2})"));
  SinkRecord message = post("/slack/x");
  message.at_ms = 1'700'000'000'000;
  CHECK(sinks.receive(message).status == 200);
  CHECK(sinks.receive(message).status == 200);
  const SinkAnswer refused = sinks.receive(message);
  CHECK(refused.status == 429);
  CHECK(value_or(refused.headers, "Retry-After", "") == "1");
  message.at_ms += 1000;
  CHECK(sinks.receive(message).status == 200);
  CHECK(sinks.receive(message).status == 429);
  sinks.behave(parse_object(R"({"path": "*", "clear": true})"));
  CHECK(sinks.receive(message).status == 200);
}

TEST_CASE("sink: Slack's Web API says in its own words that it is too much") {
  Sinks sinks;
  sinks.behave(parse_object(R"({"path": "/slack-api/*", "per_second": 1})"));
  sinks.receive(post("/slack-api/chat.update"));
  CHECK(sinks.receive(post("/slack-api/chat.update")).body == R"({"ok":false,"error":"ratelimited"})");
}

TEST_CASE("sink: bytes that are no text come back as base64 only") {
  Sinks sinks;
  sinks.receive(post("/hook/x", "\xFF\x01"));
  const std::string json = sinks.posts_json(0, "/hook/*");
  CHECK(json.find(R"("body_base64":"/wE=","body":null)") != std::string::npos);
  CHECK(sinks.posts_json(1, "*") == "[]");
  CHECK(sinks.posts_json(0, "/slack/*") == "[]");
}

TEST_CASE("sink: orders that make no sense are refused") {
  Sinks sinks;
  CHECK_THROWS_AS(sinks.behave(parse_object("{}")), BadCommand);
  CHECK_THROWS_AS(sinks.behave(parse_object(R"({"path": "*", "stat": 1})")), BadCommand);
  CHECK_THROWS_AS(sinks.behave(parse_object(R"({"path": "*", "times": 0})")), BadCommand);
  CHECK_THROWS_AS(sinks.behave(parse_object(R"({"path": "*", "headers": {"a": 1}})")), BadCommand);
  CHECK_THROWS_AS(sinks.behave(parse_object(R"({"path": "*", "per_second": 0})")), BadCommand);
  CHECK_THROWS_AS(sinks.behave(parse_object(R"({"path": "*", "per_second": 1, "status": 500})")), BadCommand);
  CHECK_THROWS_AS(sinks.behave(parse_object(R"({"path": "*", "burst": 2})")), BadCommand);
}
