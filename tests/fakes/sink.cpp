#include "sink.h"

#include <utility>

#include "json.h"

namespace fakes {
namespace {

SinkAnswer usual_answer(const std::string& path) {
  if (path.starts_with("/slack/")) return {200, "text/plain", "ok", {}, 0};
  if (path.starts_with("/hook/")) return {204, "text/plain", "", {}, 0};
  return {404, "text/plain", "no such sink", {}, 0};
}

NameValues read_headers(const rapidjson::Value& object) {
  NameValues headers;
  const auto member = object.FindMember("headers");
  if (member == object.MemberEnd()) return headers;
  if (!member->value.IsObject()) throw BadCommand("member \"headers\" must be an object");
  for (const auto& header : member->value.GetObject()) {
    headers.emplace_back(header.name.GetString(), needed_string(member->value, header.name.GetString()));
  }
  return headers;
}

void write_post(JsonWriter& writer, const SinkRecord& post) {
  writer.StartObject();
  writer.Key("number");
  writer.Int64(post.number);
  writer.Key("at_ms");
  writer.Int64(post.at_ms);
  writer.Key("method");
  write_text(writer, post.method);
  writer.Key("path");
  write_text(writer, post.path);
  writer.Key("headers");
  writer.StartArray();
  for (const auto& [name, value] : post.headers) {
    writer.StartArray();
    write_text(writer, name);
    write_text(writer, value);
    writer.EndArray();
  }
  writer.EndArray();
  writer.Key("body_base64");
  write_text(writer, to_base64(post.body));
  writer.Key("body");
  if (is_utf8(post.body)) {
    write_text(writer, post.body);
  } else {
    writer.Null();
  }
  writer.Key("status");
  writer.Int(post.status);
  writer.EndObject();
}

}  // namespace

SinkAnswer Sinks::receive(SinkRecord post) {
  SinkAnswer answer = usual_answer(post.path);
  for (auto order = orders_.rbegin(); order != orders_.rend(); ++order) {
    if (!matches_pattern(order->pattern, post.path)) continue;
    if (order->status) {
      answer.status = *order->status;
      answer.body.clear();
    }
    if (order->body) answer.body = *order->body;
    answer.headers = order->headers;
    answer.ms = order->ms;
    if (order->times > 0 && --order->times == 0) orders_.erase(std::next(order).base());
    break;
  }
  post.number = ++last_number_;
  post.status = answer.status;
  posts_.push_back(std::move(post));
  return answer;
}

void Sinks::behave(const rapidjson::Value& object) {
  allow_members(object, {"path", "status", "body", "headers", "times", "ms", "clear"});
  const std::string pattern = needed_string(object, "path");
  if (flag_or(object, "clear", false)) {
    std::erase_if(orders_, [&](const Order& order) { return matches_pattern(pattern, order.pattern); });
    return;
  }
  Order order;
  order.pattern = pattern;
  order.times = integer_or(object, "times", -1);
  if (order.times == 0) throw BadCommand("member \"times\" must not be 0");
  if (object.HasMember("status")) order.status = static_cast<int>(integer_or(object, "status", 0));
  if (object.HasMember("body")) order.body = needed_string(object, "body");
  order.headers = read_headers(object);
  order.ms = integer_or(object, "ms", 0);
  orders_.push_back(std::move(order));
}

std::string Sinks::posts_json(std::int64_t after, const std::string& pattern) const {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartArray();
  for (const SinkRecord& post : posts_) {
    if (post.number > after && matches_pattern(pattern, post.path)) write_post(writer, post);
  }
  writer.EndArray();
  return take_text(buffer);
}

}  // namespace fakes
