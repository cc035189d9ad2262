#include "http/message.h"

#include <doctest/doctest.h>

TEST_CASE("message: a response finds its first header without regard to case") {
  const http::Response response{200, {{"X-Rate", "1"}, {"x-rate", "2"}, {"X-Rate-Limit", "3"}}, ""};
  REQUIRE(response.header("X-RATE") != nullptr);
  CHECK(*response.header("X-RATE") == "1");
  CHECK(*response.header("x-rate-limit") == "3");
  CHECK(response.header("x-rat") == nullptr);
  CHECK(response.header("") == nullptr);
}

TEST_CASE("message: every stage has its word") {
  CHECK(to_text(http::Stage::kRefused) == "refused");
  CHECK(to_text(http::Stage::kResolve) == "resolve");
  CHECK(to_text(http::Stage::kConnect) == "connect");
  CHECK(to_text(http::Stage::kHandshake) == "handshake");
  CHECK(to_text(http::Stage::kWrite) == "write");
  CHECK(to_text(http::Stage::kRead) == "read");
  CHECK(to_text(http::Stage::kDeadline) == "deadline");
  CHECK(to_text(http::Stage::kMalformed) == "malformed");
}
