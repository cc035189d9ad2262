#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <span>
#include <string>
#include <string_view>

#include "http/tls_context.h"

namespace http {

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

  explicit ByteStream(boost::asio::io_context& io) : socket_(io) {}
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream() { close(); }

  /// For connecting and for waiting.
  boost::asio::ip::tcp::socket& socket() { return socket_; }

  /// After the socket is connected. The context outlives the stream.
  void start_tls(TlsContext& context, const std::string& host, const std::string& port);
  Step shake_hands();
  /// Sends some of `bytes`, which must be offered again, as they were, after kWantRead and kWantWrite.
  Step write(std::string_view bytes, std::size_t& count);
  Step read(std::span<char> space, std::size_t& count);
  /// What read() would say, without taking anything. kWantRead on a connection on which all is quiet; TLS messages that
  /// are no data, such as a session ticket, are dealt with and do not disturb the quiet.
  Step probe();

  /// Says goodbye when the peer may still listen, and closes. No harm when done twice.
  void close();
  const std::string& failure() const { return failure_; }

 private:
  Step tls_outcome(int result);
  Step clear_outcome(long result);

  boost::asio::ip::tcp::socket socket_;
  OpensslPointer<SSL> tls_;  ///< null in the clear
  bool broken_ = false;      ///< OpenSSL forbids further operations
  std::string failure_;
};

}  // namespace http
