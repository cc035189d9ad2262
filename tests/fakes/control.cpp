#include "control.h"

#include <charconv>
#include <functional>
#include <map>
#include <optional>

#include "json.h"
#include "world_json.h"

namespace fakes {
namespace {

using Value = rapidjson::Value;
using Action = std::function<void(Stage&, const Value&)>;

constexpr const char* kDone = R"({"ok":true})";

/// {"action": ..., "token": NAME} with an action that changes one flag of a token; "on": false takes it back.
template <typename Find, typename Member>
Action flag_action(const char* subject, Find find, Member member, bool value) {
  return [=](Stage& stage, const Value& object) {
    allow_members(object, {"action", subject, "on"});
    auto& target = find(stage.api.world, needed_string(object, subject));
    target.*member = flag_or(object, "on", true) ? value : !value;
  };
}

Token& find_token(World& world, const std::string& name) { return world.token(name); }
App& find_app(World& world, const std::string& name) { return world.app(name); }
AdAccount& find_account(World& world, const std::string& id) { return world.account(id); }
User& find_user(World& world, const std::string& id) { return world.user(id); }

/// The user named by "user", or the owner of the token named by "token".
std::string subject_of(World& world, const Value& object) {
  if (object.HasMember("user")) return world.user(needed_string(object, "user")).id;
  return world.token(needed_string(object, "token")).user;
}

void grant(Stage& stage, const Value& object) {
  allow_members(object, {"action", "account", "user", "token", "permissions"});
  World& world = stage.api.world;
  world.grant(needed_string(object, "account"), subject_of(world, object), needed_strings(object, "permissions"));
}

void drop_grant(Stage& stage, const Value& object) {
  allow_members(object, {"action", "account", "user", "token"});
  World& world = stage.api.world;
  world.drop_grant(needed_string(object, "account"), subject_of(world, object));
}

void regenerate_keys(Stage& stage, const Value& object) {
  allow_members(object, {"action", "app", "consumer_key", "consumer_secret"});
  App& app = stage.api.world.app(needed_string(object, "app"));
  app.consumer_key = string_or(object, "consumer_key", app.consumer_key);
  app.consumer_secret = string_or(object, "consumer_secret", app.consumer_secret);
}

void swap_user(Stage& stage, const Value& object) {
  allow_members(object, {"action", "token", "user"});
  World& world = stage.api.world;
  world.token(needed_string(object, "token")).user = world.user(needed_string(object, "user")).id;
}

void rename_account(Stage& stage, const Value& object) {
  allow_members(object, {"action", "account", "name"});
  stage.api.world.account(needed_string(object, "account")).name = needed_string(object, "name");
}

void skew(Stage& stage, const Value& object) {
  allow_members(object, {"action", "seconds"});
  stage.api.world.options.skew_s = integer_or(object, "seconds", 0);
}

void options(Stage& stage, const Value& object) {
  allow_members(object, {"action", "options"});
  if (!object.HasMember("options")) throw BadCommand("member \"options\" is missing");
  Options changed = stage.api.world.options;
  set_options(changed, object["options"]);
  stage.api.world.options = changed;
}

void add(Stage& stage, const Value& object) {
  allow_members(object, {"action", "world"});
  if (!object.HasMember("world")) throw BadCommand("member \"world\" is missing");
  World changed = stage.api.world;
  add_to_world(changed, object["world"]);
  stage.api.world = std::move(changed);
}

void spend(Stage& stage, const Value& object) {
  allow_members(object, {"action", "token", "account", "endpoint", "calls"});
  stage.api.spend(needed_string(object, "token"), string_or(object, "account", ""),
                  string_or(object, "endpoint", "authenticated_user_access"), integer_or(object, "calls", 1),
                  machine_time_ms() / 1000);
}

void wrong_certificate(Stage& stage, const Value& object) {
  allow_members(object, {"action", "on"});
  stage.wrong_certificate = flag_or(object, "on", true);
}

std::string approve(Stage& stage, const Value& object) {
  allow_members(object, {"action", "request_token", "name", "token", "secret", "user"});
  Token token;
  token.name = needed_string(object, "name");
  token.token = needed_string(object, "token");
  token.secret = needed_string(object, "secret");
  token.user = stage.api.world.user(needed_string(object, "user")).id;
  return R"({"verifier":")" + stage.api.sign_ins.approve(needed_string(object, "request_token"), token) + "\"}";
}

std::string callback_of(Stage& stage, const Value& object) {
  allow_members(object, {"action", "request_token"});
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  writer.Key("callback");
  writer.String(stage.api.sign_ins.callback_of(needed_string(object, "request_token")).c_str());
  writer.EndObject();
  return buffer.GetString();
}

const std::map<std::string, Action>& actions() {
  static const std::map<std::string, Action> table = {
      {"revoke", flag_action("token", find_token, &Token::revoked, true)},
      {"restore", flag_action("token", find_token, &Token::revoked, false)},
      {"reauthorization", flag_action("token", find_token, &Token::needs_reauthorization, true)},
      {"suspend_app", flag_action("app", find_app, &App::suspended, true)},
      {"ads_access", flag_action("app", find_app, &App::ads_access, true)},
      {"read_only", flag_action("app", find_app, &App::read_only, true)},
      {"suspend_user", flag_action("user", find_user, &User::suspended, true)},
      {"lock_user", flag_action("user", find_user, &User::locked, true)},
      {"delete_account", flag_action("account", find_account, &AdAccount::deleted, true)},
      {"lock_account", flag_action("account", find_account, &AdAccount::locked, true)},
      {"grant", grant},
      {"drop_grant", drop_grant},
      {"regenerate_keys", regenerate_keys},
      {"swap_user", swap_user},
      {"rename_account", rename_account},
      {"skew", skew},
      {"options", options},
      {"add", add},
      {"spend", spend},
      {"reset_windows", [](Stage& stage, const Value&) { stage.api.forget_windows(); }},
      {"wrong_certificate", wrong_certificate},
  };
  return table;
}

std::string id_json(const char* name, std::int64_t number) {
  return "{\"" + std::string(name) + "\":" + std::to_string(number) + "}";
}

std::string do_action(Stage& stage, const std::string& body) {
  const auto object = parse_object(body);
  const std::string name = needed_string(object, "action");
  if (name == "misbehave") {
    const Misbehaviour order = read_misbehaviour(object);
    return id_json("id", stage.misbehaviours.add(order));
  }
  if (name == "behave") {
    allow_members(object, {"action", "id"});
    const bool one = object.HasMember("id");
    return id_json("cleared",
                   stage.misbehaviours.clear(one ? std::optional(integer_or(object, "id", 0)) : std::nullopt));
  }
  if (name == "approve") return approve(stage, object);
  if (name == "callback_of") return callback_of(stage, object);
  const auto action = actions().find(name);
  if (action == actions().end()) throw BadCommand("there is no action \"" + name + "\"");
  action->second(stage, object);
  return kDone;
}

std::int64_t after_of(const NameValues& query) {
  const std::string text = value_or(query, "after", "0");
  std::int64_t after = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), after);
  if (error != std::errc() || end != text.data() + text.size()) throw BadCommand("\"after\" must be a whole number");
  return after;
}

