#pragma once

#include <openssl/bio.h>

#include <cstddef>

namespace http {

/// A non-blocking socket, with what is known about it. Owns nothing.
struct Wire {
  int socket = -1;
  /// The last read took all that had come: until the loop says that there is more, a read can only say "not now", and
  /// says so without a system call. Cleared by whoever has reason to ask again.
  bool drained = false;
  bool hung_up = false;  ///< the peer has ended its side: what has come ends with an end, so never drained

  /// As recv() and send() do, with errno; no SIGPIPE.
  long receive(char* space, std::size_t size);
  long send(const char* bytes, std::size_t size) const;
};

/// How OpenSSL reads and writes a Wire, the BIO's data. The caller owns the result.
BIO_METHOD* make_wire_method();

}  // namespace http
