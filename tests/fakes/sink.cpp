#include "sink.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "json.h"
#include "teams.h"

namespace fakes {
namespace {

constexpr const char* kSlackApi = "/slack-api/";

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
  SinkAnswer given = answer(post);
  post.number = ++last_number_;
  post.status = given.status;
  posts_.push_back(std::move(post));
  return given;
}

SinkAnswer Sinks::answer(const SinkRecord& post) {
  if (auto refusal = refuse_for_pace(post)) return *refusal;
  const auto order = take_order(post.path);
  const bool spoiled = order && (order->status || order->body);
  SinkAnswer answer = spoiled ? SinkAnswer{} : ask_receiver(post);
  if (!order) return answer;
  if (spoiled) answer = {order->status.value_or(200), "text/plain", order->body.value_or(""), {}, 0};
  if (answer.body.starts_with("{")) answer.content_type = "application/json";
  answer.headers = order->headers;
  answer.ms = order->ms;
  return answer;
}

std::optional<SinkAnswer> Sinks::refuse_for_pace(const SinkRecord& post) {
  for (auto& [pattern, pace] : paces_) {
    if (!matches_pattern(pattern, post.path)) continue;
    const auto seconds = pace.refuse(post.path, post.at_ms);
    if (!seconds) continue;
    SinkAnswer refusal{429, "text/plain", "rate_limited", {{"Retry-After", std::to_string(*seconds)}}, 0};
    if (post.path.starts_with(kSlackApi)) {
      refusal.content_type = "application/json";
      refusal.body = R"({"ok":false,"error":"ratelimited"})";
    }
    return refusal;
  }
  return std::nullopt;
}

Sinks::Order Sinks::read_order(const rapidjson::Value& object, const std::string& pattern) {
  Order order;
  order.pattern = pattern;
  order.times = integer_or(object, "times", -1);
  if (order.times == 0) throw BadCommand("member \"times\" must not be 0");
  if (object.HasMember("status")) order.status = static_cast<int>(integer_or(object, "status", 0));
  if (object.HasMember("body")) order.body = needed_string(object, "body");
  order.headers = read_headers(object);
  order.ms = integer_or(object, "ms", 0);
  return order;
}

std::optional<Sinks::Order> Sinks::take_order(const std::string& path) {
  const auto order = std::find_if(orders_.rbegin(), orders_.rend(),
                                  [&](const Order& one) { return matches_pattern(one.pattern, path); });
  if (order == orders_.rend()) return std::nullopt;
  Order taken = *order;
  if (order->times > 0 && --order->times == 0) orders_.erase(std::next(order).base());
  return taken;
}

SinkAnswer Sinks::ask_receiver(const SinkRecord& post) {
  if (post.path.starts_with("/slack/")) return {200, "text/plain", "ok", {}, 0};
  if (post.path.starts_with("/hook/")) return {204, "text/plain", "", {}, 0};
  if (post.path.starts_with(kSlackApi)) return slack_.call(post);
  if (post.path == "/pagerduty/v2/enqueue") return pagerduty_.enqueue(post);
  if (post.path.starts_with("/teams/")) return answer_teams(post);
  if (post.path.starts_with("/ping/")) return {200, "text/plain", "OK", {}, 0};
  return {404, "text/plain", "no such sink", {}, 0};
}

void Sinks::behave(const rapidjson::Value& object) {
  allow_members(object, {"path", "status", "body", "headers", "times", "ms", "clear", "per_second", "burst"});
  const std::string pattern = needed_string(object, "path");
  if (flag_or(object, "clear", false)) {
    std::erase_if(orders_, [&](const Order& order) { return matches_pattern(pattern, order.pattern); });
    std::erase_if(paces_, [&](const auto& entry) { return matches_pattern(pattern, entry.first); });
    return;
  }
  if (object.HasMember("per_second")) {
    allow_members(object, {"path", "per_second", "burst"});
    paces_.emplace_back(pattern, Pace(number_or(object, "per_second", 0), integer_or(object, "burst", 1)));
    return;
  }
  if (object.HasMember("burst")) throw BadCommand("a \"burst\" needs \"per_second\"");
  orders_.push_back(read_order(object, pattern));
}

void Sinks::forget_posts() {
  posts_.clear();
  slack_.forget();
  pagerduty_.forget();
}

void Sinks::forget_behaviour() {
  orders_.clear();
  paces_.clear();
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
