#include "http/tls_transport.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <vector>

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

}  // namespace

TEST_CASE("tls transport: shut_down() ends every request, wherever it is, and the loop") {
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

TEST_CASE("tls transport: destruction with work outstanding is safe, before and while the loop runs") {
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

TEST_CASE("tls transport: the transport may be destroyed from within a reply") {
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

TEST_CASE("tls transport: a reply may send the next request") {
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

TEST_CASE("tls transport: requests that cannot be sent are refused later, not from inside send()") {
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
