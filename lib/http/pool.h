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
#include "http/exchanges.h"
#include "http/poller.h"
#include "http/reply_queue.h"
#include "http/resolver.h"
#include "http/sites.h"
#include "http/tls_context.h"
#include "http/tls_transport.h"

namespace http {

/// The works of TlsTransport: requests on one side, connections on the other. Loop thread only.
///
/// An exchange is one request on its way:
///   waiting for a slot -> (idle connection | name looked up -> connection opened) -> sent -> answered
/// From each of these it may end by its deadline or by shut_down(). When a kept-alive connection proves dead before the
/// answer has begun, an idempotent request goes back once, to the look-up, signed anew.
///
/// Replies are queued and handed over at the end of the loop's turn, so no code of the caller's runs inside of this
/// class but Request::authorization.
class Pool final : private Connection::Owner {
 public:
  Pool(boost::asio::io_context& io, const TlsOptions& options, Resolver::LookUp look_up);
  ~Pool();

  void send(Request request, Transport::Handler on_reply);
  std::size_t in_flight() const { return exchanges_.size() + replies_->size(); }
  std::size_t connections() const { return connections_.size(); }
  void shut_down();

 private:
  using Id = Exchanges::Id;

  void opened(Connection& connection) override;
  void answered(Connection& connection, Response response, bool reusable) override;
  void broken(Connection& connection, Connection::Break how) override;

  void pump();
  void begin(Id id);
  void look_up(Id id);
  void connect(Id id, const Addresses& addresses);
  void transmit(Id id, Connection& connection);
  void watch_deadline(Deadlines::Clock::time_point ends_at);
  void expire_due();
  void expire(Id id);
  void finish(Id id, Reply reply);
  void reply_later(Transport::Handler on_reply, Reply reply);

  void put_idle(Connection& connection);
  void close_aged();
  void drop(Connection& connection);
  void tidy_up_later();
  void check_thread();

  TlsOptions options_;
  TlsContext tls_;
  /// Shared with the loop: replies may outlive the pool.
  std::shared_ptr<ReplyQueue> replies_;
  Poller poller_;
  Deadlines deadlines_;
  Resolver resolver_;
  Exchanges exchanges_;
  /// When the exchanges are looked through for those that have reached their deadline. Most are answered long before,
  /// so the earliest deadline is found again only when this one has come: one look in a while instead of a timer each.
  std::optional<Deadlines::Entry> expiry_;
  Deadlines::Clock::time_point expires_at_{};  ///< of expiry_
  std::deque<Id> waiting_;                     ///< first come, first served; may name exchanges that have ended
  std::size_t started_ = 0;                    ///< exchanges that hold a slot
  Sites sites_;
  std::optional<Deadlines::Entry> sweep_;    ///< when idle connections are looked through for aged ones
  std::optional<Deadlines::Entry> tidying_;  ///< when memory that handshakes have left behind is given back
  std::size_t untidy_ = 0;                   ///< handshakes since it was
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> connections_;
  std::string outgoing_;  ///< room to write a request in
  bool stopped_ = false;
  std::optional<std::thread::id> thread_;  ///< the loop's, once known
};

}  // namespace http
