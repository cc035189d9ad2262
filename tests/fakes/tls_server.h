// The TLS listener: cpp-httplib's server with a certificate that can be swapped for a wrong one, and with a grip on the
// connection that a handler is serving, for answers that no well-behaved server gives.
#pragma once

#include <httplib.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fakes {

/// The connection that a request came in on. Use it inside the request's handler only.
class Connection {
 public:
  explicit Connection(const httplib::Request& request);

  /// Sends bytes as they are, inside TLS. False when the peer is gone.
  bool send(std::string_view bytes) const;
  /// Ends the connection at once with an RST; whatever cpp-httplib still wants to send is lost.
  void reset() const;
  /// Ends the connection with a FIN and without TLS's close_notify.
  void close() const;
  bool peer_left() const;

 private:
  SSL* tls_;  ///< cpp-httplib's
};

struct TlsListener {
  std::string certificate_file;  ///< PEM, the whole chain
  std::string key_file;          ///< PEM
  size_t threads = 256;          ///< cpp-httplib keeps one thread for each open connection
  std::function<bool()> wants_wrong_certificate;
  std::function<void()> on_handshake;
};

/// TLS 1.2 or newer. Throws std::runtime_error when the certificate or the key cannot be used.
std::unique_ptr<httplib::SSLServer> make_tls_server(const TlsListener& listener);

/// What all listeners of the fake have in common: threads, keep-alive, and a port that nobody else can share.
void set_up(httplib::Server& server, size_t threads);

}  // namespace fakes
