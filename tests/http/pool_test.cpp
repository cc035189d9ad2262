#include "http/pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "http/rogue_server.h"
#include "http/test_client.h"

using http::Reach;
using http::Stage;
using namespace std::chrono_literals;

namespace {

const RogueServer::Script kServeForever = [](Visitor& visitor) {
  while (visitor.serve()) {
  }
};

http::Addresses addresses(std::initializer_list<const char*> texts) {
  http::Addresses result;
  for (const char* text : texts) result.push_back(boost::asio::ip::make_address(text));
  return result;
}

/// A pool whose names are what the test says.
struct NamedClient {
  explicit NamedClient(http::Resolver::LookUp look_up) : pool(io, TestClient::with_authority({}), std::move(look_up)) {}

  http::Reply send(http::Request request) {
    std::optional<http::Reply> reply;
    pool.send(std::move(request), [&](http::Reply answer) { reply = std::move(answer); });
    io.restart();
    while (!reply) REQUIRE(io.run_one_for(5s) == 1);
    return std::move(*reply);
  }

  boost::asio::io_context io;
  http::Pool pool;
};

http::Request to(const std::string& url, Reach reach) {
  http::Request request;
  request.url = url;
  request.reach = reach;
  return request;
}

/// Serves once, then does `end` to the idle connection and says so; connections after it are served without end.
std::vector<RogueServer::Script> ending_idle(RogueServer*& server, std::function<void(Visitor&)> end) {
  return {[&server, end](Visitor& visitor) {
            visitor.serve("first");
            server->wait_until_told();
            end(visitor);
            server->signal();
            visitor.wait();
          },
          [](Visitor& visitor) {
            while (visitor.serve("second")) {
            }
          }};
}

const std::function<void(Visitor&)> kIdleEnds[] = {
    [](Visitor& visitor) { visitor.close_notify(); },
    [](Visitor& visitor) { visitor.finish(); },
    [](Visitor& visitor) { visitor.reset(); },
    [](Visitor& visitor) {
      visitor.say("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    },
};

}  // namespace

TEST_CASE("pool: requests in a row share one connection") {
  RogueServer server({kServeForever});
  TestClient client;
  for (int request = 0; request < 10; ++request) CHECK(body_of(client.get(server.url())) == "ok");
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 10);
}

TEST_CASE("pool: an answer that says close is not followed by another on that connection") {
  RogueServer server({[](Visitor& visitor) {
    visitor.read_request();
    visitor.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    visitor.wait();
  }});
  TestClient client;
  CHECK(body_of(client.get(server.url())) == "ok");
  CHECK(body_of(client.get(server.url())) == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE("pool: bytes after the answer end the connection and reach nobody") {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  for (const bool apart : {false, true}) {
    CAPTURE(apart);
    RogueServer server({[&](Visitor& visitor) {
      visitor.read_request();
      if (apart) visitor.say(answer);
      visitor.say(apart ? "HTTP/1.1 500 Stale\r\n\r\n" : answer + "HTTP/1.1 500 Stale\r\n\r\n");
      visitor.wait();
    }});
    TestClient client;
    CHECK(body_of(client.get(server.url())) == "ok");
    if (apart) client.io.run_for(20ms);
    CHECK(body_of(client.get(server.url())) == "ok");
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("pool: redirects are answers like others and are not followed") {
  for (const char* status : {"301", "302", "307", "308"}) {
    RogueServer target({kServeForever});
    RogueServer server({[&](Visitor& visitor) {
      visitor.read_request();
      visitor.say(std::string("HTTP/1.1 ") + status + " Moved\r\nLocation: " + target.url() +
                  "\r\nContent-Length: 0\r\n\r\n");
      visitor.wait();
    }});
    TestClient client;
    const http::Reply reply = client.get(server.url());
    REQUIRE(reply);
    CHECK(std::to_string(reply.value().status) == status);
    CHECK(target.connections() == 0);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("pool: an idle connection that ends is closed at once and not used again") {
  for (const auto& end : kIdleEnds) {
    RogueServer* self = nullptr;
    RogueServer server(ending_idle(self, end));
    self = &server;
    TestClient client;
    http::Request once;
    once.idempotent = false;  // no second attempt may help
    once.url = server.url();
    CHECK(body_of(client.send(once)) == "first");
    server.tell();
    REQUIRE(server.wait_for_signal());
    client.io.run_for(20ms);
    CHECK(body_of(client.send(once)) == "second");
    CHECK(server.connections() == 2);
    CHECK(server.requests().size() == 2);
  }
}

TEST_CASE("pool: an idle connection that ended is not used even if the loop has not seen it") {
  for (const auto& end : kIdleEnds) {
    RogueServer* self = nullptr;
    RogueServer server(ending_idle(self, end));
    self = &server;
    TestClient client;
    http::Request once;
    once.idempotent = false;
    once.url = server.url();
    CHECK(body_of(client.send(once)) == "first");
    server.tell();
    REQUIRE(server.wait_for_signal());
    CHECK(body_of(client.send(once)) == "second");
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("pool: a request that meets a dying connection is sent once more, signed anew") {
  for (const auto& end : {&Visitor::close_notify, &Visitor::finish, &Visitor::reset}) {
    RogueServer server({[&](Visitor& visitor) {
                          visitor.serve("first");
                          visitor.read_request();
                          (visitor.*end)();
                        },
                        kServeForever});
    TestClient client;
    int nonce = 0;
    http::Request request;
    request.url = server.url();
    request.authorization = [&] { return "nonce " + std::to_string(++nonce); };
    CHECK(body_of(client.send(request)) == "first");
    CHECK(body_of(client.send(request)) == "ok");
    CHECK(server.connections() == 2);
    REQUIRE(server.requests().size() == 3);
    CHECK(server.requests()[0].find("Authorization: nonce 1\r\n") != std::string::npos);
    CHECK(server.requests()[1].find("Authorization: nonce 2\r\n") != std::string::npos);
    CHECK(server.requests()[2].find("Authorization: nonce 3\r\n") != std::string::npos);
  }
}

TEST_CASE("pool: a request that is not idempotent is not sent again") {
  RogueServer server({[](Visitor& visitor) {
    visitor.serve();
    visitor.read_request();
  }});
  TestClient client;
  http::Request request;
  request.url = server.url();
  request.idempotent = false;
  CHECK(body_of(client.send(request)) == "ok");
  CHECK(failure_of(client.send(request)) == Stage::kRead);
  CHECK(server.connections() == 1);
}

TEST_CASE("pool: after a byte of the answer nothing is sent again") {
  RogueServer server({[](Visitor& visitor) {
    visitor.serve();
    visitor.read_request();
    visitor.say("H");
  }});
  TestClient client;
  CHECK(body_of(client.get(server.url())) == "ok");
  CHECK(failure_of(client.get(server.url())) == Stage::kRead);
  CHECK(server.connections() == 1);
}

TEST_CASE("pool: the second attempt is the last") {
  RogueServer server({[](Visitor& visitor) {
                        visitor.serve();
                        visitor.read_request();
                      },
                      [](Visitor& visitor) { visitor.read_request(); }});
  TestClient client;
  CHECK(body_of(client.get(server.url())) == "ok");
  CHECK(failure_of(client.get(server.url())) == Stage::kRead);
  CHECK(server.connections() == 2);
}

TEST_CASE("pool: the second attempt shares the first one's deadline") {
  RogueServer server({[](Visitor& visitor) {
                        visitor.serve();
                        visitor.read_request();
                      },
                      [](Visitor& visitor) { visitor.wait(); }});
  TestClient client;
  CHECK(body_of(client.get(server.url())) == "ok");
  const auto start = std::chrono::steady_clock::now();
  CHECK(failure_of(client.send(hasty(server.url()))) == Stage::kDeadline);
  CHECK(std::chrono::steady_clock::now() - start < 2 * kShort);
}

TEST_CASE("pool: no more requests are out than allowed, and they go in order") {
  std::atomic<int> now_out = 0;
  std::atomic<int> most_out = 0;
  RogueServer server({[&](Visitor& visitor) {
    while (!visitor.read_request().empty()) {
      most_out = std::max(most_out.load(), ++now_out);
      std::this_thread::sleep_for(1ms);
      --now_out;
      visitor.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  }});
  http::TlsOptions options;
  options.max_in_flight = 2;
  TestClient client(options);
  int answers = 0;
  for (int number = 0; number < 20; ++number) {
    client.transport.send(to(server.url("/" + std::to_string(number)), Reach::kAnyAddress),
                          [&](const http::Reply& reply) { answers += reply.ok() ? 1 : 0; });
  }
  CHECK(client.transport.in_flight() == 20);
  while (answers < 20) REQUIRE(client.io.run_one_for(2s) == 1);
  CHECK(client.transport.in_flight() == 0);
  CHECK(most_out <= 2);
  CHECK(server.connections() <= 2);
  CHECK(server.requests().back().starts_with("GET /1"));  // 18 or 19
}

TEST_CASE("pool: waiting for a slot counts against the deadline") {
  RogueServer server({[](Visitor& visitor) { visitor.wait(); }});
  http::TlsOptions options;
  options.max_in_flight = 1;
  TestClient client(options);
  std::vector<std::string> details;
  const auto note = [&](const http::Reply& reply) { details.push_back(reply.error().detail); };
  http::Request hastier = hasty(server.url());
  hastier.deadline = 50ms;
  client.transport.send(hasty(server.url()), note);
  client.transport.send(hastier, note);
  while (details.size() < 2) REQUIRE(client.io.run_one_for(2s) == 1);
  CHECK(details[0] == "127.0.0.1: no answer within 50ms; was waiting for other requests");
  CHECK(details[1] == "127.0.0.1: no answer within 150ms; was waiting for the answer");
}

TEST_CASE("pool: connections beyond the allowed idle ones are closed") {
  RogueServer server({kServeForever});
  http::TlsOptions options;
  options.max_idle_per_host = 1;
  TestClient client(options);
  for (int round = 0; round < 2; ++round) {
    int answers = 0;
    for (int request = 0; request < 3; ++request)
      client.transport.send(to(server.url(), Reach::kAnyAddress), [&](const http::Reply&) { ++answers; });
    while (answers < 3) REQUIRE(client.io.run_one_for(2s) == 1);
  }
  CHECK(server.connections() == 5);  // three, and then two in place of those that were closed
}

TEST_CASE("pool: a connection that is idle for too long is closed") {
  std::promise<void> hung_up;
  RogueServer server({[&](Visitor& visitor) {
    visitor.serve();
    visitor.wait();
    hung_up.set_value();
  }});
  http::TlsOptions options;
  options.idle_timeout = 30ms;
  TestClient client(options);
  CHECK(body_of(client.get(server.url())) == "ok");
  client.io.run_for(60ms);
  CHECK(hung_up.get_future().wait_for(1s) == std::future_status::ready);
}

TEST_CASE("pool: shut_down() ends every request, wherever it is, and the loop") {
  RogueServer silent({[](Visitor& visitor) { visitor.wait(); }});
  RogueServer kind({kServeForever});
  RogueServer::Options options;
  options.handshake = false;
  RogueServer stalled(options, {[](Visitor& visitor) { visitor.wait(); }});
  http::TlsOptions client_options;
  client_options.max_in_flight = 3;
  TestClient client(client_options);
  CHECK(body_of(client.get(kind.url())) == "ok");  // leaves an idle connection
  std::vector<Stage> stages;
  const auto note = [&](const http::Reply& reply) { stages.push_back(reply.error().stage); };
  client.transport.send(to(silent.url(), Reach::kAnyAddress), note);
  client.transport.send(to(stalled.url(), Reach::kAnyAddress), note);
  client.transport.send(to("https://localhost:1/", Reach::kAnyAddress), note);
  client.transport.send(to(silent.url(), Reach::kAnyAddress), note);  // waits for a slot
  client.io.run_for(30ms);
  stages.clear();  // nobody listens on port 1: that one may be answered by now
  const std::size_t open = client.transport.in_flight();
  client.transport.shut_down();
  CHECK(stages.empty());
  CHECK(client.transport.in_flight() == open);
  client.transport.send(to(kind.url(), Reach::kAnyAddress), note);
  CHECK(stages.empty());
  client.io.restart();
  client.io.run();  // returns
  CHECK(stages == std::vector<Stage>(open + 1, Stage::kRefused));
  CHECK(client.transport.in_flight() == 0);
}

TEST_CASE("pool: destruction with work outstanding is safe, before and while the loop runs") {
  RogueServer silent({[](Visitor& visitor) { visitor.wait(); }});
  int replies = 0;
  boost::asio::io_context io;
  for (const auto running : {0ms, 1ms, 5ms, 20ms}) {
    auto transport = std::make_unique<http::TlsTransport>(io, TestClient::with_authority({}));
    for (const std::string& url : {silent.url(), std::string("https://localhost:") + silent.port() + "/"})
      transport->send(to(url, Reach::kAnyAddress), [&](const http::Reply& reply) {
        ++replies;
        CHECK(failure_of(reply) == Stage::kRefused);
      });
    if (running > 0ms) io.run_for(running);
    transport.reset();
  }
  io.restart();
  io.run();
  CHECK(replies == 8);
}

TEST_CASE("pool: the transport may be destroyed from within a reply") {
  RogueServer server({kServeForever});
  boost::asio::io_context io;
  auto transport = std::make_unique<http::TlsTransport>(io, TestClient::with_authority({}));
  int replies = 0;
  for (int request = 0; request < 3; ++request) {
    transport->send(to(server.url(), Reach::kAnyAddress), [&](const http::Reply&) {
      ++replies;
      transport.reset();
    });
  }
  io.run();
  CHECK(replies == 3);
}

TEST_CASE("pool: a reply may send the next request") {
  RogueServer server({kServeForever});
  TestClient client;
  int answers = 0;
  std::function<void(const http::Reply&)> again = [&](const http::Reply& reply) {
    CHECK(reply.ok());
    if (++answers < 5) client.transport.send(to(server.url(), Reach::kAnyAddress), again);
  };
  client.transport.send(to(server.url(), Reach::kAnyAddress), again);
  while (answers < 5) REQUIRE(client.io.run_one_for(2s) == 1);
  CHECK(server.connections() == 1);
}

TEST_CASE("pool: requests that cannot be sent are refused later, not from inside send()") {
  TestClient client;
  http::Request request = to("https://user:hunter2@host/", Reach::kAnyAddress);
  const http::Reply reply = client.send(request);
  CHECK(failure_of(reply) == Stage::kRefused);
  CHECK(reply.error().detail.find("hunter2") == std::string::npos);
  request = to("https://host/", Reach::kAnyAddress);
  request.headers = {{"X", "a\r\nY: b"}};
  CHECK(failure_of(client.send(request)) == Stage::kRefused);
  request = to("https://host/", Reach::kAnyAddress);
  request.method = "GET / HTTP/1.1\r\nX:";
  CHECK(failure_of(client.send(request)) == Stage::kRefused);
}

TEST_CASE("pool: an authorization with a line break is not sent") {
  RogueServer server({kServeForever});
  TestClient client;
  http::Request request = to(server.url("/?hunter2"), Reach::kAnyAddress);
  request.authorization = [] { return "a\r\nX: b"; };
  const http::Reply reply = client.send(std::move(request));
  CHECK(failure_of(reply) == Stage::kRefused);
  CHECK(reply.error().detail == "127.0.0.1: the Authorization header holds a line break");
  CHECK(server.requests().empty());
}

TEST_CASE("pool: http in the clear goes to private addresses, when that is allowed") {
  RogueServer::Options options;
  options.certificate = nullptr;
  RogueServer server(options, {kServeForever});
  TestClient client;
  CHECK(body_of(client.send(to(server.url(), Reach::kPrivateToo))) == "ok");
  CHECK(body_of(client.send(to(server.url(), Reach::kPrivateToo))) == "ok");
  CHECK(server.connections() == 1);
  CHECK(failure_of(client.send(to(server.url(), Reach::kAnyAddress))) == Stage::kRefused);
  CHECK(failure_of(client.send(to(server.url(), Reach::kPublicAddress))) == Stage::kRefused);
  CHECK(failure_of(client.send(to("http://8.8.8.8/", Reach::kPrivateToo))) == Stage::kRefused);
  CHECK(failure_of(client.send(to("http://169.254.169.254/", Reach::kPrivateToo))) == Stage::kRefused);
  CHECK(server.connections() == 1);
}

TEST_CASE("pool: in the clear, too, an idle connection that ended is replaced") {
  for (const auto& end : {&Visitor::finish, &Visitor::reset}) {
    RogueServer::Options options;
    options.certificate = nullptr;
    RogueServer server(options, {[&](Visitor& visitor) {
                                   visitor.serve("first");
                                   visitor.read_request();
                                   (visitor.*end)();
                                 },
                                 kServeForever});
    TestClient client;
    CHECK(body_of(client.send(to(server.url(), Reach::kPrivateToo))) == "first");
    CHECK(body_of(client.send(to(server.url(), Reach::kPrivateToo))) == "ok");
  }
}

TEST_CASE("pool: a connection made under one reach serves no other") {
  RogueServer server({kServeForever});
  TestClient client;
  CHECK(body_of(client.send(to(server.url(), Reach::kAnyAddress))) == "ok");
  CHECK(failure_of(client.send(to(server.url(), Reach::kPublicAddress))) == Stage::kRefused);
  CHECK(body_of(client.send(to(server.url(), Reach::kPrivateToo))) == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE("pool: no spelling of a private or metadata address gets past a public reach") {
  RogueServer::Options options;
  options.handshake = false;
  RogueServer server(options, {[](Visitor&) {}});
  const char* const kSpellings[] = {"127.0.0.1",
                                    "127.1",
                                    "127.0.1",
                                    "127.255.255.254",
                                    "2130706433",
                                    "0x7f000001",
                                    "0x7F.0x0.0x0.0x1",
                                    "0x7f.1",
                                    "017700000001",
                                    "0177.0.0.1",
                                    "0177.0.0.01",
                                    "0",
                                    "0.0.0.0",
                                    "0x0",
                                    "127.0.0.1.",
                                    "%31%32%37.0.0.1",
                                    "localhost",
                                    "LOCALHOST",
                                    "LocalHost",
                                    "user@127.0.0.1",
                                    "8.8.8.8@127.0.0.1",
                                    "[::]",
                                    "[::1]",
                                    "[0:0:0:0:0:0:0:1]",
                                    "[::127.0.0.1]",
                                    "[::ffff:127.0.0.1]",
                                    "[::ffff:7f00:1]",
                                    "[::FFFF:127.0.0.1]",
                                    "[64:ff9b::7f00:1]",
                                    "[2002:7f00:1::]",
                                    "[fe80::1]",
                                    "[fd00:ec2::254]",
                                    "169.254.169.254",
                                    "2852039166",
                                    "0xa9fea9fe",
                                    "0251.0376.0251.0376",
                                    "169.254.43518",
                                    "[::ffff:169.254.169.254]",
                                    "[::ffff:a9fe:a9fe]",
                                    "[64:ff9b::a9fe:a9fe]",
                                    "10.0.0.1",
                                    "192.168.0.1",
                                    "172.16.0.1",
                                    "100.100.100.200",
                                    "224.0.0.1",
                                    "255.255.255.255",
                                    "\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1"};
  TestClient client;
  for (const char* spelling : kSpellings) {
    CAPTURE(std::string(spelling));
    const std::string url = "https://" + std::string(spelling) + ":" + server.port() + "/latest/meta-data";
    http::Request request = to(url, Reach::kPublicAddress);
    request.deadline = 2s;
    const auto failure = failure_of(client.send(std::move(request)));
    CHECK((failure == Stage::kRefused || failure == Stage::kResolve));
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("pool: one forbidden address among several refuses the request") {
  NamedClient client([](const std::string&) { return addresses({"8.8.8.8", "127.0.0.1"}); });
  const http::Reply reply = client.send(to("https://hooks.example/secret", Reach::kPublicAddress));
  CHECK(failure_of(reply) == Stage::kRefused);
  CHECK(reply.error().detail == "hooks.example is not at a public address, which this request needs");
}

TEST_CASE("pool: the name is looked up once, and the connection goes where that look-up said") {
  RogueServer server({kServeForever});
  auto look_ups = std::make_shared<std::atomic<int>>(0);
  NamedClient client([look_ups](const std::string&) {
    return ++*look_ups == 1 ? addresses({"127.0.0.1"}) : addresses({"169.254.169.254"});
  });
  const std::string url = "https://localhost:" + server.port() + "/";
  CHECK(body_of(client.send(to(url, Reach::kPrivateToo))) == "ok");
  CHECK(*look_ups == 1);
}

TEST_CASE("pool: a name without an address fails there, and is named") {
  NamedClient client([](const std::string&) { return http::Addresses{}; });
  const http::Reply reply = client.send(to("https://nowhere.example/secret", Reach::kAnyAddress));
  CHECK(failure_of(reply) == Stage::kResolve);
  CHECK(reply.error().detail == "nowhere.example: the name has no address");
}

TEST_CASE("pool: a look-up that hangs holds neither the deadline nor the shutdown") {
  std::promise<void> open;
  auto left = std::make_shared<std::promise<void>>();
  {
    NamedClient client([left, gate = open.get_future().share()](const std::string&) {
      gate.wait();
      left->set_value();
      return http::Addresses{};
    });
    const http::Reply reply = client.send(hasty("https://slow.example/secret"));
    REQUIRE_FALSE(reply);
    CHECK(reply.error().stage == Stage::kDeadline);
    CHECK(reply.error().detail == "slow.example: no answer within 150ms; was looking up the name");
    client.pool.shut_down();
    client.io.restart();
    client.io.run();  // returns, though the look-up has not
  }
  open.set_value();
  left->get_future().wait();
}
