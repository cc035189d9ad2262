#include "service/status_server.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <utility>

namespace service {
namespace {

http::ListenerOptions listener_options(const StatusOptions& options) {
  const http::Endpoint& endpoint = options.listen.value();
  http::ListenerOptions listener{.address = endpoint.address, .port = endpoint.port, .hosts = options.hosts};
  listener.hosts.push_back(endpoint.authority());
  return listener;
}

http::OutboundAnswer word(bool good, const char* yes, const char* no) {
  return {.status = good ? 200 : 503, .body = good ? yes : no};
}

}  // namespace

StatusServer::StatusServer(const StatusOptions& options, const base::Clock& clock, const Health& health, Show show,
                           Complain complain)
    : clock_(clock),
      health_(health),
      show_(std::move(show)),
      complain_(std::move(complain)),
      visitors_(options.token.clone()),
      listener_(std::make_unique<http::Listener>(
          io_, listener_options(options),
          [this](const http::InboundRequest& request, Respond respond) { answer(request, std::move(respond)); })),
      port_(listener_->port()),
      thread_([this] { io_.run(); }) {}

StatusServer::~StatusServer() {
  io_.stop();
  thread_.join();
  maker_.stop();
  maker_.join();
}

void StatusServer::answer(const http::InboundRequest& request, Respond respond) {
  const base::Instant now = clock_.now().steady;
  if (request.path() == "/-/healthy") return respond(word(health_.healthy(now), "ok\n", "degraded\n"));
  if (request.path() == "/-/ready") return respond(word(health_.ready(now), "ready\n", "not ready\n"));
  if (auto refusal = visitors_.check(request, now))
    return answer_later(std::move(refusal->answer), refusal->delay, std::move(respond));
  show(request, std::move(respond));
}

void StatusServer::show(const http::InboundRequest& request, Respond respond) {
  if (waiting_ >= kMostWaiting) return respond({.status = 503, .body = "busy; come again\n"});
  ++waiting_;
  boost::asio::post(maker_, [this, request, respond = std::move(respond)]() mutable {
    auto answer = make(request);
    --waiting_;
    boost::asio::post(io_, [respond = std::move(respond), answer = std::move(answer)] { respond(answer); });
  });
}

http::OutboundAnswer StatusServer::make(const http::InboundRequest& request) {
  try {
    return show_(request);
  } catch (const std::exception& error) {  // the edge of a thread: nobody's question ends the daemon
    complain_(error.what());
    return {.status = 503, .body = "this cannot be shown now; the log says why\n"};
  }
}

void StatusServer::answer_later(http::OutboundAnswer answer, base::Duration delay, Respond respond) {
  if (delay == base::Duration(0)) return respond(std::move(answer));
  const auto timer = std::make_shared<boost::asio::steady_timer>(io_, delay);
  timer->async_wait(
      [timer, respond = std::move(respond), answer = std::move(answer)](const boost::system::error_code& error) {
        if (!error) respond(answer);
      });
}

}  // namespace service
