#include "http/mail_socket.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <thread>

#include "http/black_hole.h"
#include "http/rogue_server.h"

using boost::asio::ip::tcp;
using http::MailSocket;
using namespace std::chrono_literals;

namespace {

tcp::endpoint at(const char* address, std::uint16_t port) { return {boost::asio::ip::make_address(address), port}; }

tcp::endpoint end_of(const RogueServer& server) {
  return at("127.0.0.1", static_cast<std::uint16_t>(std::stoul(server.port())));
}

const RogueServer::Options kClear{.certificate = nullptr};
const RogueServer::Script kWait = [](Visitor& visitor) { visitor.wait(); };

/// Whether the socket becomes readable, which its end is, too.
bool is_readable(const MailSocket& socket) {
  pollfd wanted{socket.descriptor(), POLLIN, 0};
  return ::poll(&wanted, 1, 2000) == 1;
}

}  // namespace

TEST_CASE("mail socket: an address that swallows everything costs its patience, and the next one is tried") {
  const BlackHole hole;
  RogueServer server(kClear, {kWait});
  MailSocket socket;
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(socket.connect({at("127.0.0.1", hole.port), end_of(server)}, 50ms));
  CHECK(std::chrono::steady_clock::now() - start >= 50ms);
  CHECK(socket.descriptor() >= 0);
}

TEST_CASE("mail socket: the last failure is told") {
  const BlackHole hole;
  MailSocket socket;
  CHECK(socket.connect({at("127.0.0.1", hole.port)}, 20ms) == boost::asio::error::timed_out);
  CHECK(socket.connect({at("127.0.0.1", hole.port), at("127.0.0.2", hole.port)}, 20ms) ==
        boost::asio::error::connection_refused);
  CHECK(socket.descriptor() == -1);
}

TEST_CASE("mail socket: a cut ends the wait for a connection, and there is no other") {
  const BlackHole hole;
  RogueServer server(kClear, {kWait});
  MailSocket socket;
  std::thread cutter([&] {
    std::this_thread::sleep_for(30ms);
    socket.cut();
  });
  const auto start = std::chrono::steady_clock::now();
  CHECK(socket.connect({at("127.0.0.1", hole.port), end_of(server)}, 5s) == boost::asio::error::operation_aborted);
  CHECK(std::chrono::steady_clock::now() - start < 1s);
  cutter.join();
  CHECK(socket.connect({end_of(server)}, 5s) == boost::asio::error::operation_aborted);
  CHECK(server.connections() == 0);
}

TEST_CASE("mail socket: a cut wakes who reads") {
  RogueServer server(kClear, {kWait});
  MailSocket socket;
  REQUIRE_FALSE(socket.connect({end_of(server)}, 5s));
  std::thread cutter([&] { socket.cut(); });
  CHECK(is_readable(socket));
  cutter.join();
}

TEST_CASE("mail socket: after stop_reading() what has come is read, then the end, and writing goes on") {
  RogueServer server(kClear, {[&](Visitor& visitor) {
                       visitor.say("word");
                       visitor.read_line();
                       server.signal();
                     }});
  MailSocket socket;
  REQUIRE_FALSE(socket.connect({end_of(server)}, 5s));
  REQUIRE(is_readable(socket));
  socket.stop_reading();
  char space[8] = {};
  CHECK(::recv(socket.descriptor(), space, sizeof space, 0) == 4);
  CHECK(::recv(socket.descriptor(), space, sizeof space, 0) == 0);
  CHECK(::send(socket.descriptor(), "QUIT\r\n", 6, MSG_NOSIGNAL) == 6);
  REQUIRE(server.wait_for_signal());
  CHECK(server.requests() == std::vector<std::string>{"QUIT"});
}
