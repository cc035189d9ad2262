#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>

#include "base/clock.h"
#include "base/random.h"
#include "http/tls_transport.h"
#include "settings/settings.h"
#include "xads/client.h"

namespace app {

/// A line to X for a command that asks a few questions by itself, one after the other, beside a daemon or without one.
class ApiLine {
 public:
  explicit ApiLine(const settings::Settings& settings);

  /// Makes the requests.
  const xads::Client& client() const { return client_; }
  /// Sends one and waits for its reply, at most for its own deadline; runs what else is on the loop meanwhile.
  http::Reply ask(http::Request request);
  /// Runs the loop until `done`, for at most `limit`. False when the time ran out.
  bool run_until(const std::function<bool()>& done, base::Duration limit);

  boost::asio::io_context& io() { return io_; }
  base::Random& random() { return random_; }

 private:
  boost::asio::io_context io_{1};
  base::SystemClock clock_;
  base::SystemRandom random_;
  http::TlsTransport transport_;
  xads::Client client_;
};

}  // namespace app
