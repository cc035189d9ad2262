#include "world_json.h"

#include <algorithm>
#include <string>

#include "json.h"

namespace fakes {
namespace {

void choose(std::string& option, const rapidjson::Value& object, const char* name,
            std::initializer_list<std::string_view> choices) {
  const std::string wanted = string_or(object, name, option);
  if (std::find(choices.begin(), choices.end(), wanted) == choices.end()) {
    throw BadCommand("option \"" + std::string(name) + "\" cannot be \"" + wanted + "\"");
  }
  option = wanted;
}

void set_flag(bool& option, const rapidjson::Value& object, const char* name) {
  option = flag_or(object, name, option);
}

void set_number(std::int64_t& option, const rapidjson::Value& object, const char* name) {
  option = integer_or(object, name, option);
}

App read_app(const rapidjson::Value& object) {
  allow_members(object, {"name", "consumer_key", "consumer_secret", "suspended", "ads_access", "read_only"});
  return {needed_string(object, "name"),
          needed_string(object, "consumer_key"),
          needed_string(object, "consumer_secret"),
          flag_or(object, "suspended", false),
          flag_or(object, "ads_access", true),
          flag_or(object, "read_only", false)};
}

User read_user(const rapidjson::Value& object) {
  allow_members(object, {"id", "screen_name", "suspended", "locked"});
  const std::string id = needed_string(object, "id");
  return {id, string_or(object, "screen_name", "user" + id), flag_or(object, "suspended", false),
          flag_or(object, "locked", false)};
}

Token read_token(World& world, const rapidjson::Value& object) {
  allow_members(object, {"name", "token", "secret", "user", "app", "revoked", "needs_reauthorization"});
  return {needed_string(object, "name"),
          needed_string(object, "token"),
          needed_string(object, "secret"),
          world.user(needed_string(object, "user")).id,
          world.app(needed_string(object, "app")).name,
          flag_or(object, "revoked", false),
          flag_or(object, "needs_reauthorization", false)};
}

AdAccount read_account(const rapidjson::Value& object) {
  allow_members(object, {"id", "name", "approval_status", "deleted", "locked"});
  const std::string id = needed_string(object, "id");
  return {id, string_or(object, "name", "Account " + id), string_or(object, "approval_status", "ACCEPTED"),
          flag_or(object, "deleted", false), flag_or(object, "locked", false)};
}

template <typename Read>
void for_each_entry(const rapidjson::Value& object, const char* name, Read read) {
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd()) return;
  if (!member->value.IsArray()) throw BadCommand("member \"" + std::string(name) + "\" must be a list");
  for (const auto& entry : member->value.GetArray()) read(entry);
}

}  // namespace

void set_options(Options& options, const rapidjson::Value& object) {
  allow_members(object,
                {"revoked", "bad_signature", "no_grant", "suspended_user", "locked_user", "clock", "account_family",
                 "account_limit", "token_limit", "app_quota", "accounts_limit", "identity_limit", "window_s",
                 "clock_tolerance_s", "skew_s", "current_version", "warning", "retired", "odd_cursors"});
  choose(options.revoked, object, "revoked", {"unauthorized_access", "code_89"});
  choose(options.bad_signature, object, "bad_signature", {"unauthorized_access", "code_32"});
  choose(options.no_grant, object, "no_grant", {"not_found_404", "account_not_found_403", "not_found_403"});
  choose(options.suspended_user, object, "suspended_user", {"current_user_suspended", "code_64"});
  choose(options.locked_user, object, "locked_user", {"code_326", "account_locked_out"});
  choose(options.clock, object, "clock", {"code_135", "unauthorized_access"});
  set_flag(options.account_family, object, "account_family");
  set_number(options.account_limit, object, "account_limit");
  set_number(options.token_limit, object, "token_limit");
  set_number(options.app_quota, object, "app_quota");
  set_number(options.accounts_limit, object, "accounts_limit");
  set_number(options.identity_limit, object, "identity_limit");
  set_number(options.window_s, object, "window_s");
  set_number(options.clock_tolerance_s, object, "clock_tolerance_s");
  set_number(options.skew_s, object, "skew_s");
  options.current_version = string_or(object, "current_version", options.current_version);
  options.warning = string_or(object, "warning", options.warning);
  set_flag(options.retired, object, "retired");
  set_flag(options.odd_cursors, object, "odd_cursors");
}

void add_to_world(World& world, const rapidjson::Value& object) {
  allow_members(object, {"options", "apps", "users", "tokens", "accounts", "grants"});
  if (const auto options = object.FindMember("options"); options != object.MemberEnd()) {
    set_options(world.options, options->value);
  }
  for_each_entry(object, "apps", [&](const auto& entry) {
    App app = read_app(entry);
    world.apps[app.name] = app;
  });
  for_each_entry(object, "users", [&](const auto& entry) {
    User user = read_user(entry);
    world.users[user.id] = user;
  });
  for_each_entry(object, "tokens", [&](const auto& entry) { world.put(read_token(world, entry)); });
  for_each_entry(object, "accounts", [&](const auto& entry) {
    AdAccount account = read_account(entry);
    world.accounts[account.id] = account;
  });
  for_each_entry(object, "grants", [&](const auto& entry) {
    allow_members(entry, {"account", "user", "permissions"});
    world.grant(needed_string(entry, "account"), needed_string(entry, "user"), needed_strings(entry, "permissions"));
  });
}

}  // namespace fakes
