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

TEST_CASE("text: the nearest word is the likely slip, or none") {
  CHECK(nearest("AD_MANGER", {"ACCOUNT_ADMIN", "AD_MANAGER", "ANALYST"}) == "AD_MANAGER");
  CHECK(nearest("intervall", {"interval", "jitter"}) == "interval");
  CHECK(nearest("ad_manager", {"AD_MANAGER"}) == "AD_MANAGER");
  CHECK(nearest("webhook", {"slack", "email"}) == "");
  CHECK(nearest("anything", {}) == "");
}

}  // namespace base
