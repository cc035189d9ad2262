#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "http/request_reader.h"

namespace http {

struct ListenerOptions {
  std::string address = "127.0.0.1";  ///< an IP address
  std::uint16_t port = 0;             ///< 0: any free one
  /// What Host may say besides localhost, 127.0.0.1 and [::1] with the port: "ads.example", "ads.example:8443". Lower
  /// case.
  std::vector<std::string> hosts;
  base::Duration read_deadline{3'000};   ///< for the whole head, from the connection on; and again for the handler
  base::Duration write_deadline{3'000};  ///< for the whole answer
  std::size_t max_connections = 256;     ///< one more drops the one that has been waited for longest
};

/// What we answer. Every answer also carries what browsers need to know to keep it to themselves: no-store, nosniff, no
/// frames, no referrer, and a policy that allows no script.
struct OutboundAnswer {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  std::string policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";  ///< Content-Security-Policy
  std::string challenge = {};  ///< WWW-Authenticate: what a 401 asks for
};

/// Answers GET and HEAD in the clear on one address, for people and machines nearby, and holds against those who mean
/// harm: 8 KiB of head, 64 lines, 3 s, 256 connections, no body, no keep-alive, a list of hosts (see RequestReader).
/// A refused request gets its status and nothing else.
///
/// Debian's cpp-httplib is not behind it: what it would add is the match of a path and the text of an answer, and for
/// those it wants threads and its own reading of the same bytes, in which the holes are (a list of them in the
/// changelogs from 0.11 to 0.53: bodies, lines and header counts without a bound, header values that are decoded, ...).
///
/// Loop thread only; `io` outlives the listener.
class Listener {
 public:
  /// To be called once, from the loop, now or later; too late (see read_deadline) it does nothing.
  using Respond = std::function<void(OutboundAnswer)>;
  using Handler = std::function<void(const InboundRequest& request, Respond respond)>;

  /// Throws std::runtime_error, naming address and port, when they cannot be listened on.
  Listener(boost::asio::io_context& io, ListenerOptions options, Handler handler);
  /// Drops every connection. May run from inside the handler, after which nothing of it is called any more.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;
  /// Takes no more connections; those that are there are served to their end.
  void close();

 private:
  class Visit;
  struct State;
  static void accept_next(const std::shared_ptr<State>& state);
  static void admit(const std::shared_ptr<State>& state, std::shared_ptr<Visit> visit);

  /// Shared with the handlers that the loop holds; they look whether it is still open.
  std::shared_ptr<State> state_;
};

}  // namespace http
