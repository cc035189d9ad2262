#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/tls_context.h"
#include "http/wire.h"

namespace http {

/// What the other side of a TLS connection has shown.
struct TlsPeer {
  std::string version;                            ///< "TLSv1.3"
  std::optional<base::Instant> certificate_ends;  ///< UTC
};

/// A TCP socket, in the clear or under TLS, whose operations never wait: each does what it can now and says what to
/// wait for. So no buffer is ever lent to the loop, and closing is safe at any time. Loop thread only.
class ByteStream {
 public:
  enum class Step {
    kDone,
    kWantRead,   ///< again when the socket is readable
    kWantWrite,  ///< again when the socket is writable
    kEnded,      ///< the peer said that no more will come: close_notify, or in the clear FIN
    kFailed,     ///< broken; failure() says how
  };

  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream() { close(); }

  /// Begins to connect, on a new socket; it will be writable when that is decided. An error comes at once.
  boost::system::error_code connect(const boost::asio::ip::tcp::endpoint& endpoint);
  /// How it was decided; would_block when it is not.
  boost::system::error_code connect_result();
  /// For the poller; -1 when there is none.
  int socket() const { return wire_.socket; }

  /// After the socket is connected. The context outlives the stream.
  void start_tls(TlsContext& context, const std::string& host, const std::string& port);
  Step shake_hands();
  /// After shake_hands() was done. Nothing in the clear.
  std::optional<TlsPeer> peer() const;
  /// Sends some of `bytes`, which must be offered again, as they were, after kWantRead and kWantWrite.
  Step write(std::string_view bytes, std::size_t& count);
  /// Asks the socket only if it may hold anything: see took_all() and wake().
  Step read(std::span<char> space, std::size_t& count);
  /// What read() would say, without taking anything; always asks the socket. kWantRead on a connection on which all is
  /// quiet; TLS messages that are no data, such as a session ticket, are dealt with and do not disturb the quiet.
  Step probe();

  /// True when the last read() took all that had come by then, down to the last byte.
  bool took_all() const;
  /// The loop says that something has come; `hung_up` that the peer's end has come as well.
  void wake(bool hung_up);

  /// Says goodbye when the peer may still listen, and closes. No harm when done twice.
  void close();
  const std::string& failure() const { return failure_; }

 private:
  Step tls_outcome(int result);
  Step clear_outcome(long result);

  Wire wire_;
  OpensslPointer<SSL> tls_;  ///< null in the clear
  bool broken_ = false;      ///< OpenSSL forbids further operations
  std::string failure_;
};

}  // namespace http
