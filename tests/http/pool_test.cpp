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

TEST_CASE("pool: of five thousand requests no more are out than the four thousand allowed") {
  std::promise<void> open;
  auto left = std::make_shared<std::promise<void>>();
  {
    http::TlsOptions options;
    options.max_in_flight = 4096;
    boost::asio::io_context io;
    http::Pool pool(io, TestClient::with_authority(options),
                    [left, gate = open.get_future().share()](const std::string&) {
                      gate.wait();
                      left->set_value();
                      return http::Addresses{};
                    });
    int looked_up = 0;
    int waited = 0;
    for (int number = 0; number < 5000; ++number) {
      http::Request request = hasty("https://slow.example/");
      if (number < 4096) request.deadline = 2 * kShort;  // so that they leave no slot to those behind them
      pool.send(std::move(request), [&](const http::Reply& reply) {
        if (reply.error().detail.ends_with("was looking up the name")) ++looked_up;
        if (reply.error().detail.ends_with("was waiting for other requests")) ++waited;
      });
    }
    CHECK(pool.in_flight() == 5000);
    while (pool.in_flight() > 0) REQUIRE(io.run_one_for(2s) == 1);
    CHECK(looked_up == 4096);
    CHECK(waited == 904);
  }
  open.set_value();
  left->get_future().wait();
}

TEST_CASE("pool: a connection goes out again within the turn in which it was answered") {
  RogueServer server({kServeForever});
  TestClient client;
  int answers = 0;
  std::function<void(http::Reply)> again = [&](const http::Reply& reply) {
    CHECK(body_of(reply) == "ok");
    CHECK(client.transport.connections() == 1);
    if (++answers < 100) client.transport.send(to(server.url(), Reach::kAnyAddress), again);
  };
  client.transport.send(to(server.url(), Reach::kAnyAddress), again);
  while (answers < 100) REQUIRE(client.io.run_one_for(2s) == 1);
  CHECK(server.connections() == 1);
}

TEST_CASE("pool: the transport may be destroyed from within a reply, and the others are told") {
  RogueServer server({[](Visitor& visitor) { visitor.serve(); }, [](Visitor& visitor) { visitor.wait(); }});
  boost::asio::io_context io;
  auto transport = std::make_unique<http::TlsTransport>(io, TestClient::with_authority({}));
  std::vector<std::optional<Stage>> ends;
  for (int number = 0; number < 2; ++number) {
    transport->send(to(server.url(), Reach::kAnyAddress), [&](const http::Reply& reply) {
      ends.push_back(failure_of(reply));
      transport.reset();
    });
  }
  io.run();
  CHECK(ends == std::vector<std::optional<Stage>>{std::nullopt, Stage::kRefused});
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
