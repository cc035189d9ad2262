#include "service/token_check.h"

#include <doctest/doctest.h>

namespace {

using Texts = std::vector<std::string>;

struct Stage {
  void put(const std::string& name, const std::string& claimed = "", const std::string& user = "",
           const std::string& app = "agency") {
    roster.put_token({.id = audit::TokenId::make({}, random), .name = name, .app = app, .user_id = user}, claimed, "s");
  }
  Texts check(std::optional<int> limit = std::nullopt) {
    std::vector<service::App> apps;
    apps.push_back({"agency", {}, limit});
    Texts texts;
    for (const auto& notice : service::check_tokens(roster, apps)) texts.push_back(notice.text);
    return texts;
  }

  base::SeededRandom random{1};
  service::Roster roster;
};

}  // namespace

TEST_CASE("token check: nothing is said of different users below the limit") {
  Stage stage;
  stage.put("brand-a", "77");
  stage.put("brand-b", "78");
  stage.put("brand-c");
  stage.put("brand-d");
  stage.put("elsewhere", "77", "", "other");
  CHECK(stage.check(5).empty());
}

TEST_CASE("token check: one user's token stored twice is recognised, by X's word before the token's own") {
  Stage stage;
  stage.put("brand-a", "77");
  stage.put("brand-b", "", "77");
  stage.put("brand-c", "77", "78");
  const auto told = stage.check();
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("token stored twice tokens=\"brand-a brand-b\" count=2 app=agency user=77") == 0);
}

TEST_CASE("token check: says when an app's limit is reached, and when it is passed") {
  Stage stage;
  stage.put("brand-a");
  CHECK(stage.check(2).empty());
  stage.put("brand-b");
  CHECK(stage.check(2) == Texts{"token limit reached app=agency tokens=2 limit=2"});
  stage.put("brand-c");
  CHECK(stage.check(2) ==
        Texts{"token limit passed app=agency tokens=3 limit=2 reason=\"X may refuse the tokens above it\""});
}
