#include "http/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <stdexcept>

#include "base/ensure.h"

namespace http {
namespace {

using SessionSlot = OpensslPointer<SSL_SESSION>;

/// Names the peer: the certificate must match, and a name (not an address, RFC 6066 section 3) goes into the SNI.
void expect_host(SSL* client, const std::string& host) {
  boost::system::error_code not_literal;
  boost::asio::ip::make_address(host, not_literal);
  if (!not_literal) {
    ENSURE(::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(client), host.c_str()) == 1);
    return;
  }
  std::string name = host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
  ENSURE(!name.empty());  // OpenSSL would take an empty name as "check nothing"
  ::SSL_set_hostflags(client, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  ENSURE(::SSL_set1_host(client, name.c_str()) == 1);
  ENSURE(::SSL_ctrl(client, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1);
}

}  // namespace

TlsContext::TlsContext(const std::string& ca_file)
    : wire_method_(make_wire_method()), context_(::SSL_CTX_new(::TLS_client_method())) {
  ENSURE(context_ != nullptr);
  SSL_CTX* context = context_.get();
  ::ERR_clear_error();
  if (::SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1)
    throw std::runtime_error(
        fmt::format("http: cannot read certificates from {}: {}; ca_file must name a PEM file with the trusted roots",
                    ca_file, take_openssl_error()));

  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_security_level(context, 2);  // no SHA-1 signatures, RSA of 2048 bits at least
  ENSURE(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  ENSURE(SSL_CTX_set_max_proto_version(context, 0) == 1);
  ::SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  constexpr unsigned char kProtocols[] = "\x08http/1.1";
  ENSURE(::SSL_CTX_set_alpn_protos(context, kProtocols, sizeof kProtocols - 1) == 0);

  // Idle connections hold no record buffers; one read takes as much as the socket has.
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);

  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  ::SSL_CTX_sess_set_new_cb(context, &TlsContext::keep_session);
}

OpensslPointer<SSL> TlsContext::make_client(Wire& wire, const std::string& host, const std::string& port) {
  OpensslPointer<SSL> client(::SSL_new(context_.get()));
  BIO* bio = ::BIO_new(wire_method_.get());
  ENSURE(client != nullptr && bio != nullptr);
  ::BIO_set_data(bio, &wire);
  ::SSL_set_bio(client.get(), bio, bio);
  expect_host(client.get(), host);

  SessionSlot& slot = sessions_[host + " " + port];
  SSL_set_app_data(client.get(), &slot);
  if (slot) ::SSL_set_session(client.get(), SessionSlot(::SSL_SESSION_dup(slot.get())).get());
  ::SSL_set_connect_state(client.get());
  return client;
}

void TlsContext::forget_session(SSL* client) { static_cast<SessionSlot*>(SSL_get_app_data(client))->reset(); }

/// Called by OpenSSL for every ticket. Returning 0 says that the session stays with the connection: we keep a copy,
/// because OpenSSL spoils a connection's own session when the peer hangs up without a goodbye.
int TlsContext::keep_session(SSL* client, SSL_SESSION* session) {
  static_cast<SessionSlot*>(SSL_get_app_data(client))->reset(::SSL_SESSION_dup(session));
  return 0;
}

std::string take_openssl_error() {
  const unsigned long code = ::ERR_get_error();
  ::ERR_clear_error();
  const char* reason = ERR_SYSTEM_ERROR(code) ? nullptr : ::ERR_reason_error_string(code);
  if (reason != nullptr) return reason;
  if (ERR_SYSTEM_ERROR(code)) return boost::system::system_category().message(ERR_GET_REASON(code));
  return "unknown TLS error";
}

}  // namespace http
