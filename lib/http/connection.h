#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/answer_reader.h"
#include "http/byte_stream.h"
#include "http/deadlines.h"
#include "http/message.h"
#include "http/poller.h"

namespace http {

struct Site;

/// One connection to one host, for one request at a time. Loop thread only.
///
///   kNew -open()-> kConnecting -> kHandshaking -> kIdle -send()-> kBusy
///                     |  ^            |             ^  |            |
///                     |  next address |             |  |          answer
///                     v               v             |  v            |
///                  kClosed  <-------- any failure, close()      back to kIdle
///
/// Only the owner holds it for longer than a call, in a shared pointer, which calls from the loop copy while they run.
/// So the owner may drop it at any time, also from within opened(), answered() and broken(), whether the loop still
/// runs or not.
class Connection final : private Poller::Watcher, public std::enable_shared_from_this<Connection> {
 public:
  struct Break {
    TransportError error;
    bool answer_began = false;  ///< a byte of the answer had come
  };

  /// What a connection tells its owner, who outlives it. After broken() the connection is closed.
  class Owner {
   public:
    virtual void opened(Connection& connection) = 0;
    /// `reusable`: another request may follow. If not, the owner is to close it.
    virtual void answered(Connection& connection, Response response, bool reusable) = 0;
    virtual void broken(Connection& connection, Break how) = 0;

   protected:
    ~Owner() = default;
  };

  /// Where to: `host` and `port` are for the certificate and for messages, `endpoints` (not empty) are what is
  /// connected to, in this order.
  struct Target {
    std::string host;
    std::string port;
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  };

  /// `tls` null: in the clear. All references outlive the connection.
  Connection(Poller& poller, Owner& owner, Deadlines& deadlines, TlsContext* tls, Target target);
  ~Connection() { close(); }

  /// Tries the endpoints in turn, each with an even share of the time that is left until `deadline`.
  void open(Deadlines::Clock::time_point deadline);
  /// When idle. Head and body go out in one piece, now if the socket takes them.
  void send(std::string_view bytes, const AnswerReader::Limits& limits);
  /// When idle: whether the peer has sent nothing and has not hung up. Asks the socket, unless the answer before was
  /// read in this very turn of the loop: that took all that had come, and what comes since is no different from what
  /// comes between a look and a send.
  bool is_quiet();
  void close();

  /// Answers so far; with none the connection is fresh.
  std::size_t answers() const { return answers_; }
  /// For messages: "connecting", "waiting for the answer".
  std::string_view activity() const;

  std::uint64_t exchange = 0;  ///< the owner's note of what this connection works for; 0 for nothing
  Site* site = nullptr;        ///< the owner's note of where it leads

 private:
  enum class State { kNew, kConnecting, kHandshaking, kIdle, kBusy, kClosed };
  using Step = ByteStream::Step;

  void ready(bool hung_up) override;
  void connect_next();
  void connected(boost::system::error_code error);
  void stop_patience();
  void hang_up();
  void advance();
  void shake_hands();
  void become_idle();
  void write_some(std::string_view bytes);
  void read_some();
  void take(std::string_view bytes);
  void ended();
  void finish();
  void fail(Stage stage, std::string_view what);

  Poller& poller_;
  Owner& owner_;
  Deadlines& deadlines_;
  TlsContext* tls_;
  Target target_;
  ByteStream stream_;
  State state_ = State::kNew;
  bool watched_ = false;            ///< by the poller
  std::uint64_t drained_turn_ = 0;  ///< the turn in which an answer was read and nothing left behind; 0 for none

  std::size_t next_endpoint_ = 0;
  Deadlines::Clock::time_point deadline_;
  std::optional<Deadlines::Entry> patience_;  ///< when to leave this endpoint for the next

  std::string outgoing_;  ///< what the socket did not take at once
  std::optional<AnswerReader> reader_;
  std::size_t answers_ = 0;
};

}  // namespace http
