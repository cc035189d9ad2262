#include "http/reach.h"

#include <doctest/doctest.h>

#include <atomic>

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

TEST_CASE("reach: any address will do for the operator's own host, over TLS") {
  CHECK_FALSE(http::objection_to(addresses({"8.8.8.8", "10.0.0.1", "169.254.1.1"}), Reach::kAnyAddress, true));
  CHECK(http::objection_to(addresses({"10.0.0.1"}), Reach::kAnyAddress, false));
}

TEST_CASE("reach: a public reach wants every address public, over TLS") {
  CHECK_FALSE(http::objection_to(addresses({"8.8.8.8", "2606:4700::1111"}), Reach::kPublicAddress, true));
  CHECK(http::objection_to(addresses({"8.8.8.8", "10.0.0.1"}), Reach::kPublicAddress, true));
  CHECK(http::objection_to(addresses({"::1", "8.8.8.8"}), Reach::kPublicAddress, true));
  CHECK(http::objection_to(addresses({"8.8.8.8"}), Reach::kPublicAddress, false));
}

TEST_CASE("reach: a private reach allows http, to private addresses alone") {
  CHECK_FALSE(http::objection_to(addresses({"127.0.0.1", "::1"}), Reach::kPrivateToo, false));
  CHECK(http::objection_to(addresses({"127.0.0.1", "8.8.8.8"}), Reach::kPrivateToo, false));
  CHECK(http::objection_to(addresses({"169.254.169.254"}), Reach::kPrivateToo, false));
  CHECK_FALSE(http::objection_to(addresses({"127.0.0.1", "8.8.8.8"}), Reach::kPrivateToo, true));
}

TEST_CASE("reach: http in the clear goes to private addresses, when that is allowed") {
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

TEST_CASE("reach: a connection made under one reach serves no other") {
  RogueServer server({kServeForever});
  TestClient client;
  CHECK(body_of(client.send(to(server.url(), Reach::kAnyAddress))) == "ok");
  CHECK(failure_of(client.send(to(server.url(), Reach::kPublicAddress))) == Stage::kRefused);
  CHECK(body_of(client.send(to(server.url(), Reach::kPrivateToo))) == "ok");
  CHECK(server.connections() == 2);
}

TEST_CASE("reach: no spelling of a private or metadata address gets past a public reach") {
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

TEST_CASE("reach: one forbidden address among several refuses the request") {
  NamedClient client([](const std::string&) { return addresses({"8.8.8.8", "127.0.0.1"}); });
  const http::Reply reply = client.send(to("https://hooks.example/secret", Reach::kPublicAddress));
  CHECK(failure_of(reply) == Stage::kRefused);
  CHECK(reply.error().detail == "hooks.example is not at a public address, which this request needs");
}

TEST_CASE("reach: the name is looked up once, and the connection goes where that look-up said") {
  RogueServer server({kServeForever});
  auto look_ups = std::make_shared<std::atomic<int>>(0);
  NamedClient client([look_ups](const std::string&) {
    return ++*look_ups == 1 ? addresses({"127.0.0.1"}) : addresses({"169.254.169.254"});
  });
  const std::string url = "https://localhost:" + server.port() + "/";
  CHECK(body_of(client.send(to(url, Reach::kPrivateToo))) == "ok");
  CHECK(*look_ups == 1);
}
