#include "answers.h"

#include <array>
#include <ctime>

#include "json.h"

namespace fakes {
namespace {

void write_member(JsonWriter& writer, const char* name, const std::string& value) {
  writer.Key(name);
  write_text(writer, value);
}

void write_params(JsonWriter& writer, const std::string& account_id) {
  writer.Key("request");
  writer.StartObject();
  writer.Key("params");
  writer.StartObject();
  if (!account_id.empty()) write_member(writer, "account_id", account_id);
  writer.EndObject();
  writer.EndObject();
}

void write_account(JsonWriter& writer, const AdAccount& account) {
  writer.StartObject();
  write_member(writer, "name", account.name);
  writer.Key("business_name");
  writer.Null();
  write_member(writer, "timezone", "America/Los_Angeles");
  write_member(writer, "timezone_switch_at", "2016-07-21T07:00:00Z");
  write_member(writer, "id", account.id);
  write_member(writer, "created_at", "2016-07-21T22:42:09Z");
  write_member(writer, "updated_at", "2017-07-06T16:51:04Z");
  writer.Key("business_id");
  writer.Null();
  write_member(writer, "approval_status", account.approval_status);
  writer.Key("deleted");
  writer.Bool(account.deleted);
  writer.EndObject();
}

template <typename Write>
Answer json_answer(int status, Write write) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  write(writer);
  writer.EndObject();
  Answer answer;
  answer.status = status;
  answer.body = take_text(buffer);
  return answer;
}

void write_list_params(JsonWriter& writer, const ListQuery& query) {
  writer.Key("request");
  writer.StartObject();
  writer.Key("params");
  writer.StartObject();
  if (query.count_given) {
    writer.Key("count");
    writer.Int64(query.count);
  }
  if (query.with_deleted) {
    writer.Key("with_deleted");
    writer.Bool(true);
  }
  if (query.with_total_count) {
    writer.Key("with_total_count");
    writer.Bool(true);
  }
  if (!query.cursor.empty()) write_member(writer, "cursor", query.cursor);
  writer.EndObject();
  writer.EndObject();
}

}  // namespace

Answer ads_error(int status, const std::string& code, const std::string& message, const std::string& account_id) {
  return json_answer(status, [&](JsonWriter& writer) {
    writer.Key("errors");
    writer.StartArray();
    writer.StartObject();
    write_member(writer, "code", code);
    write_member(writer, "message", message);
    writer.EndObject();
    writer.EndArray();
    write_params(writer, account_id);
  });
}

Answer gateway_error(int status, int code, const std::string& message) {
  return json_answer(status, [&](JsonWriter& writer) {
    writer.Key("errors");
    writer.StartArray();
    writer.StartObject();
    writer.Key("code");
    writer.Int(code);
    write_member(writer, "message", message);
    writer.EndObject();
    writer.EndArray();
  });
}

Answer locked_user_error() {
  return json_answer(403, [](JsonWriter& writer) {
    writer.Key("errors");
    writer.StartArray();
    writer.StartObject();
    writer.Key("code");
    writer.Int(326);
    write_member(writer, "message", "This user is temporarily locked and has to log in to be unlocked.");
    writer.Key("sub_error_code");
    writer.Int(0);
    write_member(writer, "bounce_location", "https://twitter.com/account/access");
    writer.EndObject();
    writer.EndArray();
  });
}

Answer problem(int status, const std::string& title, const std::string& detail, const std::string& type) {
  return json_answer(status, [&](JsonWriter& writer) {
    write_member(writer, "title", title);
    write_member(writer, "detail", detail);
    write_member(writer, "type", type);
    writer.Key("status");
    writer.Int(status);
  });
}

Answer access_answer(const std::string& account_id, const std::string& user_id,
                     const std::vector<std::string>& permissions) {
  return json_answer(200, [&](JsonWriter& writer) {
    writer.Key("data");
    writer.StartObject();
    write_member(writer, "user_id", user_id);
    writer.Key("permissions");
    writer.StartArray();
    for (const auto& permission : permissions) write_text(writer, permission);
    writer.EndArray();
    writer.EndObject();
    write_params(writer, account_id);
  });
}

Answer account_answer(const AdAccount& account, bool with_deleted) {
  return json_answer(200, [&](JsonWriter& writer) {
    writer.Key("request");
    writer.StartObject();
    writer.Key("params");
    writer.StartObject();
    write_member(writer, "account_id", account.id);
    if (with_deleted) {
      writer.Key("with_deleted");
      writer.Bool(true);
    }
    writer.EndObject();
    writer.EndObject();
    writer.Key("data");
    write_account(writer, account);
  });
}

Answer account_list_answer(const ListQuery& query, const std::vector<const AdAccount*>& page, size_t total,
                           const std::string& next_cursor) {
  return json_answer(200, [&](JsonWriter& writer) {
    write_list_params(writer, query);
    writer.Key("next_cursor");
    if (next_cursor.empty()) {
      writer.Null();
    } else {
      write_text(writer, next_cursor);
    }
    if (query.with_total_count) {
      writer.Key("total_count");
      writer.Uint64(total);
    }
    writer.Key("data");
    writer.StartArray();
    for (const AdAccount* account : page) write_account(writer, *account);
    writer.EndArray();
  });
}

Answer verify_credentials_answer(const User& user) {
  return json_answer(200, [&](JsonWriter& writer) {
    // The only place where X sends an id as a number as well.
    writer.Key("id");
    writer.RawValue(user.id.data(), user.id.size(), rapidjson::kNumberType);
    write_member(writer, "id_str", user.id);
    write_member(writer, "name", user.screen_name);
    write_member(writer, "screen_name", user.screen_name);
    writer.Key("suspended");
    writer.Bool(user.suspended);
    writer.Key("needs_phone_verification");
    writer.Bool(false);
  });
}

Answer users_me_answer(const User& user) {
  return json_answer(200, [&](JsonWriter& writer) {
    writer.Key("data");
    writer.StartObject();
    write_member(writer, "id", user.id);
    write_member(writer, "name", user.screen_name);
    write_member(writer, "username", user.screen_name);
    writer.EndObject();
  });
}

Answer invalidated_answer(const std::string& token) {
  return json_answer(200, [&](JsonWriter& writer) { write_member(writer, "access_token", token); });
}

std::string http_date(std::int64_t epoch_s) {
  const std::time_t seconds = epoch_s;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const size_t length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

}  // namespace fakes
