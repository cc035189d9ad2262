#include "http/resolver.h"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <future>
#include <optional>

using namespace std::chrono_literals;
using http::Addresses;
using http::Resolver;

namespace {

const Addresses kOne{boost::asio::ip::make_address("192.0.2.1")};

/// Runs the loop until `done` or, at the latest, for two seconds.
template <class Done>
void run_until(boost::asio::io_context& io, Done done) {
  const auto guard = boost::asio::make_work_guard(io);
  const auto end = std::chrono::steady_clock::now() + 2s;
  while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(10ms);
}

}  // namespace

TEST_CASE("resolver: the answer comes from the loop, not from inside resolve()") {
  boost::asio::io_context io;
  Resolver resolver(io, [](const std::string&) { return kOne; });
  std::optional<Addresses> seen;
  resolver.resolve("host", [&](const Addresses& addresses) { seen = addresses; });
  CHECK_FALSE(seen);
  run_until(io, [&] { return seen.has_value(); });
  CHECK(seen == kOne);
}

TEST_CASE("resolver: a name is looked up once for all who ask meanwhile") {
  boost::asio::io_context io;
  std::promise<void> open;
  auto look_ups = std::make_shared<std::atomic<int>>(0);
  Resolver resolver(io, [look_ups, gate = open.get_future().share()](const std::string&) {
    ++*look_ups;
    gate.wait();
    return kOne;
  });
  int answers = 0;
  for (int asked = 0; asked < 5; ++asked) resolver.resolve("host", [&](const Addresses&) { ++answers; });
  open.set_value();
  run_until(io, [&] { return answers == 5; });
  CHECK(answers == 5);
  CHECK(*look_ups == 1);
}

TEST_CASE("resolver: a look-up that hangs does not hold up another") {
  boost::asio::io_context io;
  std::promise<void> open;
  auto left = std::make_shared<std::promise<void>>();
  Resolver resolver(io, [left, gate = open.get_future().share()](const std::string& host) {
    if (host == "hangs") gate.wait();
    if (host == "hangs") left->set_value();
    return kOne;
  });
  bool hung = false;
  bool other = false;
  resolver.resolve("hangs", [&](const Addresses&) { hung = true; });
  resolver.resolve("other", [&](const Addresses&) { other = true; });
  run_until(io, [&] { return other; });
  CHECK(other);
  CHECK_FALSE(hung);
  open.set_value();
  left->get_future().wait();
}

TEST_CASE("resolver: an answer that comes after the resolver has gone reaches nobody") {
  std::promise<void> open;
  auto left = std::make_shared<std::promise<void>>();
  bool called = false;
  {
    boost::asio::io_context io;
    Resolver resolver(io, [left, gate = open.get_future().share()](const std::string&) {
      gate.wait();
      left->set_value();
      return kOne;
    });
    resolver.resolve("host", [&](const Addresses&) { called = true; });
    io.run();  // nothing keeps the loop: it does not wait for the look-up
  }
  open.set_value();
  left->get_future().wait();
  CHECK_FALSE(called);
}

TEST_CASE("resolver: more names than threads are looked up in turn") {
  boost::asio::io_context io;
  Resolver resolver(io, [](const std::string&) { return kOne; });
  int answers = 0;
  for (int host = 0; host < 50; ++host)
    resolver.resolve("host" + std::to_string(host), [&](const Addresses&) { ++answers; });
  run_until(io, [&] { return answers == 50; });
  CHECK(answers == 50);
}

TEST_CASE("resolver: the system knows its own name, and numbers in every spelling") {
  CHECK_FALSE(http::look_up_host("localhost").empty());
  const Addresses loopback{boost::asio::ip::make_address("127.0.0.1")};
  CHECK(http::look_up_host("2130706433") == loopback);
  CHECK(http::look_up_host("0x7f.1") == loopback);
  CHECK(http::look_up_host("0177.0.0.1") == loopback);
}
