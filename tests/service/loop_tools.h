#pragma once

#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "service/failing_store.h"
#include "service/workshop.h"

inline constexpr auto kRevoked = R"({"errors":[{"code":89,"message":"Invalid or expired token."}]})";

inline ScriptedTransport::Script always(const http::Reply& reply) {
  return [reply](const http::Request&) { return reply; };
}

/// Runs until a signal, which comes after `span`.
inline void run_for(Workshop& workshop, std::chrono::milliseconds span) {
  workshop.signals.add(SIGUSR1);  // in the place of SIGTERM, which would end the test runner
  boost::asio::steady_timer timer(workshop.io, span);
  timer.async_wait([](const boost::system::error_code&) { std::raise(SIGUSR1); });
  workshop.make_loop()->run();
}
