#include "http/headers.h"

#include <doctest/doctest.h>

namespace http {

TEST_CASE("headers: the first of a name is found without regard to case") {
  const Headers headers{{"X-Rate", "1"}, {"x-rate", "2"}, {"X-Rate-Limit", "3"}};
  CHECK(headers.size() == 3);
  CHECK(headers.find("X-RATE") == "1");
  CHECK(headers.find("x-rate-limit") == "3");
}

TEST_CASE("headers: a part of a name finds nothing") {
  const Headers headers{{"X-Rate", "1"}};
  CHECK_FALSE(headers.find("x-rat"));
  CHECK_FALSE(headers.find("x-rate1"));
  CHECK_FALSE(headers.find(""));
  CHECK_FALSE(Headers().find("x-rate"));
}

TEST_CASE("headers: an empty value is a value, and does not run into the next header") {
  Headers headers;
  headers.append("A", "");
  headers.append("B", "2");
  CHECK(headers.find("a") == "");
  CHECK(headers.find("b") == "2");
}

TEST_CASE("headers: a copy keeps its values when the original goes on") {
  Headers headers{{"a", "1"}};
  const Headers copy = headers;
  headers.append("b", "a long value that does not fit into the room for short texts");
  CHECK(copy.find("a") == "1");
  CHECK_FALSE(copy.find("b"));
  CHECK(headers.find("a") == "1");
}

}  // namespace http
