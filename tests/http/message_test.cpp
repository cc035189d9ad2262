#include "http/message.h"

#include <doctest/doctest.h>

TEST_CASE("message: a response finds its headers by name") {
  const http::Response response{200, {{"X-Rate", "1"}}, ""};
  CHECK(response.header("x-rate") == "1");
  CHECK_FALSE(response.header("x-rate-limit"));
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
