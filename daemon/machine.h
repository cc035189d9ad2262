#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "alert/courier.h"
#include "context.h"
#include "http/mail_transport.h"
#include "http/scheme_transport.h"
#include "http/tls_transport.h"
#include "service/keyring.h"
#include "service/loop.h"
#include "settings/settings.h"
#include "xads/client.h"

namespace app {

/// The parts of a running daemon that a verb may touch.
struct Machine {
  service::Loop& loop;
  service::Engine& engine;
  const base::Clock& clock;
};

/// Everything that audits and delivers on one state of the settings, from top to bottom in the order of dependence.
/// What it is given outlives it; `metrics` may be none. Throws when the network cannot be set up.
class Assembly {
 public:
  Assembly(const settings::Settings& settings, spdlog::logger& log, const base::Clock& clock, base::Random& random,
           store::Store& store, service::Health& health, service::Metrics* metrics = nullptr);
  service::Loop& loop() { return loop_; }
  service::Engine& engine() { return engine_; }
  /// Runs `job` on the loop's thread, unless the assembly is taken apart before. Any thread.
  void post(std::function<void()> job);

 private:
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  http::TlsTransport api_;
  http::TlsTransport web_sinks_;
  http::MailTransport mail_sinks_;
  http::SchemeTransport sinks_;
  xads::Client client_;
  alert::Courier courier_;
  service::Engine engine_;
  service::Keyring keyring_;
  service::Loop loop_;
};

/// The database follows the settings: their tokens are put, and those that left them become tombstones.
void follow_settings(store::Store& store, const settings::Settings& settings, base::Random& random, base::Instant now);
/// Opens the database with the daemon's lock. Throws what the store throws.
std::unique_ptr<store::Store> open_as_daemon(const settings::Settings& settings, base::Random& random,
                                             base::Instant now);
/// For commands that do in front what a daemon does: opens the database, assembles the machine, gives it to `use`, and
/// takes all apart in reverse.
int with_machine(const settings::Settings& settings, spdlog::logger& log, const std::function<int(Machine&)>& use);

}  // namespace app
