#include "settings/complaint.h"

#include <doctest/doctest.h>

namespace settings {

TEST_CASE("complaint: the text is place, path, message, the line and a caret under the column") {
  const Complaint complaint{"adsauditd.yaml",
                            42,
                            16,
                            "expect[0].at_least",
                            "unknown permission \"AD_MANGER\", did you mean \"AD_MANAGER\"?",
                            "    at_least: [AD_MANGER]",
                            false};
  CHECK(to_text(complaint) ==
        "adsauditd.yaml:42:16: expect[0].at_least: unknown permission \"AD_MANGER\", did you mean \"AD_MANAGER\"?\n"
        "    at_least: [AD_MANGER]\n"
        "               ^");
}

TEST_CASE("complaint: a warning says that it is one, and a whole file has no place") {
  CHECK(to_text({"a.yaml", 0, 0, "", "is empty", "", true}) == "a.yaml: warning: is empty");
}

TEST_CASE("complaint: the caret counts characters, keeps tabs and stays near the line") {
  CHECK(to_text({"a", 1, 3, "", "m", "\u00fc\u00fcx", false}) == "a:1:3: m\n\u00fc\u00fcx\n  ^");
  CHECK(to_text({"a", 1, 3, "", "m", "\t\tx", false}) == "a:1:3: m\n\t\tx\n\t\t^");
  CHECK(to_text({"a", 1, 9, "", "m", "xy", false}) == "a:1:9: m\nxy\n  ^");
}

TEST_CASE("complaints: they are sorted by file, line and column") {
  const std::vector<Source> sources{{"a.yaml", "name: x\nname: y\n"}, {"b.yaml", "name: z\n"}};
  Complaints complaints(sources);
  complaints.error({1, 1, 1}, "", "third");
  complaints.warn({0, 2, 1}, "", "second");
  complaints.error({0, 1, 7}, "", "first");
  const auto sorted = complaints.take();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].message == "first");
  CHECK(sorted[0].source_line == "name: x");
  CHECK(sorted[1].message == "second");
  CHECK(sorted[2].file == "b.yaml");
}

TEST_CASE("complaints: warnings are no errors") {
  const std::vector<Source> sources{{"a.yaml", ""}};
  Complaints complaints(sources);
  complaints.warn({0, 0, 0}, "", "careful");
  CHECK_FALSE(complaints.any_error());
  complaints.error({0, 0, 0}, "", "no");
  CHECK(complaints.any_error());
}

}  // namespace settings
