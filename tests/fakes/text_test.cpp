#include "text.h"

#include <doctest/doctest.h>

using namespace fakes;

TEST_CASE("text: only unreserved characters stay bare") {
  CHECK(percent_encode("Ladies + Gentlemen") == "Ladies%20%2B%20Gentlemen");
  CHECK(percent_encode("Dogs, Cats & Mice") == "Dogs%2C%20Cats%20%26%20Mice");
  CHECK(percent_encode("\xE2\x98\x83") == "%E2%98%83");
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
}

TEST_CASE("text: percent decoding takes %XX in either case and leaves what is no escape") {
  CHECK(percent_decode("a%2Bb%2bc+d") == "a+b+c+d");
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%4") == "%4");
  CHECK(percent_decode("%zz%41") == "%zzA");
  CHECK(percent_decode("%41") == "A");
}

TEST_CASE("text: in a form a plus sign is a blank") {
  const NameValues pairs = parse_form("a=1+2&b=%2B&c&&d==");
  CHECK(pairs == NameValues{{"a", "1 2"}, {"b", "+"}, {"c", ""}, {"d", "="}});
  CHECK(value_or(pairs, "b", "x") == "+");
  CHECK(value_or(pairs, "e", "x") == "x");
}

TEST_CASE("text: a form is written so that it reads back") {
  const NameValues pairs = {{"a b", "1+2&3"}, {"c", ""}};
  CHECK(write_form(pairs) == "a%20b=1%2B2%263&c=");
  CHECK(parse_form(write_form(pairs)) == pairs);
  CHECK(write_form({}).empty());
}

TEST_CASE("text: a star stands for any run of characters") {
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("brand-*", "brand-a"));
  CHECK(matches_pattern("*/x", "/slack/a/x"));
  CHECK(matches_pattern("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches_pattern("a*b*c", "a-b-c-d"));
  CHECK_FALSE(matches_pattern("", "a"));
  CHECK_FALSE(matches_pattern("brand-a", "brand-ab"));
}

TEST_CASE("text: broken UTF-8 is seen") {
  CHECK(is_utf8("caf\xC3\xA9"));
  CHECK(is_utf8(""));
  CHECK_FALSE(is_utf8("\xFF"));
  CHECK_FALSE(is_utf8("\xC3"));
}

TEST_CASE("text: base64 of published bytes") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
}
