#include "http/poller.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>

namespace {

/// One end of a pair of connected sockets, watched; the other end is the test's.
class Watched final : public http::Poller::Watcher {
 public:
  explicit Watched(http::Poller& poller) : poller_(poller) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets_) == 0);
    REQUIRE_FALSE(poller_.watch(sockets_[0], *this));
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    if (watched) forget();
    ::close(sockets_[0]);
    ::close(sockets_[1]);
  }

  void ready(bool hung_up) override {
    ++calls;
    saw_end = saw_end || hung_up;
    if (on_ready) on_ready();
  }
  void forget() {
    poller_.forget(*this);
    watched = false;
  }
  void say() const { REQUIRE(::send(sockets_[1], "x", 1, 0) == 1); }
  void hang_up() const { REQUIRE(::shutdown(sockets_[1], SHUT_WR) == 0); }

  std::function<void()> on_ready;
  int calls = 0;
  bool saw_end = false;
  bool watched = true;

 private:
  http::Poller& poller_;
  int sockets_[2] = {-1, -1};
};

struct Fixture {
  boost::asio::io_context io;
  int turns = 0;
  http::Poller poller{io, [this] { ++turns; }};
};

}  // namespace

TEST_CASE("poller: a socket is told of once for each thing that happens") {
  Fixture fixture;
  Watched watched(fixture.poller);
  fixture.io.poll();
  CHECK(watched.calls == 1);  // it can be written to
  fixture.io.poll();
  CHECK(watched.calls == 1);
  watched.say();
  fixture.io.poll();
  CHECK(watched.calls == 2);
  CHECK_FALSE(watched.saw_end);
  watched.hang_up();
  fixture.io.poll();
  CHECK(watched.calls == 3);
  CHECK(watched.saw_end);
}

TEST_CASE("poller: a turn has a number while it lasts, and tells of its end within itself") {
  Fixture fixture;
  Watched watched(fixture.poller);
  std::uint64_t seen = 0;
  watched.on_ready = [&] { seen = fixture.poller.turn(); };
  CHECK(fixture.poller.turn() == 0);
  fixture.io.poll();
  CHECK(seen == 1);
  CHECK(fixture.poller.turn() == 0);
  CHECK(fixture.turns == 1);
  watched.say();
  fixture.io.poll();
  CHECK(seen == 2);
}

TEST_CASE("poller: who is forgotten within a turn is not told any more") {
  Fixture fixture;
  Watched first(fixture.poller);
  Watched second(fixture.poller);
  first.on_ready = [&] { second.forget(); };
  second.on_ready = [&] { first.forget(); };
  fixture.io.poll();
  CHECK(first.calls + second.calls == 1);
}

TEST_CASE("poller: with nobody to watch the loop ends, and it can begin again") {
  Fixture fixture;
  Watched watched(fixture.poller);
  watched.forget();
  fixture.io.run();
  CHECK(watched.calls == 0);
  fixture.io.restart();
  Watched another(fixture.poller);
  another.on_ready = [&] { another.forget(); };
  fixture.io.run();
  CHECK(another.calls == 1);
}

TEST_CASE("poller: many ready sockets are all told, in as many turns as it takes") {
  Fixture fixture;
  std::deque<Watched> crowd;
  for (int member = 0; member < 400; ++member) crowd.emplace_back(fixture.poller);
  fixture.io.poll();
  int told = 0;
  for (const Watched& watched : crowd) told += watched.calls;
  CHECK(told == 400);
  CHECK(fixture.turns == 2);
}

TEST_CASE("poller: a turn that ends in an exception is not the last") {
  Fixture fixture;
  Watched watched(fixture.poller);
  watched.on_ready = [] { throw std::runtime_error("thrown by a test"); };
  CHECK_THROWS_AS(fixture.io.poll(), std::runtime_error);
  CHECK(fixture.poller.turn() == 0);
  watched.on_ready = nullptr;
  watched.say();
  fixture.io.poll();
  CHECK(watched.calls == 2);
}

TEST_CASE("poller: what cannot be watched is refused") {
  struct Never final : http::Poller::Watcher {
    void ready(bool) override { CHECK(false); }
  } never;
  Fixture fixture;
  CHECK(fixture.poller.watch(-1, never));
  fixture.io.run();  // nothing keeps it
}

TEST_CASE("poller: it may be destroyed at the end of its turn") {
  boost::asio::io_context io;
  std::optional<http::Poller> poller;
  std::optional<Watched> watched;
  poller.emplace(io, [&] {
    watched.reset();
    poller.reset();
  });
  watched.emplace(*poller);
  io.run();
  CHECK_FALSE(poller);
}
