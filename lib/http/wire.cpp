#include "http/wire.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/ensure.h"

namespace http {
namespace {

int read_wire(BIO* bio, char* space, int size) {
  auto* wire = static_cast<Wire*>(::BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const auto taken = static_cast<int>(wire->receive(space, static_cast<std::size_t>(size)));
  if (taken < 0 && ::BIO_sock_non_fatal_error(errno) != 0) BIO_set_retry_read(bio);
  if (taken == 0) ::BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return taken;
}

int write_wire(BIO* bio, const char* bytes, int size) {
  const auto* wire = static_cast<const Wire*>(::BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const auto sent = static_cast<int>(wire->send(bytes, static_cast<std::size_t>(size)));
  if (sent < 0 && ::BIO_sock_non_fatal_error(errno) != 0) BIO_set_retry_write(bio);
  return sent;
}

long control_wire(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return ::BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int create_wire(BIO* bio) {
  ::BIO_set_init(bio, 1);
  return 1;
}

}  // namespace

long Wire::receive(char* space, std::size_t size) {
  if (drained) {
    errno = EAGAIN;
    return -1;
  }
  const auto taken = ::recv(socket, space, size, 0);
  drained = taken > 0 && static_cast<std::size_t>(taken) < size && !hung_up;  // epoll(7), question 9
  return taken;
}

long Wire::send(const char* bytes, std::size_t size) const { return ::send(socket, bytes, size, MSG_NOSIGNAL); }

BIO_METHOD* make_wire_method() {
  BIO_METHOD* method = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
  ENSURE(method != nullptr);
  ::BIO_meth_set_write(method, write_wire);
  ::BIO_meth_set_read(method, read_wire);
  ::BIO_meth_set_ctrl(method, control_wire);
  ::BIO_meth_set_create(method, create_wire);
  return method;
}

}  // namespace http
