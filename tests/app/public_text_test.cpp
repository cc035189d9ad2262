#include "public_text.h"

#include <doctest/doctest.h>

#include <type_traits>

#include "bug_report.h"

using app::PublicText;

TEST_CASE("public text: no text that the program was given becomes one") {
  static_assert(!std::is_constructible_v<PublicText, std::string>);
  static_assert(!std::is_constructible_v<PublicText, std::string_view>);
  static_assert(!std::is_constructible_v<PublicText, const char*>);
  static_assert(!std::is_constructible_v<decltype(app::Fact::value), std::string>);
  CHECK(PublicText("tokens").view() == "tokens");
}

TEST_CASE("public text: what is not in a closed list is other") {
  CHECK(PublicText::one_of("slack", {"slack", "email"}).view() == "slack");
  CHECK(PublicText::one_of("acme", {"slack", "email"}).view() == "other");
  CHECK(PublicText::one_of("", {"slack"}).view() == "other");
}

TEST_CASE("public text: of a version only the numbers are taken") {
  CHECK(PublicText::version("6.1.0-28-amd64").view() == "6.1.0-28");
  CHECK(PublicText::version("5.10.acme-internal").view() == "5.10");
  CHECK(PublicText::version("252.31-1~deb12u1").view() == "252.31-1");
  CHECK(PublicText::version("acme").view() == "unknown");
  CHECK(PublicText::version("").view() == "unknown");
}

TEST_CASE("public text: a path is made of known words alone") {
  const std::set<std::string, std::less<>> words{"routes", "to"};
  CHECK(PublicText::path("routes[].to", words).view() == "routes[].to");
  CHECK(PublicText::path("routes[].acme", words).view() == "other");
  CHECK(PublicText::path("", words).view() == "other");
}

TEST_CASE("public text: enumerators, measures and stand-ins") {
  CHECK(PublicText(app::CheckState::kSkipped).view() == "skipped");
  CHECK(PublicText::share(0.1).view() == "10%");
  CHECK(PublicText::number(512, "MiB").view() == "512MiB");
  CHECK(PublicText::duration(base::Duration(900'000)).view() == "15m");
  CHECK(PublicText::stand_in("token", 3).view() == "token-3");
  CHECK(PublicText::list({"a", "b"}).view() == "a, b");
}

TEST_CASE("bug report: several things that are other are told once, so that JSON has no key twice") {
  app::Section section{"database"};
  section.add(app::Row{"other", {{"rows", std::int64_t{1}}}});
  section.add(app::Row{"other", {{"rows", std::int64_t{2}}}});
  section.add(app::Fact{"damaged", false});
  rapidjson::StringBuffer buffer;
  base::JsonWriter writer(buffer);
  app::write_bug_report(writer, {section});
  CHECK(base::take_text(buffer) == R"({"database":{"damaged":false,"other":{"rows":1}}})");
}
