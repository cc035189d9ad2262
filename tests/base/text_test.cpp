#include "base/text.h"

#include <doctest/doctest.h>

namespace base {

TEST_CASE("text: clean text is left alone") {
  CHECK(clean_text("") == "");
  CHECK(clean_text("Grüße, 世界 😀") == "Grüße, 世界 😀");
}

TEST_CASE("text: control characters become blanks") {
  CHECK(clean_text(std::string_view("a\0b\nc\x1B[31m\x7F", 11)) == "a b c [31m ");
  CHECK(clean_text("a\xC2\x85z\xC2\xA0") == "a z\xC2\xA0");
}

TEST_CASE("text: every broken byte becomes one replacement character") {
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(clean_text("a\xFFz") == "a" + mark + "z");
  CHECK(clean_text("\xC0\x80") == mark + mark);
  CHECK(clean_text("\xE0\x80\x80") == mark + mark + mark);
  CHECK(clean_text("\xED\xA0\x80") == mark + mark + mark);
  CHECK(clean_text("\xF4\x90\x80\x80") == mark + mark + mark + mark);
  CHECK(clean_text("\xF5") == mark);
  CHECK(clean_text("\xE4\xB8") == mark + mark);
  CHECK(clean_text("\xC3") == mark);
  CHECK(clean_text("\xC3\xC3\xA9") == mark + "é");
}

TEST_CASE("text: a cut never splits a code point") {
  CHECK(cut_at_code_point("aé世😀", 100) == "aé世😀");
  CHECK(cut_at_code_point("aé", 3) == "aé");
  CHECK(cut_at_code_point("aé", 2) == "a");
  CHECK(cut_at_code_point("😀", 3) == "");
  CHECK(cut_at_code_point("abc", 0) == "");
}

TEST_CASE("text: what does not fit is shortened at a code point, and says so") {
  CHECK(shortened("abcd", 4) == "abcd");
  CHECK(shortened("abcde", 4) == "a…");
  CHECK(shortened("aé世😀", 8) == "aé…");
  CHECK(shortened("😀😀", 6) == "…");
}

TEST_CASE("text: trimming takes blanks off both ends only") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" \n ") == "");
  CHECK(trim("") == "");
}

TEST_CASE("text: splitting keeps empty pieces") {
  CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
}

TEST_CASE("text: joining undoes splitting, empty pieces too") {
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ",") == "");
  CHECK(join({"", "a", "", ""}, ",") == ",a,,");
}

TEST_CASE("text: lower case is ASCII's, other letters stay") { CHECK(to_lower("AbC-Ü9") == "abc-Ü9"); }

TEST_CASE("text: the stars of a glob are any characters, also none, its question marks are one") {
  CHECK(matches_glob("", ""));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("*", "brand-a"));
  CHECK(matches_glob("brand-*", "brand-"));
  CHECK(matches_glob("*-a", "brand-a"));
  CHECK(matches_glob("b*d-?", "brand-a"));
  CHECK(matches_glob("*a*a*", "banana"));
  CHECK(matches_glob("**n?", "banana"));
  CHECK_FALSE(matches_glob("", "a"));
  CHECK_FALSE(matches_glob("?", ""));
  CHECK_FALSE(matches_glob("brand-a", "brand-ab"));
  CHECK_FALSE(matches_glob("brand-ab", "brand-a"));
  CHECK_FALSE(matches_glob("brand-?", "brand-"));
  CHECK_FALSE(matches_glob("*a*b", "banana"));
  CHECK_FALSE(matches_glob("Brand-*", "brand-a"));
}

TEST_CASE("text: a glob of many stars against a long text ends soon") {
  CHECK_FALSE(matches_glob("*a*a*a*a*a*a*a*a*a*a*b", std::string(2'000, 'a')));
}

TEST_CASE("text: one glob of several is enough, and none is never enough") {
  CHECK(matches_any_glob({"role.*", "token.*"}, "token.revoked"));
  CHECK_FALSE(matches_any_glob({"role.*", "token.*"}, "app.rejected"));
  CHECK_FALSE(matches_any_glob({}, "token.revoked"));
}

TEST_CASE("text: the nearest word is the likely slip, or none") {
  CHECK(nearest("AD_MANGER", {"ACCOUNT_ADMIN", "AD_MANAGER", "ANALYST"}) == "AD_MANAGER");
  CHECK(nearest("intervall", {"interval", "jitter"}) == "interval");
  CHECK(nearest("ad_manager", {"AD_MANAGER"}) == "AD_MANAGER");
  CHECK(nearest("webhook", {"slack", "email"}) == "");
  CHECK(nearest("anything", {}) == "");
}

TEST_CASE("text: advice about a slip is a guess, about anything else the whole list") {
  CHECK(advice_for("intervall", {"interval", "jitter"}) == ", did you mean \"interval\"?");
  CHECK(advice_for("completely-different", {"slack", "webhook"}) == "; it may be slack, webhook");
  CHECK(advice_for("x", {}).empty());
}

TEST_CASE("text: a quote is cut when long, and control characters are not passed on") {
  CHECK(in_quotes("a\x1b[31mb") == "\"a [31mb\"");
  CHECK(in_quotes(std::string(100, 'x')) == "\"" + std::string(80, 'x') + "...\"");
}

}  // namespace base
