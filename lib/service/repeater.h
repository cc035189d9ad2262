#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <vector>

#include "alert/destination.h"
#include "base/clock.h"
#include "http/transport.h"

namespace spdlog {
class logger;
}

namespace service {

/// Sends to each Alertmanager, every minute, all that it was told of and that still stands, and what is over for some
/// minutes: it keeps alerts in memory only, and takes for resolved what nobody repeats. A round that fails is followed
/// by the next; that a message arrives at all is the outbox's promise. Loop thread only; everything it is given
/// outlives it.
class Repeater {
 public:
  using Standing = std::function<std::vector<alert::Alert>(const std::string& destination)>;

  Repeater(boost::asio::io_context& io, const std::vector<alert::Destination>& destinations, http::Transport& transport,
           const base::Clock& clock, spdlog::logger& log, Standing standing);
  void start();
  void stop() { timer_.cancel(); }

  static constexpr base::Duration kEvery = std::chrono::seconds(60);

 private:
  void round();
  void send(const alert::Destination& to, const std::vector<alert::Alert>& alerts);

  std::vector<const alert::Destination*> to_;
  http::Transport& transport_;
  const base::Clock& clock_;
  spdlog::logger& log_;
  Standing standing_;
  boost::asio::steady_timer timer_;
};

}  // namespace service
