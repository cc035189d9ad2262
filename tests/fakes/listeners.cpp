#include "listeners.h"

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "control.h"
#include "delivery.h"
#include "json.h"

namespace fakes {
namespace {

/// Any method on any path.
void route_all(httplib::Server& server, const httplib::Server::Handler& handler) {
  server.Get(".*", handler).Post(".*", handler).Put(".*", handler).Patch(".*", handler).Delete(".*", handler);
}

SignedRequest as_signed_request(const httplib::Request& request) {
  const bool form = request.get_header_value("Content-Type").starts_with("application/x-www-form-urlencoded");
  SignedRequest seen;
  seen.method = request.method;
  seen.host = request.get_header_value("Host");
  seen.target = request.target;
  seen.authorization = request.get_header_value("Authorization");
  seen.form_body = form ? request.body : "";
  return seen;
}

void answer_api_request(Stage& stage, const httplib::Request& request, httplib::Response& response) {
  Answer answer;
  Manner manner = Manner::kPlain;
  std::int64_t ms = 0;
  {
    const std::lock_guard guard(stage.lock);
    const std::int64_t now_ms = machine_time_ms();
    stage.tally.began();
    Handled handled = stage.api.handle(as_signed_request(request), now_ms / 1000);
    const auto misbehaviour = stage.misbehaviours.pick(handled);
    if (misbehaviour) {
      manner = spoil(*misbehaviour, handled.answer);
      ms = misbehaviour->ms;
    }
    stage.tally.add(handled, misbehaviour ? misbehaviour->kind : "", now_ms);
    answer = std::move(handled.answer);
  }
  deliver(answer, manner, ms, request, response);
  const std::lock_guard guard(stage.lock);
  stage.tally.ended();
}

void answer_sink_post(Stage& stage, const httplib::Request& request, httplib::Response& response) {
  SinkRecord post;
  post.at_ms = machine_time_ms();
  post.method = request.method;
  post.path = request.path;
  // cpp-httplib adds these two pairs of its own to what was sent.
  for (const auto& [name, value] : request.headers) {
    if (!name.starts_with("REMOTE_") && !name.starts_with("LOCAL_")) post.headers.emplace_back(name, value);
  }
  post.body = request.body;
  std::unique_lock guard(stage.lock);
  const SinkAnswer answer = stage.sinks.receive(std::move(post));
  guard.unlock();
  std::this_thread::sleep_for(std::chrono::milliseconds(answer.ms));
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  if (!answer.body.empty()) response.set_content(answer.body, answer.content_type);
}

void answer_control(Stage& stage, const httplib::Request& request, httplib::Response& response) {
  try {
    const std::lock_guard guard(stage.lock);
    const NameValues query(request.params.begin(), request.params.end());
    response.set_content(command(stage, request.method, request.path, query, request.body), "application/json");
  } catch (const BadCommand& refusal) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    writer.Key("error");
    write_text(writer, refusal.what());
    writer.EndObject();
    response.status = 400;
    response.set_content(take_text(buffer), "application/json");
  }
}

}  // namespace

void serve_api(httplib::Server& server, Stage& stage) {
  route_all(server, [&stage](const auto& request, auto& response) { answer_api_request(stage, request, response); });
}

void serve_control(httplib::Server& server, Stage& stage) {
  route_all(server, [&stage](const auto& request, auto& response) { answer_control(stage, request, response); });
}

void serve_sinks(httplib::Server& server, Stage& stage) {
  route_all(server, [&stage](const auto& request, auto& response) { answer_sink_post(stage, request, response); });
}

}  // namespace fakes
