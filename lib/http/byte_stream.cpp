#include "http/byte_stream.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "base/ensure.h"
#include "http/certificate.h"

namespace http {
namespace {

std::string text_of_errno(int number) { return boost::system::system_category().message(number); }

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

int openssl_size(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

boost::system::error_code ByteStream::connect(const boost::asio::ip::tcp::endpoint& endpoint) {
  close();
  wire_ = {};
  wire_.socket = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (wire_.socket < 0) return last_error();
  constexpr int kOn = 1;  // a request goes out in one piece, and at once
  if (::setsockopt(wire_.socket, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn) != 0) return last_error();
  if (::connect(wire_.socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
  return errno == EINPROGRESS ? boost::system::error_code() : last_error();
}

boost::system::error_code ByteStream::connect_result() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(wire_.socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return last_error();
  if (error != 0) return {error, boost::system::system_category()};
  tcp_info state{};
  size = sizeof state;
  if (::getsockopt(wire_.socket, IPPROTO_TCP, TCP_INFO, &state, &size) != 0) return last_error();
  return state.tcpi_state == TCP_SYN_SENT ? boost::asio::error::would_block : boost::system::error_code();
}

void ByteStream::start_tls(TlsContext& context, const std::string& host, const std::string& port) {
  tls_ = context.make_client(wire_, host, port);
}

ByteStream::Step ByteStream::shake_hands() {
  ENSURE(tls_ != nullptr);
  ::ERR_clear_error();
  const Step step = tls_outcome(::SSL_do_handshake(tls_.get()));
  if (step != Step::kFailed) return step;
  const long verdict = ::SSL_get_verify_result(tls_.get());
  if (verdict != X509_V_OK)
    failure_ = fmt::format("the certificate is not trusted: {}", ::X509_verify_cert_error_string(verdict));
  return step;
}

std::optional<TlsPeer> ByteStream::peer() const {
  if (!tls_) return std::nullopt;
  TlsPeer peer{::SSL_get_version(tls_.get()), std::nullopt};
  if (const X509* certificate = ::SSL_get0_peer_certificate(tls_.get())) peer.certificate_ends = end_of(*certificate);
  return peer;
}

ByteStream::Step ByteStream::write(std::string_view bytes, std::size_t& count) {
  count = 0;
  if (tls_) {
    ::ERR_clear_error();
    const int written = ::SSL_write(tls_.get(), bytes.data(), openssl_size(bytes.size()));
    if (written > 0) count = static_cast<std::size_t>(written);
    return tls_outcome(written);
  }
  const auto sent = wire_.send(bytes.data(), bytes.size());
  if (sent > 0) count = static_cast<std::size_t>(sent);
  const Step step = clear_outcome(sent);
  return step == Step::kWantRead ? Step::kWantWrite : step;
}

ByteStream::Step ByteStream::read(std::span<char> space, std::size_t& count) {
  count = 0;
  if (tls_) {
    ::ERR_clear_error();
    const int taken = ::SSL_read(tls_.get(), space.data(), openssl_size(space.size()));
    if (taken > 0) count = static_cast<std::size_t>(taken);
    return tls_outcome(taken);
  }
  const auto taken = wire_.receive(space.data(), space.size());
  if (taken > 0) count = static_cast<std::size_t>(taken);
  return clear_outcome(taken);
}

ByteStream::Step ByteStream::probe() {
  char byte = 0;
  wire_.drained = false;
  const Step on_socket = clear_outcome(::recv(wire_.socket, &byte, 1, MSG_PEEK));
  if (!tls_ || (on_socket == Step::kWantRead && ::SSL_has_pending(tls_.get()) == 0)) return on_socket;
  ::ERR_clear_error();
  return tls_outcome(::SSL_peek(tls_.get(), &byte, 1));
}

bool ByteStream::took_all() const { return wire_.drained && (!tls_ || ::SSL_has_pending(tls_.get()) == 0); }

void ByteStream::wake(bool hung_up) {
  wire_.drained = false;
  wire_.hung_up = wire_.hung_up || hung_up;
}

void ByteStream::close() {
  ::ERR_clear_error();
  if (tls_ && !broken_ && ::SSL_is_init_finished(tls_.get()) != 0)
    ::SSL_shutdown(tls_.get());  // one close_notify, sent now or not at all
  tls_.reset();
  ::ERR_clear_error();
  if (wire_.socket >= 0) ::close(wire_.socket);
  wire_.socket = -1;
}

ByteStream::Step ByteStream::tls_outcome(int result) {
  if (result > 0) return Step::kDone;
  const int system_error = errno;
  switch (::SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE:
      return Step::kDone;
    case SSL_ERROR_WANT_READ:
      return Step::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Step::kEnded;
    case SSL_ERROR_SYSCALL:
      failure_ = system_error == 0 ? "the connection was cut" : text_of_errno(system_error);
      break;
    default:
      if (ERR_GET_REASON(::ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        failure_ = "the connection was cut";
      } else {
        failure_ = take_openssl_error();
        TlsContext::forget_session(tls_.get());
      }
  }
  broken_ = true;
  return Step::kFailed;
}

ByteStream::Step ByteStream::clear_outcome(long result) {
  if (result > 0) return Step::kDone;
  if (result == 0) return Step::kEnded;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return Step::kWantRead;
  failure_ = text_of_errno(errno);
  return Step::kFailed;
}

}  // namespace http
