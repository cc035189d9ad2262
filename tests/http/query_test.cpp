#include "http/query.h"

#include <doctest/doctest.h>

namespace {

http::Parameters parameters(std::string_view target) { return http::parameters_of(target).value(); }

}  // namespace

TEST_CASE("query: parameters are decoded and keep their order") {
  CHECK(parameters("/").empty());
  CHECK(parameters("/pairs?").empty());
  CHECK(parameters("/pairs?token=brand%2Da+b&limit=20") == http::Parameters{{"token", "brand-a b"}, {"limit", "20"}});
  CHECK(parameters("/?a&b=&=c&a=1=2") == http::Parameters{{"a", ""}, {"b", ""}, {"", "c"}, {"a", "1=2"}});
  CHECK(parameters("/?name=%C3%A4%26%3D%3C") == http::Parameters{{"name", "\xc3\xa4&=<"}});
}

TEST_CASE("query: what is no query is refused, and nothing of it repeated") {
  for (const std::string_view target : {"/?a=%", "/?a=%1", "/?a=%zz", "/?%g0=1"}) {
    const auto read = http::parameters_of(target);
    REQUIRE_FALSE(read);
    CHECK(read.error().find('%') == std::string::npos);
  }
}

TEST_CASE("query: whatever is encoded comes back") {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
  CHECK(http::percent_encoded("a-b_c.d~ &/?#") == "a-b_c.d~%20%26%2F%3F%23");
  CHECK(parameters("/?x=" + http::percent_encoded(every)) == http::Parameters{{"x", every}});
}
