#include "http/connection.h"

#include <doctest/doctest.h>

#include "http/black_hole.h"
#include "http/rogue_server.h"
#include "http/test_client.h"

using http::Stage;
using namespace std::chrono_literals;

namespace {

/// The answer of a server that says `text` to the first request and then waits.
http::Reply answer_to(const std::string& text, std::size_t max_body = 1000, bool cut = false) {
  RogueServer server({[&](Visitor& visitor) {
    visitor.read_request();
    visitor.say(text);
    visitor.wait();
  }});
  TestClient client;
  http::Request request;
  request.url = server.url();
  request.max_body = max_body;
  request.cut_long_body = cut;
  return client.send(std::move(request));
}

/// A server that says `text` again and again, as long as anybody listens.
RogueServer::Script endlessly(const std::string& start, const std::string& text) {
  return [=](Visitor& visitor) {
    visitor.read_request();
    visitor.say(start);
    for (int times = 0; times < 1'000'000 && visitor.say(text); ++times) {
    }
  };
}

}  // namespace

TEST_CASE("connection: head and body go out in one piece and the answer comes back") {
  RogueServer server({[](Visitor& visitor) {
    visitor.read_request();
    visitor.say("HTTP/1.1 201 Created\r\nX-Id: 7\r\nContent-Length: 2\r\n\r\nhi");
  }});
  TestClient client;
  http::Request request;
  request.method = "POST";
  request.url = server.url("/a?b=c");
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{}";
  request.authorization = [] { return "OAuth x"; };
  const http::Reply reply = client.send(std::move(request));
  REQUIRE(reply);
  CHECK(reply.value().status == 201);
  CHECK(reply.value().header("x-id") == "7");
  CHECK(reply.value().body == "hi");
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0] == "POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
                                    "\r\nContent-Type: application/json\r\nUser-Agent: adsauditd\r\n"
                                    "Authorization: OAuth x\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("connection: a body of megabytes goes out, past full socket buffers") {
  RogueServer server({[](Visitor& visitor) { visitor.serve(); }});
  TestClient client;
  http::Request request;
  request.method = "POST";
  request.url = server.url();
  request.body = std::string(1 << 20, 'x');
  CHECK(body_of(client.send(std::move(request))) == "ok");
  CHECK(server.requests().at(0).ends_with("\r\n\r\n" + std::string(1 << 20, 'x')));
}

TEST_CASE("connection: an answer before the end of the request counts, but ends the connection") {
  RogueServer server({[](Visitor& visitor) {
    visitor.wait_for_a_byte();
    visitor.say("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    visitor.wait();
  }});
  TestClient client;
  http::Request request;
  request.method = "POST";
  request.url = server.url();
  request.body = std::string(8 << 20, 'x');
  const http::Reply reply = client.send(std::move(request));
  REQUIRE(reply);
  CHECK(reply.value().status == 413);
}

TEST_CASE("connection: a long body arrives whole") {
  const std::string body(300'000, 'b');
  const http::Reply reply = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body, 1'000'000);
  CHECK(body_of(reply) == body);
}

TEST_CASE("connection: a long body is malformed, or cut when that is wanted") {
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + std::string(300'000, 'b');
  CHECK(failure_of(answer_to(text)) == Stage::kMalformed);
  CHECK(body_of(answer_to(text, 10, true)) == "bbbbbbbbbb");
}

TEST_CASE("connection: the deadline holds while the server does not shake hands") {
  RogueServer::Options options;
  options.handshake = false;
  RogueServer server(options, {[](Visitor& visitor) { visitor.wait(); }});
  TestClient client;
  const http::Reply reply = client.send(hasty(server.url()));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().stage == Stage::kDeadline);
  CHECK(reply.error().detail == "127.0.0.1: no answer within 150ms; was in the TLS handshake");
}

TEST_CASE("connection: the deadline holds while the server says nothing") {
  RogueServer server({[](Visitor& visitor) { visitor.wait(); }});
  TestClient client;
  const http::Reply reply = client.send(hasty(server.url()));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().stage == Stage::kDeadline);
  CHECK(reply.error().detail == "127.0.0.1: no answer within 150ms; was waiting for the answer");
}

TEST_CASE("connection: the deadline holds while the server drips") {
  RogueServer server({[](Visitor& visitor) {
    visitor.read_request();
    visitor.drip("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 50ms);
  }});
  TestClient client;
  CHECK(failure_of(client.send(hasty(server.url()))) == Stage::kDeadline);
}

TEST_CASE("connection: the deadline holds while the server does not read") {
  RogueServer server({[](Visitor& visitor) { visitor.server_stops(); }});
  TestClient client;
  http::Request request = hasty(server.url());
  request.method = "POST";
  request.body = std::string(32 << 20, 'x');
  const http::Reply reply = client.send(std::move(request));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().detail == "127.0.0.1: no answer within 150ms; was sending");
}

TEST_CASE("connection: the deadline holds while no connection comes about") {
  const BlackHole hole;
  TestClient client;
  const http::Reply reply = client.send(hasty("https://127.0.0.1:" + std::to_string(hole.port) + "/"));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().stage == Stage::kDeadline);
  CHECK(reply.error().detail == "127.0.0.1: no answer within 150ms; was connecting");
}

TEST_CASE("connection: a port that nobody listens on fails at connecting") {
  std::string url;
  {
    RogueServer server({[](Visitor&) {}});
    url = server.url("/secret");
  }
  TestClient client;
  const http::Reply reply = client.get(url);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().stage == Stage::kConnect);
  CHECK(reply.error().detail == "127.0.0.1: Connection refused");
}

