#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <string>

#include "http/wire.h"

namespace http {

struct FreeOpenssl {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  void operator()(SSL* connection) const { ::SSL_free(connection); }
  void operator()(SSL_SESSION* session) const { ::SSL_SESSION_free(session); }
  void operator()(BIO_METHOD* method) const { ::BIO_meth_free(method); }
};
template <class T>
using OpensslPointer = std::unique_ptr<T, FreeOpenssl>;

/// What all TLS connections share: TLS 1.2 or later, the peer's chain and name always verified, no compression, no
/// renegotiation, and the last session of every host, so that the next connection can resume it (a resumed handshake
/// costs a third of a full one). Outlives what it makes; stays where it is. Loop thread only.
class TlsContext {
 public:
  /// Trusts the certificates in `ca_file` (PEM) and no others. Throws std::runtime_error when it cannot be used.
  explicit TlsContext(const std::string& ca_file);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A client on `wire`, which outlives it. `host` is a name or an IP literal; the peer's
  /// certificate must be for it. A closing dot is not part of the name.
  OpensslPointer<SSL> make_client(Wire& wire, const std::string& host, const std::string& port);
  /// For a client that failed in the protocol itself: the next connection starts afresh (RFC 5246 section 7.2.2).
  static void forget_session(SSL* client);

 private:
  static int keep_session(SSL* client, SSL_SESSION* session);

  /// By host and port; map nodes stay put, so that a client can point at its own. One entry for each host that was ever
  /// asked: the settings name them.
  std::map<std::string, OpensslPointer<SSL_SESSION>> sessions_;
  OpensslPointer<BIO_METHOD> wire_method_;
  OpensslPointer<SSL_CTX> context_;
};

/// The oldest error in this thread's OpenSSL queue as a sentence; clears the queue. Never empty.
std::string take_openssl_error();

}  // namespace http
