#include "control.h"

#include <doctest/doctest.h>

#include "json.h"

using namespace fakes;

namespace {

constexpr const char* kWorld = R"({
  "apps": [{"name": "agency", "consumer_key": "ck", "consumer_secret": "cs"}], "users": [{"id": "1"}, {"id": "2"}],
  "tokens": [{"name": "a", "token": "ta", "secret": "s", "user": "1", "app": "agency"}], "accounts": [{"id": "x1"}]})";

/// A stage is shared by threads and cannot be moved, so each test makes its own and loads it.
void load(Stage& stage) { command(stage, "POST", "/world", {}, kWorld); }

std::string act(Stage& stage, const std::string& body) { return command(stage, "POST", "/do", {}, body); }

}  // namespace

TEST_CASE("control: flags are set and taken back") {
  Stage stage(1);
  load(stage);
  CHECK(act(stage, R"({"action": "revoke", "token": "a"})") == R"({"ok":true})");
  CHECK(stage.api.world.token("a").revoked);
  act(stage, R"({"action": "restore", "token": "a"})");
  CHECK_FALSE(stage.api.world.token("a").revoked);
  act(stage, R"({"action": "suspend_user", "user": "1"})");
  act(stage, R"({"action": "suspend_user", "user": "1", "on": false})");
  CHECK_FALSE(stage.api.world.user("1").suspended);
}

TEST_CASE("control: a grant names the user or a token of the user") {
  Stage stage(1);
  load(stage);
  act(stage, R"({"action": "grant", "account": "x1", "token": "a", "permissions": ["ANALYST"]})");
  CHECK(stage.api.world.permissions("x1", "1")->size() == 1);
  act(stage, R"({"action": "drop_grant", "account": "x1", "user": "1"})");
  CHECK(stage.api.world.permissions("x1", "1") == nullptr);
}

TEST_CASE("control: a token can change hands and an app its keys") {
  Stage stage(1);
  load(stage);
  act(stage, R"({"action": "swap_user", "token": "a", "user": "2"})");
  CHECK(stage.api.world.token("a").user == "2");
  act(stage, R"({"action": "regenerate_keys", "app": "agency", "consumer_secret": "new"})");
  CHECK(stage.api.world.app("agency").consumer_secret == "new");
  CHECK(stage.api.world.app("agency").consumer_key == "ck");
}

TEST_CASE("control: a refused command changes nothing") {
  Stage stage(1);
  load(stage);
  CHECK_THROWS_AS(act(stage, R"({"action": "options", "options": {"window_s": 1, "revoked": "maybe"}})"), BadCommand);
  CHECK(stage.api.world.options.window_s == 900);
  CHECK_THROWS_AS(act(stage, R"({"action": "add", "world": {"users": [{"id": "3"}], "grants": [{}]}})"), BadCommand);
  CHECK(stage.api.world.users.count("3") == 0);
  CHECK_THROWS_AS(act(stage, R"({"action": "revoke", "token": "nobody"})"), BadCommand);
  CHECK_THROWS_AS(act(stage, R"({"action": "no_such"})"), BadCommand);
  CHECK_THROWS_AS(command(stage, "GET", "/no_such", {}, ""), BadCommand);
  CHECK_THROWS_AS(command(stage, "GET", "/log", {{"after", "x"}}, ""), BadCommand);
}

TEST_CASE("control: counters tell the verdicts, and a reset forgets them") {
  Stage stage(1);
  load(stage);
  Handled handled;
  handled.verdict = Verdict::kBadSignature;
  handled.token = "a";
  stage.tally.add(handled, "", 5);
  CHECK(command(stage, "GET", "/requests", {}, "").find(R"("signature_failures":1)") != std::string::npos);
  CHECK(command(stage, "GET", "/log", {}, "").find(R"("verdict":"bad_signature")") != std::string::npos);
  CHECK(command(stage, "GET", "/log", {{"after", "1"}}, "") == "[]");
  command(stage, "POST", "/reset", {}, "");
  CHECK(command(stage, "GET", "/requests", {}, "").find(R"("total":0)") != std::string::npos);
  CHECK(stage.api.world.token_with_text("ta") != nullptr);
}

TEST_CASE("control: what the receivers of alerts hold can be asked") {
  Stage stage(1);
  CHECK(command(stage, "GET", "/sink/slack", {{"channel", "C0123456789"}}, "") == "[]");
  CHECK(command(stage, "GET", "/sink/pagerduty", {}, "") == R"({"alerts":[],"dropped":0})");
}
