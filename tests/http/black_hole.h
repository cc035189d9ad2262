#pragma once

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>

/// A port on which connections are neither accepted nor refused: the queue is full, and SYNs are dropped.
class BlackHole {
 public:
  BlackHole() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    for (int& socket : sockets_) socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    REQUIRE(::bind(sockets_[0], generic, size) == 0);
    REQUIRE(::listen(sockets_[0], 0) == 0);
    REQUIRE(::getsockname(sockets_[0], generic, &size) == 0);
    port = ntohs(address.sin_port);
    for (std::size_t filler = 1; filler < sockets_.size(); ++filler) {
      const int started = ::connect(sockets_[filler], generic, size);
      static_cast<void>(started);  // under way, which is all that is wanted
    }
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  ~BlackHole() {
    for (const int socket : sockets_) ::close(socket);
  }
  std::uint16_t port = 0;

 private:
  std::array<int, 4> sockets_{};
};
