#include "http/listener.h"

#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <list>

namespace http {
namespace {

using boost::asio::ip::tcp;
using namespace std::chrono_literals;

/// A listener whose clients live on the same loop, so that nothing waits but on it.
struct Fixture {
  struct Client {
    explicit Client(boost::asio::io_context& io) : socket(io) {}
    tcp::socket socket;
    std::string received;
    bool over = false;  ///< the listener closed the connection
    std::array<char, 4096> bytes{};
  };

  explicit Fixture(ListenerOptions options = {})
      : listener(
            std::make_unique<Listener>(io, std::move(options), [this](const InboundRequest& request, auto respond) {
              targets.push_back(request.target);
              if (answers) return respond({.body = "hello " + std::string(request.path()) + "\n"});
              waiting = std::move(respond);
            })) {}

  Client& connect() {
    Client& client = clients.emplace_back(io);
    client.socket.connect({boost::asio::ip::make_address("127.0.0.1"), listener->port()});
    listen_to(client);
    return client;
  }
  void listen_to(Client& client) {
    client.socket.async_read_some(boost::asio::buffer(client.bytes), [&](auto error, std::size_t size) {
      client.received.append(client.bytes.data(), size);
      client.over = bool(error);
      if (!error) return listen_to(client);
      boost::system::error_code ignored;
      client.socket.close(ignored);
    });
  }
  void say(Client& client, const std::string& text) {
    boost::system::error_code ignored;  // the listener may have hung up
    boost::asio::write(client.socket, boost::asio::buffer(text), ignored);
  }
  std::string request(const std::string& target = "/x") const {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(listener->port()) + "\r\n\r\n";
  }
  /// Runs the loop until `done`, for five seconds at most.
  template <class Done>
  void run_until(Done done) {
    for (int step = 0; step < 500 && !done(); ++step) {
      io.restart();
      io.run_for(10ms);
    }
    REQUIRE(done());
  }
  std::string talk(const std::string& text) {
    Client& client = connect();
    say(client, text);
    run_until([&] { return client.over; });
    return client.received;
  }

