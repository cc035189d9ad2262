#include "http/idle_connections.h"

#include <doctest/doctest.h>

#include "http/connection.h"

using namespace std::chrono_literals;

namespace {

/// Three connections that are never opened: only their identity counts.
struct Three final : http::Connection::Owner {
  void opened(http::Connection&) override {}
  void answered(http::Connection&, http::Response, bool) override {}
  void broken(http::Connection&, http::Connection::Break) override {}

  boost::asio::io_context io;
  http::Poller poller{io, [] {}};
  http::Deadlines deadlines{io};
  http::Connection::Target target{"host", "443", {{}}};
  http::Connection a{poller, *this, deadlines, nullptr, target};
  http::Connection b{poller, *this, deadlines, nullptr, target};
  http::Connection c{poller, *this, deadlines, nullptr, target};
};

const http::IdleConnections::TimePoint kStart{};

}  // namespace

TEST_CASE("idle connections: the last to come is the first to go") {
  Three three;
  http::IdleConnections idle;
  idle.put(three.a, kStart);
  idle.put(three.b, kStart + 1s);
  CHECK(idle.size() == 2);
  CHECK(idle.take() == &three.b);
  CHECK(idle.take() == &three.a);
  CHECK(idle.take() == nullptr);
}

TEST_CASE("idle connections: the aged ones can be taken out") {
  Three three;
  http::IdleConnections idle;
  idle.put(three.a, kStart + 1s);
  idle.put(three.b, kStart + 2s);
  idle.put(three.c, kStart + 3s);
  CHECK(idle.oldest() == kStart + 1s);
  CHECK(idle.take_older(kStart + 2s) == std::vector{&three.a, &three.b});
  CHECK(idle.oldest() == kStart + 3s);
  idle.remove(three.c);
  CHECK(idle.oldest() == http::IdleConnections::TimePoint::max());
}
