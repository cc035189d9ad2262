#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace bench {

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};

/// TLS 1.3 with AES-128-GCM only. Throws std::runtime_error when a file cannot be used.
std::unique_ptr<SSL_CTX, FreeTls> make_context(const std::string& certificate, const std::string& key);

/// One accepted connection; owns the socket, which is non-blocking.
class TlsConnection {
 public:
  TlsConnection(SSL_CTX* context, int socket);
  ~TlsConnection();
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  enum class Progress { kNothing, kRequest, kClosed };
  /// Shakes hands and reads what is there. A request is complete when target() is set; no pipelining.
  Progress read();
  /// The path of the request that was read last. Valid until the next read().
  std::string_view target() const { return target_; }
  /// Sends in one piece. False when the peer does not take it: the clients here always wait for their answer, so
  /// that is a broken connection.
  bool write(std::string_view answer);

 private:
  Progress scan();

  int socket_;
  std::unique_ptr<SSL, FreeTls> tls_;
  std::string request_;
  std::string_view target_;
};

}  // namespace bench