  boost::asio::io_context io;
  bool answers = true;
  Listener::Respond waiting;
  std::vector<std::string> targets;
  std::list<Client> clients;
  std::unique_ptr<Listener> listener;
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ListenerOptions hasty(base::Duration read = 60ms, base::Duration write = 60ms) {
  return {.read_deadline = read, .write_deadline = write};
}

}  // namespace

TEST_CASE("listener: a request is answered and the connection closed") {
  Fixture fixture;
  const std::string answer = fixture.talk(fixture.request("/x?y=z"));
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n"));
  CHECK(answer.ends_with("\r\n\r\nhello /x\n"));
  CHECK(holds(answer, "Connection: close\r\n"));
  CHECK(holds(answer, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'\r\n"));
  CHECK(holds(answer, "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"));
  CHECK_FALSE(holds(answer, "Access-Control"));
  CHECK(fixture.targets == std::vector<std::string>{"/x?y=z"});
  fixture.run_until([&] { return fixture.listener->connections() == 0; });
}

TEST_CASE("listener: HEAD gets the head alone") {
  Fixture fixture;
  const std::string port = std::to_string(fixture.listener->port());
  const std::string answer = fixture.talk("HEAD /x HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n");
  CHECK(holds(answer, "Content-Length: 9\r\n"));
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("listener: what the reader refuses never reaches the handler") {
  Fixture fixture;
  CHECK(
      fixture.talk("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").starts_with("HTTP/1.1 421 Misdirected Request\r\n"));
  const std::string refused = fixture.talk("POST / HTTP/1.1\r\n\r\n");
  CHECK(refused.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  CHECK(holds(refused, "Allow: GET, HEAD\r\n"));
  CHECK(fixture.talk("GET /" + std::string(20'000, 'a')).starts_with("HTTP/1.1 431 "));
  CHECK(fixture.talk("hello\n").starts_with("HTTP/1.1 400 "));
  CHECK(fixture.targets.empty());
}

TEST_CASE("listener: a further host may be named") {
  Fixture fixture({.hosts = {"ads.example"}});
  CHECK(fixture.talk("GET / HTTP/1.1\r\nHost: Ads.Example\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("listener: a second request on the same connection is not answered") {
  Fixture fixture;
  const std::string answer = fixture.talk(fixture.request("/1") + fixture.request("/2"));
  CHECK(holds(answer, "hello /1"));
  CHECK(fixture.targets == std::vector<std::string>{"/1"});
}

TEST_CASE("listener: whoever drips or says nothing is sent away in time") {
  Fixture fixture(hasty());
  auto& silent = fixture.connect();
  auto& dripping = fixture.connect();
  fixture.say(dripping, "GET / HT");
  const auto began = std::chrono::steady_clock::now();
  fixture.run_until([&] { return silent.over && dripping.over; });
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  CHECK(silent.received.starts_with("HTTP/1.1 408 "));
  CHECK(dripping.received.starts_with("HTTP/1.1 408 "));
}

TEST_CASE("listener: a byte now and then buys no time") {
  Fixture fixture(hasty(100ms));
  auto& dripping = fixture.connect();
  const std::string text = "GET / HTTP/1.1\r\nA: " + std::string(200, 'a');
  std::size_t sent = 0;
  fixture.run_until([&] {
    if (sent < text.size()) fixture.say(dripping, text.substr(sent++, 1));
    return dripping.over || holds(dripping.received, "408");
  });
  CHECK(sent < 100);
}

TEST_CASE("listener: whoever does not read the answer is dropped") {
  Fixture fixture(hasty());
  fixture.answers = false;
  tcp::socket deaf(fixture.io);
  deaf.open(tcp::v4());
  deaf.set_option(boost::asio::socket_base::receive_buffer_size(4096));
  deaf.connect({boost::asio::ip::make_address("127.0.0.1"), fixture.listener->port()});
  boost::asio::write(deaf, boost::asio::buffer(fixture.request()));
  fixture.run_until([&] { return bool(fixture.waiting); });
  fixture.waiting({.body = std::string(64UL * 1024 * 1024, 'x')});
  CHECK(fixture.listener->connections() == 1);
  fixture.run_until([&] { return fixture.listener->connections() == 0; });
}

TEST_CASE("listener: an answer may come later, but not too late, and only once") {
  Fixture fixture(hasty());
  fixture.answers = false;
  auto& client = fixture.connect();
  fixture.say(client, fixture.request());
  fixture.run_until([&] { return bool(fixture.waiting); });
  fixture.waiting({.status = 404, .body = "no\n"});
  fixture.waiting({.status = 200, .body = "yes\n"});
  fixture.run_until([&] { return client.over; });
  CHECK(client.received.starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK_FALSE(holds(client.received, "yes"));

  fixture.waiting = nullptr;
  auto& forgotten = fixture.connect();
  fixture.say(forgotten, fixture.request());
  fixture.run_until([&] { return forgotten.over; });
  CHECK(forgotten.received.empty());
  fixture.waiting({.body = "too late\n"});
}

TEST_CASE("listener: one connection too many drops the oldest that has not asked yet") {
  Fixture fixture({.max_connections = 3});
  fixture.answers = false;
  auto& asking = fixture.connect();
  fixture.say(asking, fixture.request());
  fixture.run_until([&] { return bool(fixture.waiting); });
  auto& first = fixture.connect();
  auto& second = fixture.connect();
  fixture.run_until([&] { return fixture.listener->connections() == 3; });
  fixture.connect();
  fixture.run_until([&] { return first.over; });
  CHECK_FALSE(second.over);
  CHECK_FALSE(asking.over);
  CHECK(fixture.listener->connections() == 3);
  fixture.waiting({.body = "still here\n"});
  fixture.run_until([&] { return asking.over; });
  CHECK(holds(asking.received, "still here"));
}

TEST_CASE("listener: hundreds that say nothing keep nobody else from an answer") {
  Fixture fixture;
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 400; ++i) {
    silent.emplace_back(fixture.io).connect({boost::asio::ip::make_address("127.0.0.1"), fixture.listener->port()});
    fixture.io.restart();
    fixture.io.poll();
  }
  const auto began = std::chrono::steady_clock::now();
  CHECK(holds(fixture.talk(fixture.request()), "hello"));
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  CHECK(fixture.listener->connections() <= 256);
}

TEST_CASE("listener: closed, it serves who is there; destroyed, it drops them, also from inside the handler") {
  Fixture fixture;
  fixture.answers = false;
  auto& client = fixture.connect();
  fixture.say(client, fixture.request());
  fixture.run_until([&] { return bool(fixture.waiting); });
  const auto port = fixture.listener->port();
  fixture.listener->close();
  fixture.waiting({.body = "last\n"});
  fixture.run_until([&] { return client.over; });
  CHECK(holds(client.received, "last"));
  tcp::socket late(fixture.io);
  boost::system::error_code error;
  late.connect({boost::asio::ip::make_address("127.0.0.1"), port}, error);
  CHECK(error);

  Fixture suicidal;
  suicidal.listener =
      std::make_unique<Listener>(suicidal.io, ListenerOptions{}, [&](const InboundRequest&, auto respond) {
        suicidal.listener.reset();
        respond({.body = "a ghost\n"});
      });
  auto& witness = suicidal.connect();
  suicidal.say(witness, suicidal.request());
  suicidal.run_until([&] { return witness.over; });
  CHECK(witness.received.empty());
}

TEST_CASE("listener: a port in use is an error that names it") {
  Fixture fixture;
  const std::string port = std::to_string(fixture.listener->port());
  boost::asio::io_context io;
  const auto listen = [&](const std::string& address) {
    const Listener second(io, {.address = address, .port = fixture.listener->port()}, [](const auto&, auto) {});
  };
  CHECK_THROWS_WITH_AS(listen("127.0.0.1"),
                       ("cannot listen on 127.0.0.1 port " + port + ": Address already in use").c_str(),
                       std::runtime_error);
  CHECK_THROWS_AS(listen("localhost"), std::runtime_error);  // an address, not a name
}

}  // namespace http
