#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

#include "http/connection.h"
#include "http/deadlines.h"
#include "http/idle_connections.h"
#include "http/resolver.h"
#include "http/tls_context.h"
#include "http/tls_transport.h"
#include "http/url.h"

namespace http {

/// The works of TlsTransport: requests on one side, connections on the other. Loop thread only.
///
/// An exchange is one request on its way:
///   waiting for a slot -> (idle connection | name looked up -> connection opened) -> sent -> answered
/// From each of these it may end by its deadline or by shut_down(). When a kept-alive connection proves dead before the
/// answer has begun, an idempotent request goes back once, to the look-up, signed anew.
///
/// Replies are posted, so no code of the caller's runs inside of this class but Request::authorization.
class Pool final : private Connection::Owner {
 public:
  Pool(boost::asio::io_context& io, const TlsOptions& options, Resolver::LookUp look_up);
  ~Pool();

  void send(Request request, Transport::Handler on_reply);
  std::size_t in_flight() const { return exchanges_.size() + *undelivered_; }
  void shut_down();

 private:
  using Id = std::uint64_t;
  struct Exchange {
    Request request;
    Url url;
    Transport::Handler on_reply;
    Deadlines::Clock::time_point ends_at;
    std::optional<Deadlines::Entry> deadline;
    Connection* connection = nullptr;  ///< in connections_
    bool started = false;              ///< holds one of max_in_flight slots
    bool retried = false;
  };
  struct Member {
    std::shared_ptr<Connection> connection;
    Route route;
  };

  void opened(Connection& connection) override;
  void answered(Connection& connection, Response response, bool reusable) override;
  void broken(Connection& connection, Connection::Break how) override;

  void pump();
  void begin(Id id);
  void look_up(Id id);
  void connect(Id id, const Addresses& addresses);
  void transmit(Id id, Connection& connection);
  void expire(Id id);
  void finish(Id id, Reply reply);
  void reply_later(Transport::Handler on_reply, Reply reply);

  void put_idle(Connection& connection);
  void close_aged();
  void drop(Connection& connection);
  void check_thread();

  boost::asio::io_context& io_;
  TlsOptions options_;
  TlsContext tls_;
  Deadlines deadlines_;
  Resolver resolver_;
  std::unordered_map<Id, Exchange> exchanges_;
  std::deque<Id> waiting_;   ///< first come, first served; may name exchanges that have ended
  std::size_t started_ = 0;  ///< exchanges that hold a slot
  Id last_id_ = 0;
  IdleConnections idle_;
  std::optional<Deadlines::Entry> sweep_;  ///< when idle connections are looked through for aged ones
  std::unordered_map<const Connection*, Member> connections_;
  bool stopped_ = false;
  std::optional<std::thread::id> thread_;  ///< the loop's, once known
  /// Replies that are posted and not yet delivered; shared with them, for they may outlive the pool.
  std::shared_ptr<std::size_t> undelivered_ = std::make_shared<std::size_t>(0);
};

}  // namespace http
