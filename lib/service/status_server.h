#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "http/listener.h"
#include "service/health.h"
#include "service/status_options.h"
#include "service/visitor_check.h"

namespace service {

/// Listens for browsers, scrapers and health checks, on two threads of its own: one for connections, so that nobody can
/// keep the others or the audit waiting, and one that makes what is shown. /-/healthy and /-/ready are answered by the
/// first, at once and to everybody, and tell no more than a word.
///
/// Made and destroyed on one thread, any. What it is given outlives it.
class StatusServer {
 public:
  /// Makes an answer, on the second thread. What it throws is told to `complain`, and answered with 503.
  using Show = std::function<http::OutboundAnswer(const http::InboundRequest&)>;
  using Complain = std::function<void(const std::string&)>;
  /// More requests than these wait for the second thread: they are told to come again.
  static constexpr int kMostWaiting = 64;

  /// `options.listen` is given. Throws std::runtime_error, naming address and port, when they cannot be listened on.
  StatusServer(const StatusOptions& options, const base::Clock& clock, const Health& health, Show show,
               Complain complain);
  ~StatusServer();
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  using Respond = http::Listener::Respond;
  void answer(const http::InboundRequest& request, Respond respond);
  void show(const http::InboundRequest& request, Respond respond);
  void answer_later(http::OutboundAnswer answer, base::Duration delay, Respond respond);
  http::OutboundAnswer make(const http::InboundRequest& request);

  const base::Clock& clock_;
  const Health& health_;
  const Show show_;
  const Complain complain_;
  VisitorCheck visitors_;
  std::atomic<int> waiting_{0};
  boost::asio::io_context io_{1};
  std::unique_ptr<http::Listener> listener_;
  std::uint16_t port_ = 0;
  boost::asio::thread_pool maker_{1};
  std::thread thread_;  ///< runs io_; last, so that all else is there
};

}  // namespace service