TEST_CASE("connection: a server that speaks no TLS fails at the handshake") {
  RogueServer::Options options;
  options.handshake = false;
  RogueServer server(options, {[](Visitor& visitor) {
                       visitor.say("HTTP/1.1 400 Bad Request\r\n\r\n");
                       visitor.wait();
                     }});
  TestClient client;
  CHECK(failure_of(client.get(server.url())) == Stage::kHandshake);
}

TEST_CASE("connection: a reset during the handshake fails there") {
  RogueServer::Options options;
  options.handshake = false;
  RogueServer server(options, {[](Visitor& visitor) {
                       visitor.wait_for_a_byte();
                       visitor.reset();
                     }});
  TestClient client;
  CHECK(failure_of(client.get(server.url())) == Stage::kHandshake);
}

TEST_CASE("connection: a fresh connection that breaks before the answer is an error, not a reason to try again") {
  for (const auto& end : {&Visitor::close_notify, &Visitor::finish, &Visitor::reset}) {
    RogueServer server({[&](Visitor& visitor) {
      visitor.read_request();
      (visitor.*end)();
    }});
    TestClient client;
    CHECK(failure_of(client.get(server.url())) == Stage::kRead);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("connection: an answer that breaks off is an error") {
  for (const auto& end : {&Visitor::close_notify, &Visitor::finish, &Visitor::reset}) {
    for (const char* text : {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
      CAPTURE(std::string(text));
      RogueServer server({[&](Visitor& visitor) {
        visitor.read_request();
        visitor.say(text);
        (visitor.*end)();
      }});
      TestClient client;
      CHECK(failure_of(client.get(server.url())) == Stage::kRead);
      CHECK(server.connections() == 1);
    }
  }
}

TEST_CASE("connection: a body without a length needs the server's goodbye, or it may have been cut off") {
  const auto server_ending = [](void (Visitor::*end)()) {
    return RogueServer::Script([=](Visitor& visitor) {
      visitor.read_request();
      visitor.say("HTTP/1.1 200 OK\r\n\r\nhello");
      (visitor.*end)();
      visitor.wait();
    });
  };
  RogueServer polite({server_ending(&Visitor::close_notify)});
  RogueServer rude({server_ending(&Visitor::finish)});
  TestClient client;
  CHECK(body_of(client.get(polite.url())) == "hello");
  CHECK(failure_of(client.get(rude.url())) == Stage::kRead);
}

TEST_CASE("connection: answers that are no clean HTTP are malformed") {
  CHECK(failure_of(answer_to("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n")) == Stage::kMalformed);
  CHECK(failure_of(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) ==
        Stage::kMalformed);
  CHECK(failure_of(answer_to("220 mail.example ESMTP\r\n")) == Stage::kMalformed);
}

TEST_CASE("connection: answers without end are malformed, soon") {
  RogueServer status_line({endlessly("HTTP/1.1 200 ", std::string(4000, 'a'))});
  RogueServer headers({endlessly("HTTP/1.1 200 OK\r\n", "X-Header: some value\r\n")});
  RogueServer body({endlessly("HTTP/1.1 200 OK\r\n\r\n", std::string(10'000, 'a'))});
  RogueServer chunks({endlessly("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                "fa0\r\n" + std::string(4000, 'a') + "\r\n")});
  TestClient client;
  CHECK(failure_of(client.get(status_line.url())) == Stage::kMalformed);
  CHECK(failure_of(client.get(headers.url())) == Stage::kMalformed);
  CHECK(failure_of(client.get(body.url())) == Stage::kMalformed);
  CHECK(failure_of(client.get(chunks.url())) == Stage::kMalformed);
}

TEST_CASE("connection: what a server says before it is asked is no answer") {
  RogueServer server({[](Visitor& visitor) {
    visitor.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale");
    visitor.server_stops();
  }});
  TestClient client;
  http::Request request;
  request.url = server.url();
  // It may come with the handshake, or after the request was sent; never is it taken from the handshake's bytes.
  const http::Reply reply = client.send(std::move(request));
  if (!reply) CHECK(reply.error().stage == Stage::kRead);
}

TEST_CASE("connection: addresses are tried in turn, and one that swallows everything gets its share of the time") {
  RogueServer server({[](Visitor& visitor) { visitor.serve(); }});
  const BlackHole hole;
  boost::asio::io_context io;
  http::Poller poller(io, [] {});
  http::Deadlines deadlines(io);
  struct Owner final : http::Connection::Owner {
    void opened(http::Connection&) override { ++opens; }
    void answered(http::Connection&, http::Response, bool) override {}
    void broken(http::Connection&, http::Connection::Break how) override { failure = how.error; }
    int opens = 0;
    std::optional<http::TransportError> failure;
  } owner;
  const auto loopback = boost::asio::ip::make_address("127.0.0.1");
  http::Connection::Target target{"host", "443", {}};
  target.endpoints.emplace_back(loopback, 1);          // refuses
  target.endpoints.emplace_back(loopback, hole.port);  // swallows
  target.endpoints.emplace_back(loopback, static_cast<std::uint16_t>(std::stoul(server.port())));
  const auto connection = std::make_shared<http::Connection>(poller, owner, deadlines, nullptr, target);
  connection->open(http::Deadlines::Clock::now() + 300ms);
  while (owner.opens == 0 && !owner.failure) REQUIRE(io.run_one_for(2s) == 1);
  CHECK(owner.opens == 1);
  CHECK_FALSE(owner.failure);
}
