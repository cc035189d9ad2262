#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <vector>

#include "alert/destination.h"
#include "http/transport.h"

namespace spdlog {
class logger;
}

namespace service {

/// Tells watchers of ours that all is well, each at its own interval, and nothing while it is not: their alarm is that
/// they hear nothing. A beat that fails is not repeated, the next one follows soon. Loop thread only; everything it is
/// given outlives it.
class Heartbeat {
 public:
  Heartbeat(boost::asio::io_context& io, const std::vector<alert::Heartbeat>& all, http::Transport& transport,
            spdlog::logger& log, std::function<bool()> well);
  void start();
  void stop();

 private:
  struct Beat {
    const alert::Heartbeat& to;
    boost::asio::steady_timer timer;
    bool failing = false;
    bool silent = false;
  };

  void wait(Beat& beat);
  void send(Beat& beat);

  std::deque<Beat> beats_;  ///< never moves its elements
  http::Transport& transport_;
  spdlog::logger& log_;
  std::function<bool()> well_;
};

}  // namespace service
