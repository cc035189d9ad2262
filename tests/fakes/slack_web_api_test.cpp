#include "slack_web_api.h"

#include <doctest/doctest.h>

using namespace fakes;

namespace {

std::string call(SlackWebApi& api, const std::string& method, const std::string& body,
                 const std::string& authorization = "Bearer xoxb-1") {
  SinkRecord post;
  post.method = "POST";
  post.path = "/slack-api/" + method;
  post.headers = {{"authorization", authorization}, {"Content-Type", "application/json; charset=utf-8"}};
  post.body = body;
  const SinkAnswer answer = api.call(post);
  CHECK(answer.status == 200);
  return answer.body;
}

constexpr const char* kFirst = R"({"channel": "C0123456789", "text": "one", "blocks": [{"type": "divider"}]})";

}  // namespace

TEST_CASE("slack web api: every message has a ts of its own") {
  SlackWebApi api;
  CHECK(call(api, "chat.postMessage", kFirst) == R"({"ok":true,"channel":"C0123456789","ts":"1700000000.000100"})");
  CHECK(call(api, "chat.postMessage", kFirst) == R"({"ok":true,"channel":"C0123456789","ts":"1700000000.000200"})");
  api.forget();
  CHECK(call(api, "chat.postMessage", kFirst) == R"({"ok":true,"channel":"C0123456789","ts":"1700000000.000300"})");
}

TEST_CASE("slack web api: people see the first message as it was updated last, and the replies below it in order") {
  SlackWebApi api;
  call(api, "chat.postMessage", kFirst);
  call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": "two", "thread_ts": "1700000000.000100"})");
  call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": "three", "thread_ts": "1700000000.000100"})");
  call(api, "chat.update", R"({"channel": "C0123456789", "ts": "1700000000.000100", "text": "over", "blocks": []})");
  CHECK(api.messages_json("C*") ==
        R"([{"channel":"C0123456789","ts":"1700000000.000100","text":"over","blocks":null,"edits":1,"replies":[)"
        R"({"channel":"C0123456789","ts":"1700000000.000200","text":"two","blocks":null,"edits":0},)"
        R"({"channel":"C0123456789","ts":"1700000000.000300","text":"three","blocks":null,"edits":0}]}])");
  CHECK(api.messages_json("C9*") == "[]");
}

TEST_CASE("slack web api: an update that does not speak of blocks leaves them") {
  SlackWebApi api;
  call(api, "chat.postMessage", kFirst);
  call(api, "chat.update", R"({"channel": "C0123456789", "ts": "1700000000.000100", "text": "over"})");
  CHECK(api.messages_json("*").find(R"("text":"over","blocks":[{"type":"divider"}])") != std::string::npos);
}

TEST_CASE("slack web api: a refused call says why with status 200, and shows nothing") {
  SlackWebApi api;
  CHECK(call(api, "chat.postMessage", R"({"text": "x"})") == R"({"ok":false,"error":"channel_not_found"})");
  CHECK(call(api, "chat.postMessage", R"({"channel": "ops", "text": "x"})") ==
        R"({"ok":false,"error":"channel_not_found"})");
  CHECK(call(api, "chat.postMessage", R"({"channel": "C0123456789"})") == R"({"ok":false,"error":"no_text"})");
  CHECK(call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": 1})") ==
        R"({"ok":false,"error":"invalid_arguments"})");
  CHECK(call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": "x", "blocks": {}})") ==
        R"({"ok":false,"error":"invalid_blocks"})");
  CHECK(call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": "x", "thread_ts": "1.2"})") ==
        R"({"ok":false,"error":"cannot_reply_to_message"})");
  CHECK(call(api, "chat.postMessage", "channel=C0123456789") == R"({"ok":false,"error":"invalid_json"})");
  CHECK(call(api, "chat.update", R"({"channel": "C0123456789", "ts": "1.2", "text": "x"})") ==
        R"({"ok":false,"error":"message_not_found"})");
  CHECK(call(api, "chat.delete", R"({})") == R"({"ok":false,"error":"unknown_method"})");
  CHECK(api.messages_json("*") == "[]");
}

TEST_CASE("slack web api: a reply to a reply is no thread") {
  SlackWebApi api;
  call(api, "chat.postMessage", kFirst);
  call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": "two", "thread_ts": "1700000000.000100"})");
  CHECK(call(api, "chat.postMessage", R"({"channel": "C0123456789", "text": "x", "thread_ts": "1700000000.000200"})") ==
        R"({"ok":false,"error":"cannot_reply_to_message"})");
}

TEST_CASE("slack web api: the sender shows a bearer token and sends JSON") {
  SlackWebApi api;
  CHECK(call(api, "chat.postMessage", kFirst, "") == R"({"ok":false,"error":"not_authed"})");
  CHECK(call(api, "chat.postMessage", kFirst, "Bearer ") == R"({"ok":false,"error":"invalid_auth"})");
  CHECK(call(api, "chat.postMessage", kFirst, "Basic eA==") == R"({"ok":false,"error":"invalid_auth"})");
  SinkRecord form;
  form.method = "POST";
  form.path = "/slack-api/chat.postMessage";
  form.headers = {{"Authorization", "Bearer xoxb-1"}, {"Content-Type", "application/x-www-form-urlencoded"}};
  form.body = kFirst;
  CHECK(api.call(form).body == R"({"ok":false,"error":"invalid_post_type"})");
}
