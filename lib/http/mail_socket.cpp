#include "http/mail_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/ensure.h"

namespace http {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

error_code system_error(int number) { return {number, boost::system::system_category()}; }

/// How the connection attempt ended; waits for it for at most `patience`.
error_code outcome_of(int descriptor, std::chrono::milliseconds patience) {
  pollfd wanted{descriptor, POLLOUT, 0};
  int ready = -1;
  do {
    ready = ::poll(&wanted, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return system_error(errno);
  if (ready == 0) return boost::asio::error::timed_out;
  int failure = 0;
  socklen_t size = sizeof failure;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) return system_error(errno);
  return system_error(failure);
}

}  // namespace

error_code MailSocket::connect(const std::vector<tcp::endpoint>& endpoints, std::chrono::milliseconds patience) {
  ENSURE(!endpoints.empty() && descriptor() == -1);
  error_code failure;
  for (const tcp::endpoint& endpoint : endpoints) {
    failure = connect_one(endpoint, patience);
    if (!failure) return {};
    close();
    if (is_cut()) break;
  }
  return failure;
}

error_code MailSocket::connect_one(const tcp::endpoint& endpoint, std::chrono::milliseconds patience) {
  const int made = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (made < 0) return system_error(errno);
  if (!adopt(made)) return boost::asio::error::operation_aborted;
  if (::connect(made, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
  if (errno != EINPROGRESS) return system_error(errno);
  // A cut before connect() found nothing to wake; one from now on ends the wait.
  if (is_cut()) return boost::asio::error::operation_aborted;
  const error_code failure = outcome_of(made, patience);
  return is_cut() ? boost::asio::error::operation_aborted : failure;
}

bool MailSocket::adopt(int descriptor) {
  const std::lock_guard lock(mutex_);
  descriptor_ = descriptor;
  return !cut_;
}

bool MailSocket::is_cut() const {
  const std::lock_guard lock(mutex_);
  return cut_;
}

int MailSocket::descriptor() const {
  const std::lock_guard lock(mutex_);
  return descriptor_;
}

void MailSocket::stop_reading() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RD);
}

void MailSocket::close() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void MailSocket::cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace http
