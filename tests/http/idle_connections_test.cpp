#include "http/idle_connections.h"

#include <doctest/doctest.h>

#include "http/connection.h"

using namespace std::chrono_literals;
using http::Route;

namespace {

/// Three connections that are never opened: only their identity counts.
struct Three final : http::Connection::Owner {
  void opened(http::Connection&) override {}
  void answered(http::Connection&, http::Response, bool) override {}
  void broken(http::Connection&, http::Connection::Break) override {}

  boost::asio::io_context io;
  http::Deadlines deadlines{io};
  http::Connection::Target target{"host", "443", {{}}};
  http::Connection a{io, *this, deadlines, nullptr, target};
  http::Connection b{io, *this, deadlines, nullptr, target};
  http::Connection c{io, *this, deadlines, nullptr, target};
};

const Route kRoute{true, "host", "443", http::Reach::kAnyAddress};
const http::IdleConnections::TimePoint kStart{};

}  // namespace

TEST_CASE("idle connections: the last to come is the first to go") {
  Three three;
  http::IdleConnections idle;
  idle.put(kRoute, three.a, kStart);
  idle.put(kRoute, three.b, kStart + 1s);
  CHECK(idle.count(kRoute) == 2);
  CHECK(idle.take(kRoute) == &three.b);
  CHECK(idle.take(kRoute) == &three.a);
  CHECK(idle.take(kRoute) == nullptr);
}

TEST_CASE("idle connections: another host, port, scheme or reach is another route") {
  Three three;
  http::IdleConnections idle;
  idle.put(kRoute, three.a, kStart);
  CHECK(idle.take({true, "other", "443", http::Reach::kAnyAddress}) == nullptr);
  CHECK(idle.take({true, "host", "444", http::Reach::kAnyAddress}) == nullptr);
  CHECK(idle.take({false, "host", "443", http::Reach::kAnyAddress}) == nullptr);
  CHECK(idle.take({true, "host", "443", http::Reach::kPublicAddress}) == nullptr);
  CHECK(idle.take(kRoute) == &three.a);
}

TEST_CASE("idle connections: the aged ones can be taken out, over all routes") {
  Three three;
  http::IdleConnections idle;
  const Route other{false, "other", "80", http::Reach::kPrivateToo};
  idle.put(kRoute, three.a, kStart + 1s);
  idle.put(kRoute, three.b, kStart + 3s);
  idle.put(other, three.c, kStart + 2s);
  CHECK(idle.oldest() == kStart + 1s);
  CHECK(idle.take_older(kStart + 2s).size() == 2);
  CHECK(idle.oldest() == kStart + 3s);
  idle.remove(kRoute, three.b);
  CHECK(idle.oldest() == http::IdleConnections::TimePoint::max());
}
