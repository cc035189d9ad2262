#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/transport.h"

/// Answers what a function says, from the loop and never from inside send(), and remembers what was asked. A request
/// for which the function has no answer stays open until shut_down().
class ScriptedTransport final : public http::Transport {
 public:
  using Script = std::function<std::optional<http::Reply>(const http::Request&)>;

  ScriptedTransport(boost::asio::io_context& io, Script script) : io_(io), script_(std::move(script)) {}

  void send(http::Request request, Handler on_reply) override {
    ++in_flight_;
    if (request.authorization) authorizations.push_back(request.authorization());
    auto reply = closed_ ? refused() : script_(request);
    sent.push_back(std::move(request));
    if (reply) {
      answer(std::move(on_reply), std::move(*reply));
    } else {
      open_.push_back(std::move(on_reply));
    }
  }
  std::size_t in_flight() const override { return in_flight_; }
  void shut_down() override {
    closed_ = true;
    for (auto& handler : std::exchange(open_, {})) answer(std::move(handler), *refused());
  }

  std::vector<http::Request> sent;
  std::vector<std::string> authorizations;

 private:
  static std::optional<http::Reply> refused() {
    return base::Failure{http::TransportError{http::Stage::kRefused, "shutting down"}};
  }
  void answer(Handler handler, http::Reply reply) {
    boost::asio::post(io_, [this, handler = std::move(handler), reply = std::move(reply)] {
      --in_flight_;
      handler(reply);
    });
  }

  boost::asio::io_context& io_;
  Script script_;
  std::vector<Handler> open_;
  std::size_t in_flight_ = 0;
  bool closed_ = false;
};