std::string load_world(Stage& stage, const std::string& body) {
  World world;
  add_to_world(world, parse_object(body));
  stage.api.world = std::move(world);
  stage.api.forget_windows();
  return kDone;
}

std::string reset(Stage& stage) {
  stage.api.forget_windows();
  stage.misbehaviours.clear(std::nullopt);
  stage.tally.clear();
  stage.sinks.forget_posts();
  stage.sinks.forget_behaviour();
  stage.wrong_certificate = false;
  return kDone;
}

std::string set_sink_behaviour(Stage& stage, const std::string& body) {
  stage.sinks.behave(parse_object(body));
  return kDone;
}

std::string forget_posts(Stage& stage) {
  stage.sinks.forget_posts();
  return kDone;
}

}  // namespace

std::string command(Stage& stage, const std::string& method, const std::string& path, const NameValues& query,
                    const std::string& body) {
  const std::string asked = method + " " + path;
  if (asked == "POST /world") return load_world(stage, body);
  if (asked == "POST /do") return do_action(stage, body);
  if (asked == "POST /reset") return reset(stage);
  if (asked == "GET /requests") return stage.tally.counters_json();
  if (asked == "GET /log") return stage.tally.log_json(after_of(query));
  if (asked == "GET /sink") return stage.sinks.posts_json(after_of(query), value_or(query, "path", "*"));
  if (asked == "GET /sink/slack") return stage.sinks.slack().messages_json(value_or(query, "channel", "*"));
  if (asked == "GET /sink/pagerduty") return stage.sinks.pagerduty().alerts_json();
  if (asked == "POST /sink/clear") return forget_posts(stage);
  if (asked == "POST /sink/behaviour") return set_sink_behaviour(stage, body);
  throw BadCommand("there is no command " + asked);
}

}  // namespace fakes
