#include <doctest/doctest.h>

#include "settings/fixtures.h"

namespace settings {
namespace {

Loaded load_quiet() { return load_file(kFolder + "/good/quiet.yaml", test_references()); }

}  // namespace

TEST_CASE("template: a destination's title and text are read, of one line and of several") {
  const Loaded loaded = load_quiet();
  REQUIRE_MESSAGE(loaded.settings.has_value(), to_text(loaded));
  const auto& destinations = loaded.settings->destinations;
  REQUIRE(destinations.size() == 2);
  CHECK(destinations[0].words ==
        alert::Template{.title = "{{severity}}: {{title}}",
                        .text = "{{account_name}} of {{label.client}} is {{after}}.\n{{repair}}\n"});
  CHECK(destinations[1].words == alert::Template{.text = "ask ads-ops about {{token}}"});
}

TEST_CASE("template: without one the words are the default ones") {
  const Loaded loaded = load_text(kLeast);
  REQUIRE(loaded.settings.has_value());
  CHECK(loaded.settings->destinations[0].words == alert::Template{});
}

TEST_CASE("route: the texts of a match are patterns") {
  const Loaded loaded = load_quiet();
  REQUIRE(loaded.settings.has_value());
  CHECK(loaded.settings->routes[0].match == alert::Match{.causes = {"role.*", "composer.lost"},
                                                         .apps = {"agen*"},
                                                         .tokens = {"brand-?"},
                                                         .accounts = {"18ce*"},
                                                         .labels = {{"client", "Brand *"}}});
}

}  // namespace settings
