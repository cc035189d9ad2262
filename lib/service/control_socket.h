#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace service {

/// What a command asks of a running daemon: one line of JSON,
/// {"do":"reload","store":"/var/lib/adsauditd/adsauditd.db"}.
struct ControlRequest {
  std::string action;
  std::string store;  ///< whose daemon is meant; empty: any
};
std::string to_line(const ControlRequest& request);
/// Error: what is wrong with the line, for people; nothing of it is repeated.
base::Result<ControlRequest> parse_control_request(std::string_view line);

constexpr std::size_t kMostControlBytes = 65'536;  ///< of a request, and of an answer

/// A Unix socket on which commands poke a daemon: one line asks, one line answers, then it is over. Only root and the
/// user of this process are heard. Bounded in every way: the size of lines, the time until one is there and until it is
/// taken, the number of connections. Used on the thread that runs `io`, which outlives it.
class ControlSocket {
 public:
  /// Once, on the thread of `io`, at once or later; a text without line ends, at most kMostControlBytes.
  using Answer = std::function<void(std::string text)>;
  using Handler = std::function<void(const ControlRequest&, Answer)>;

  /// Takes the place of what a dead daemon has left at `path`. Throws boost::system::system_error when it cannot listen
  /// there.
  ControlSocket(boost::asio::io_context& io, std::string path, Handler handler);
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;
  /// The file goes, too. `io` does not run any more.
  ~ControlSocket();

  static constexpr base::Duration kDeadline{3'000};  ///< for a whole line, each way
  static constexpr int kMostConnections = 16;

 private:
  struct Connection;
  void accept();
  void read(const std::shared_ptr<Connection>& connection);
  void hear(const std::shared_ptr<Connection>& connection);
  void answer(const std::shared_ptr<Connection>& connection, std::string text);
  void limit(const std::shared_ptr<Connection>& connection);

  std::string path_;
  Handler handler_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  int connections_ = 0;
};

/// Why a daemon gave no answer.
struct ControlFailure {
  enum class Kind { kNobody, kNotPermitted, kTimedOut, kBroken };
  Kind kind = Kind::kNobody;
  std::string detail;  ///< for people
};
/// Asks the daemon that listens at `path`, and waits for its answer at most `limit`.
base::Result<std::string, ControlFailure> ask_daemon(const std::string& path, const ControlRequest& request,
                                                     base::Duration limit);

}  // namespace service
