#include "world_json.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

constexpr const char* kWorld = R"({
  "apps": [{"name": "agency", "consumer_key": "ck", "consumer_secret": "cs", "read_only": true}],
  "users": [{"id": "1"}, {"id": "2"}],
  "tokens": [{"name": "a", "token": "ta", "secret": "s", "user": "1", "app": "agency"}],
  "accounts": [{"id": "x1"}],
  "grants": [{"account": "x1", "user": "1", "permissions": ["ANALYST"]}],
  "options": {"no_grant": "not_found_403"}})";

World load(const char* text) {
  World world;
  add_to_world(world, parse_object(text));
  return world;
}

}  // namespace

TEST_CASE("world: what the JSON names is there, and the rest has its defaults") {
  World world = load(kWorld);
  CHECK(world.app("agency").read_only);
  CHECK(world.app("agency").ads_access);
  CHECK(world.app_with_key("ck")->name == "agency");
  CHECK(world.token_with_text("ta")->name == "a");
  CHECK(world.permissions("x1", "1")->front() == "ANALYST");
  CHECK(world.permissions("x1", "2") == nullptr);
  CHECK(world.options.no_grant == "not_found_403");
  CHECK(world.options.account_limit == 2000);
}

TEST_CASE("world: more can be added, and a token that changes its text is no longer found by the old one") {
  World world = load(kWorld);
  add_to_world(
      world,
      parse_object(R"({"tokens": [{"name": "a", "token": "tb", "secret": "s", "user": "2", "app": "agency"}]})"));
  CHECK(world.token_with_text("ta") == nullptr);
  CHECK(world.token_with_text("tb")->user == "2");
}

TEST_CASE("world: a grant can be dropped once") {
  World world = load(kWorld);
  world.drop_grant("x1", "1");
  CHECK(world.permissions("x1", "1") == nullptr);
  CHECK(world.accounts_of("1").empty());
  CHECK_THROWS_AS(world.drop_grant("x1", "1"), BadCommand);
}

TEST_CASE("world: members, choices and references that do not exist are refused") {
  CHECK_THROWS_AS(load("[]"), BadCommand);
  CHECK_THROWS_AS(load("{"), BadCommand);
  CHECK_THROWS_WITH(load(R"({"app": []})"), "unknown member \"app\"");
  CHECK_THROWS_WITH(load(R"({"apps": {}})"), "member \"apps\" must be a list");
  CHECK_THROWS_WITH(load(R"({"options": {"revoked": "maybe"}})"), "option \"revoked\" cannot be \"maybe\"");
  CHECK_THROWS_WITH(load(R"({"options": {"window_s": "900"}})"), "member \"window_s\" must be a whole number");
  CHECK_THROWS_WITH(load(R"({"grants": [{"account": "x1", "user": "1", "permissions": []}]})"),
                    "there is no account \"x1\"");
  CHECK_THROWS_WITH(load(R"({"users": [{"screen_name": "x"}]})"), "member \"id\" is missing");
}
