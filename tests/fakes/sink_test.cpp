#include "sink.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

SinkRecord post(const std::string& path, const std::string& body = "") {
  SinkRecord record;
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
}
