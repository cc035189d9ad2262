#include "server/tls.h"

#include <openssl/err.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::size_t kLongestRequest = 16'384;

void require(bool done, const std::string& what) {
  if (done) return;
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  throw std::runtime_error(what + ": " + reason.data());
}

}  // namespace

std::unique_ptr<SSL_CTX, FreeTls> make_context(const std::string& certificate, const std::string& key) {
  std::unique_ptr<SSL_CTX, FreeTls> context(SSL_CTX_new(TLS_server_method()));
  require(context != nullptr, "no TLS context");
  require(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1, "TLS 1.3");
  require(SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256") == 1, "cipher");
  require(SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) == 1, certificate);
  require(SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) == 1, key);
  SSL_CTX_set_read_ahead(context.get(), 1);  // one read() for a record, not two
  return context;
}

TlsConnection::TlsConnection(SSL_CTX* context, int socket) : socket_(socket), tls_(SSL_new(context)) {
  require(tls_ != nullptr && SSL_set_fd(tls_.get(), socket) == 1, "no TLS connection");
  SSL_set_accept_state(tls_.get());
}

TlsConnection::~TlsConnection() {
  SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // its session may be resumed
  tls_.reset();
  close(socket_);
}

TlsConnection::Progress TlsConnection::read() {
  std::array<char, kLongestRequest> bytes;
  if (!target_.empty()) {
    request_.clear();
    target_ = {};
  }
  while (true) {
    const int size = SSL_read(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (size <= 0) {
      const int error = SSL_get_error(tls_.get(), size);
      ERR_clear_error();
      return error == SSL_ERROR_WANT_READ ? Progress::kNothing : Progress::kClosed;
    }
    request_.append(bytes.data(), static_cast<std::size_t>(size));
    const Progress progress = scan();
    if (progress != Progress::kNothing) return progress;
  }
}

/// Only requests without a body are understood: GET, target, version, headers, empty line.
TlsConnection::Progress TlsConnection::scan() {
  if (!request_.ends_with("\r\n\r\n"))
    return request_.size() > kLongestRequest ? Progress::kClosed : Progress::kNothing;
  if (!request_.starts_with("GET /")) return Progress::kClosed;
  const auto end = request_.find_first_of(" ?", 4);
  target_ = std::string_view(request_).substr(4, end - 4);
  return Progress::kRequest;
}

bool TlsConnection::write(std::string_view answer) {
  const int size = static_cast<int>(answer.size());
  if (SSL_write(tls_.get(), answer.data(), size) == size) return true;
  ERR_clear_error();
  return false;
}

}  // namespace bench
