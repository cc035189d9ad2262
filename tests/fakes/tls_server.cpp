#include "tls_server.h"

#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>

namespace fakes {
namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

/// Self-signed and for another name: wrong twice over.
Certificate make_wrong_certificate(EVP_PKEY* key) {
  constexpr long kHour = 3600;
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * kHour);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const unsigned char text[] = "wrong.invalid";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) throw std::runtime_error("cannot sign a certificate");
  return certificate;
}

/// What the handshakes need; lives as long as the program.
struct Handshakes {
  TlsListener listener;
  Key wrong_key;
  Certificate wrong_certificate;
};

int on_client_hello(SSL* tls, int*, void* argument) {
  const auto& handshakes = *static_cast<const Handshakes*>(argument);
  handshakes.listener.on_handshake();
  if (!handshakes.listener.wants_wrong_certificate()) return SSL_CLIENT_HELLO_SUCCESS;
  // A resumed session shows no certificate; another session context makes OpenSSL refuse to resume.
  const unsigned char context[] = "wrong";
  SSL_set_session_id_context(tls, context, sizeof context);
  SSL_use_certificate(tls, handshakes.wrong_certificate.get());
  SSL_use_PrivateKey(tls, handshakes.wrong_key.get());
  return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace

// cpp-httplib shows its connection as const; sending what it never would takes more.
Connection::Connection(const httplib::Request& request) : tls_(const_cast<SSL*>(request.ssl)) {}

bool Connection::send(std::string_view bytes) const {
  return SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

void Connection::reset() const {
  // Dissolving the association aborts the connection on Linux (connect(2)) and leaves the descriptor to cpp-httplib.
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  static_cast<void>(::connect(SSL_get_fd(tls_), &nobody, sizeof nobody));
}

void Connection::close() const { ::shutdown(SSL_get_fd(tls_), SHUT_RDWR); }

bool Connection::peer_left() const {
  pollfd asked{SSL_get_fd(tls_), POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) > 0;
}

std::unique_ptr<httplib::SSLServer> make_tls_server(const TlsListener& listener) {
  Key key(EVP_EC_gen("P-256"));
  Certificate certificate = make_wrong_certificate(key.get());
  // Never freed: handshakes may run until the process ends.
  static const Handshakes* handshakes = nullptr;
  handshakes = new Handshakes{listener, std::move(key), std::move(certificate)};
  auto server = std::make_unique<httplib::SSLServer>([&listener](SSL_CTX& context) {
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    const unsigned char id[] = "fake-ads-api";
    SSL_CTX_set_session_id_context(&context, id, sizeof id);
    SSL_CTX_set_client_hello_cb(&context, on_client_hello, const_cast<Handshakes*>(handshakes));
    return SSL_CTX_use_certificate_chain_file(&context, listener.certificate_file.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(&context, listener.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  });
  if (!server->is_valid()) {
    throw std::runtime_error("cannot use the certificate " + listener.certificate_file + " with the key " +
                             listener.key_file);
  }
  set_up(*server, listener.threads);
  return server;
}

void set_up(httplib::Server& server, size_t threads) {
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(1000000);
  server.set_keep_alive_timeout(60);
  server.set_read_timeout(30);
  server.set_tcp_nodelay(true);
  // cpp-httplib's own choice is SO_REUSEPORT, with which a second fake would quietly share a fixed port.
  server.set_socket_options([](int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
}

}  // namespace fakes
