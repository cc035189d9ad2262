#include "http/deadlines.h"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <string>

using namespace std::chrono_literals;
using http::Deadlines;

TEST_CASE("deadlines: actions run in the order of their times, not of their making") {
  boost::asio::io_context io;
  Deadlines deadlines(io);
  std::string order;
  const auto now = Deadlines::Clock::now();
  deadlines.add(now + 3ms, [&] { order += "c"; });
  deadlines.add(now + 1ms, [&] { order += "a"; });
  deadlines.add(now + 2ms, [&] { order += "b"; });
  CHECK(order.empty());
  io.run();
  CHECK(order == "abc");
}

TEST_CASE("deadlines: a removed entry does not run, and the last one lets the loop end") {
  boost::asio::io_context io;
  Deadlines deadlines(io);
  bool ran = false;
  const auto entry = deadlines.add(Deadlines::Clock::now() + 1h, [&] { ran = true; });
  deadlines.remove(entry);
  io.run();
  CHECK_FALSE(ran);
}

TEST_CASE("deadlines: an action may add and remove others") {
  boost::asio::io_context io;
  Deadlines deadlines(io);
  std::string order;
  const auto now = Deadlines::Clock::now();
  const auto doomed = deadlines.add(now + 1h, [&] { order += "x"; });
  deadlines.add(now, [&] {
    order += "a";
    deadlines.remove(doomed);
    deadlines.add(now, [&] { order += "b"; });
  });
  io.run();
  CHECK(order == "ab");
}

TEST_CASE("deadlines: nothing runs after they are gone, even if it was due") {
  boost::asio::io_context io;
  bool ran = false;
  {
    Deadlines deadlines(io);
    deadlines.add(Deadlines::Clock::now(), [&] { ran = true; });
    io.poll();  // may or may not have fired; what is queued must not touch what is gone
    ran = false;
    deadlines.add(Deadlines::Clock::now(), [&] { ran = true; });
  }
  io.run();
  CHECK_FALSE(ran);
}
