#include "slack_web_api.h"

#include <rapidjson/document.h>
#include <strings.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "json.h"

namespace fakes {
namespace {

constexpr rapidjson::SizeType kMostBlocks = 50;
constexpr size_t kMostText = 40'000;

/// An error in Slack's words ends a call.
struct SlackError {
  const char* word;
};

bool names_channel(const std::string& id) {
  constexpr size_t kShortest = 9;
  if (id.size() < kShortest || std::string("CDG").find(id[0]) == std::string::npos) return false;
  return std::all_of(id.begin(), id.end(),
                     [](unsigned char letter) { return std::isdigit(letter) != 0 || std::isupper(letter) != 0; });
}

std::string as_json(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  value.Accept(writer);
  return take_text(buffer);
}

rapidjson::Document read_arguments(const std::string& body) {
  try {
    return parse_object(body);
  } catch (const BadCommand&) {
    throw SlackError{"invalid_json"};
  }
}

std::string argument(const rapidjson::Document& arguments, const char* name) {
  const auto member = arguments.FindMember(name);
  if (member == arguments.MemberEnd()) return {};
  if (!member->value.IsString()) throw SlackError{"invalid_arguments"};
  return {member->value.GetString(), member->value.GetStringLength()};
}

std::string channel_argument(const rapidjson::Document& arguments) {
  std::string channel = argument(arguments, "channel");
  if (!names_channel(channel)) throw SlackError{"channel_not_found"};
  return channel;
}

/// Nothing when they are not given; an empty list stands for none.
std::optional<std::string> blocks_argument(const rapidjson::Document& arguments) {
  const auto member = arguments.FindMember("blocks");
  if (member == arguments.MemberEnd()) return std::nullopt;
  if (!member->value.IsArray() || member->value.Size() > kMostBlocks) throw SlackError{"invalid_blocks"};
  return member->value.Empty() ? "null" : as_json(member->value);
}

std::string text_argument(const rapidjson::Document& arguments) {
  std::string text = argument(arguments, "text");
  if (text.empty() && !arguments.HasMember("blocks")) throw SlackError{"no_text"};
  if (text.size() > kMostText) throw SlackError{"msg_too_long"};
  return text;
}

std::string header(const SinkRecord& post, const char* wanted) {
  const auto found = std::find_if(post.headers.begin(), post.headers.end(),
                                  [&](const auto& pair) { return strcasecmp(pair.first.c_str(), wanted) == 0; });
  return found == post.headers.end() ? std::string() : found->second;
}

void check_sender(const SinkRecord& post) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string authorization = header(post, "Authorization");
  if (authorization.empty()) throw SlackError{"not_authed"};
  if (!authorization.starts_with(kScheme) || authorization.size() == kScheme.size()) throw SlackError{"invalid_auth"};
  if (!header(post, "Content-Type").starts_with("application/json")) throw SlackError{"invalid_post_type"};
}

SinkAnswer accepted(const std::string& channel, const std::string& ts) {
  return json_answer(200, R"({"ok":true,"channel":")" + channel + R"(","ts":")" + ts + "\"}");
}

/// Seconds and microseconds, as Slack's; they grow by 100 microseconds a message.
std::string ts_of(std::int64_t number) {
  constexpr std::int64_t kStart = 1'700'000'000;
  constexpr std::int64_t kPerSecond = 10'000;
  const std::string micros = std::to_string(number % kPerSecond * 100);
  return std::to_string(kStart + number / kPerSecond) + "." + std::string(6 - micros.size(), '0') + micros;
}

}  // namespace

SinkAnswer SlackWebApi::call(const SinkRecord& post) {
  const std::string method = post.path.substr(post.path.rfind('/') + 1);
  try {
    if (post.method != "POST") throw SlackError{"invalid_post_type"};
    check_sender(post);
    if (method == "chat.postMessage") return post_message(post.body);
    if (method == "chat.update") return update(post.body);
    throw SlackError{"unknown_method"};
  } catch (const SlackError& error) {
    return json_answer(200, R"({"ok":false,"error":")" + std::string(error.word) + "\"}");
  }
}

SinkAnswer SlackWebApi::post_message(const std::string& body) {
  const auto arguments = read_arguments(body);
  Message message;
  message.channel = channel_argument(arguments);
  message.text = text_argument(arguments);
  message.blocks = blocks_argument(arguments).value_or("null");
  message.thread_ts = argument(arguments, "thread_ts");
  if (!message.thread_ts.empty()) {
    const Message* first = find(message.channel, message.thread_ts);
    if (first == nullptr || !first->thread_ts.empty()) throw SlackError{"cannot_reply_to_message"};
  }
  message.ts = ts_of(++last_number_);
  messages_.push_back(message);
  return accepted(message.channel, message.ts);
}

SinkAnswer SlackWebApi::update(const std::string& body) {
  const auto arguments = read_arguments(body);
  const std::string channel = channel_argument(arguments);
  std::string text = text_argument(arguments);
  const auto blocks = blocks_argument(arguments);
  Message* message = find(channel, argument(arguments, "ts"));
  if (message == nullptr) throw SlackError{"message_not_found"};
  message->text = std::move(text);
  if (blocks) message->blocks = *blocks;
  ++message->edits;
  return accepted(channel, message->ts);
}

SlackWebApi::Message* SlackWebApi::find(const std::string& channel, const std::string& ts) {
  const auto found = std::find_if(messages_.begin(), messages_.end(),
                                  [&](const Message& one) { return one.channel == channel && one.ts == ts; });
  return found == messages_.end() ? nullptr : &*found;
}

void SlackWebApi::write(const Message& message, JsonWriter& writer) const {
  writer.StartObject();
  writer.Key("channel");
  write_text(writer, message.channel);
  writer.Key("ts");
  write_text(writer, message.ts);
  writer.Key("text");
  write_text(writer, message.text);
  writer.Key("blocks");
  writer.RawValue(message.blocks.data(), message.blocks.size(), rapidjson::kArrayType);
  writer.Key("edits");
  writer.Int(message.edits);
  if (message.thread_ts.empty()) {
    writer.Key("replies");
    writer.StartArray();
    for (const Message& reply : messages_) {
      if (reply.channel == message.channel && reply.thread_ts == message.ts) write(reply, writer);
    }
    writer.EndArray();
  }
  writer.EndObject();
}

std::string SlackWebApi::messages_json(const std::string& channel_pattern) const {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartArray();
  for (const Message& message : messages_) {
    if (message.thread_ts.empty() && matches_pattern(channel_pattern, message.channel)) write(message, writer);
  }
  writer.EndArray();
  return take_text(buffer);
}

}  // namespace fakes
