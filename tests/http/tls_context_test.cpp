#include "http/tls_context.h"

#include <doctest/doctest.h>

#include <fstream>
#include <stdexcept>

#include "http/rogue_server.h"
#include "http/test_client.h"

namespace {

/// Sends a request with an Authorization header to a server that shows this certificate.
std::optional<http::Stage> outcome_with(const Certificate& certificate, const std::string& host = "127.0.0.1") {
  RogueServer::Options options;
  options.certificate = &certificate;
  RogueServer server(options, {[](Visitor& visitor) { visitor.serve(); }});
  TestClient client;
  http::Request request;
  request.url = "https://" + host + ":" + server.port() + "/";
  bool asked = false;
  request.authorization = [&] {
    asked = true;
    return "secret";
  };
  const auto failure = failure_of(client.send(std::move(request)));
  CHECK(asked == !failure.has_value());  // not even made, let alone sent
  CHECK(server.requests().size() == (failure ? 0 : 1));
  return failure;
}

}  // namespace

TEST_CASE("tls context: a certificate for the host, from the authority, is trusted") {
  CHECK(outcome_with(test_authority().good) == std::nullopt);
  CHECK(outcome_with(test_authority().good, "localhost") == std::nullopt);
}

TEST_CASE("tls context: a closing dot is not part of the name in the certificate") {
  http::TlsContext context(test_authority().file.path());
  http::Wire wire;
  const auto client = context.make_client(wire, "localhost.", "443");
  CHECK(std::string(::SSL_get_servername(client.get(), TLSEXT_NAMETYPE_host_name)) == "localhost");
}

TEST_CASE("tls context: an address is not sent as a server name") {
  http::TlsContext context(test_authority().file.path());
  http::Wire wire;
  const auto client = context.make_client(wire, "127.0.0.1", "443");
  CHECK(::SSL_get_servername(client.get(), TLSEXT_NAMETYPE_host_name) == nullptr);
}

TEST_CASE("tls context: bad certificates get nothing") {
  const Certificate& authority = test_authority().authority;
  const Certificate other = make_certificate({.authority = true, .usage = ""}, nullptr);
  CHECK(outcome_with(make_certificate({.ends_in = -60}, &authority)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.starts_in = 60}, &authority)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({}, nullptr)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({}, &other)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.usage = "clientAuth"}, &authority)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.digest = ::EVP_sha1()}, &authority)) == http::Stage::kHandshake);
}

TEST_CASE("tls context: the certificate must name the host as it was asked for") {
  const Certificate& authority = test_authority().authority;
  CHECK(outcome_with(make_certificate({.names = "DNS:other.example"}, &authority)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.names = "DNS:127.0.0.1"}, &authority)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.names = "IP:127.0.0.2"}, &authority)) == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.names = "IP:127.0.0.1"}, &authority), "localhost") == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.names = "DNS:*"}, &authority), "localhost") == http::Stage::kHandshake);
  CHECK(outcome_with(make_certificate({.names = "", .usage = "serverAuth"}, &authority)) == http::Stage::kHandshake);
}

TEST_CASE("tls context: TLS 1.1 is refused, 1.2 is not") {
  RogueServer::Options options;
  options.max_version = TLS1_1_VERSION;
  RogueServer old(options, {[](Visitor& visitor) { visitor.serve(); }});
  options.max_version = TLS1_2_VERSION;
  RogueServer fine(options, {[](Visitor& visitor) { visitor.serve(); }});
  TestClient client;
  CHECK(failure_of(client.get(old.url())) == http::Stage::kHandshake);
  CHECK(body_of(client.get(fine.url())) == "ok");
}

TEST_CASE("tls context: the complaint says what is wrong with the certificate, and for whom") {
  const Certificate expired = make_certificate({.ends_in = -60}, &test_authority().authority);
  RogueServer::Options options;
  options.certificate = &expired;
  RogueServer server(options, {[](Visitor&) {}});
  TestClient client;
  const http::Reply reply = client.get(server.url("/secret-path?secret-query"));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().detail == "127.0.0.1: the certificate is not trusted: certificate has expired");
}

TEST_CASE("tls context: the second connection resumes the session of the first") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    RogueServer::Options options;
    options.max_version = version;
    RogueServer server(options, {[](Visitor& visitor) {
                         if (visitor.read_request().empty()) return;
                         visitor.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                         visitor.wait();
                       }});
    TestClient client;
    for (int request = 0; request < 4; ++request) CHECK(body_of(client.get(server.url())) == "ok");
    CHECK(server.handshakes() == 4);
    CHECK(server.resumed() == 3);
  }
}

TEST_CASE("tls context: a session survives a connection that was reset") {
  RogueServer server({[](Visitor& visitor) {
    visitor.serve();
    visitor.read_request();
    visitor.reset();
  }});
  TestClient client;
  for (int request = 0; request < 3; ++request) CHECK(body_of(client.get(server.url())) == "ok");
  CHECK(server.connections() == 3);
  CHECK(server.resumed() == 2);
}

TEST_CASE("tls context: a file without certificates is refused at once, by name") {
  boost::asio::io_context io;
  http::TlsOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  CHECK_THROWS_WITH_AS(
      http::TlsTransport(io, options),
      "http: cannot read certificates from /nonexistent/ca.pem: No such file or directory; ca_file must "
      "name a PEM file with the trusted roots",
      std::runtime_error);
  options.ca_file = "/dev/null";
  CHECK_THROWS_AS(http::TlsTransport(io, options), std::runtime_error);
}
