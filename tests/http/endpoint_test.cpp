#include "http/endpoint.h"

#include <doctest/doctest.h>

TEST_CASE("endpoint: an address and a port, read and written") {
  const auto four = http::parse_endpoint("127.0.0.1:9487");
  REQUIRE(four);
  CHECK(four.value() == http::Endpoint{"127.0.0.1", 9487});
  CHECK(four.value().loopback());
  CHECK(four.value().authority() == "127.0.0.1:9487");
  const auto six = http::parse_endpoint("[::1]:0");
  REQUIRE(six);
  CHECK(six.value() == http::Endpoint{"::1", 0});
  CHECK(six.value().loopback());
  CHECK(six.value().authority() == "[::1]:0");
}

TEST_CASE("endpoint: what others can reach is no loopback") {
  for (const char* text : {"0.0.0.0:80", "10.0.0.1:80", "[::]:80", "[fe80::1]:80", "[::ffff:127.0.0.1]:80"}) {
    const auto endpoint = http::parse_endpoint(text);
    REQUIRE_MESSAGE(endpoint, text);
    CHECK_FALSE_MESSAGE(endpoint.value().loopback(), text);
  }
  CHECK(http::parse_endpoint("127.8.9.1:80").value().loopback());
}

TEST_CASE("endpoint: what is none") {
  for (const char* text :
       {"", ":", "9487", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 80", "127.0.0.1:80x",
        "localhost:9487", "::1:9487", "[127.0.0.1]:80", "[::1:80", "1.2.3:80"})
    CHECK_FALSE_MESSAGE(http::parse_endpoint(text), text);
}
