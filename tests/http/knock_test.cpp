#include "http/knock.h"

#include <doctest/doctest.h>

#include "http/black_hole.h"
#include "http/certificate.h"
#include "http/rogue_server.h"
#include "http/test_client.h"

namespace {

using namespace std::chrono_literals;

http::Door door(const std::string& host, const std::string& port, bool tls = true) {
  http::Door door;
  door.host = host;
  door.port = port;
  door.tls = tls;
  return door;
}

http::Knock knock_once(const http::Door& at, http::TlsContext* context, base::Duration patience = 5s) {
  return http::knock({at}, context, patience).at(at);
}

http::Knock knock_at(const Certificate& certificate) {
  RogueServer::Options options;
  options.certificate = &certificate;
  RogueServer server(options, {[](Visitor& visitor) { visitor.serve(); }});
  http::TlsContext context(test_authority().file.path());
  return knock_once(door("localhost", server.port()), &context);
}

}  // namespace

TEST_CASE("knock: an open door says who opened it") {
  const auto knock = knock_at(test_authority().good);
  CHECK(knock.failure.empty());
  CHECK(knock.connected);
  CHECK_FALSE(knock.addresses.empty());
  REQUIRE(knock.peer);
  CHECK(knock.peer->version == "TLSv1.3");
  CHECK(knock.peer->certificate_ends == http::end_of(*test_authority().good.x509));
}

TEST_CASE("knock: a certificate that is not trusted is told as that") {
  const auto knock = knock_at(make_certificate({}, nullptr));
  CHECK(knock.connected);
  CHECK_FALSE(knock.peer);
  CHECK(knock.failure.find("TLS: the certificate is not trusted") == 0);
}

TEST_CASE("knock: a port without a listener, and a name without an address") {
  http::TlsContext context(test_authority().file.path());
  const auto refused = knock_once(door("127.0.0.1", "1"), &context);
  CHECK_FALSE(refused.connected);
  CHECK(refused.failure == "Connection refused");
  const auto nameless = knock_once(door("no-such-host.invalid", "443"), &context);
  CHECK(nameless.addresses.empty());
  CHECK_FALSE(nameless.failure.empty());
}

TEST_CASE("knock: whoever accepts or shakes hands never is left when the time is over") {
  http::TlsContext context(test_authority().file.path());
  const BlackHole hole;
  const auto silent = knock_once(door("127.0.0.1", std::to_string(hole.port)), &context, 50ms);
  CHECK_FALSE(silent.connected);
  CHECK(silent.failure == "no connection within 50ms");
  RogueServer::Options options;
  options.handshake = false;
  RogueServer server(options, {[](Visitor& visitor) { visitor.server_stops(); }});
  const auto mute = knock_once(door("127.0.0.1", server.port()), &context, 50ms);
  CHECK(mute.connected);
  CHECK(mute.failure == "no TLS handshake within 50ms");
}

TEST_CASE("knock: a server that hangs up in the handshake") {
  RogueServer::Options options;
  options.handshake = false;
  RogueServer server(options, {[](Visitor& visitor) { visitor.wait_for_a_byte(); }});
  http::TlsContext context(test_authority().file.path());
  const auto knock = knock_once(door("127.0.0.1", server.port()), &context);
  CHECK(knock.connected);
  CHECK(knock.failure.starts_with("TLS: "));
}

TEST_CASE("knock: all doors at once, each for itself") {
  RogueServer::Options options;
  RogueServer server(options, {[](Visitor& visitor) { visitor.serve(); }});
  http::TlsContext context(test_authority().file.path());
  const auto open = door("localhost", server.port()), shut = door("127.0.0.1", "1");
  const auto knocks = http::knock({open, shut}, &context, 5s);
  CHECK(knocks.at(open).failure.empty());
  CHECK_FALSE(knocks.at(shut).failure.empty());
  CHECK(http::knock({}, &context, 5s).empty());
}

TEST_CASE("knock: without a context, and in the clear, a connection is enough") {
  RogueServer::Options options;
  options.certificate = &test_authority().good;
  RogueServer server(options, {[](Visitor& visitor) { visitor.serve(); }});
  const auto without = knock_once(door("127.0.0.1", server.port()), nullptr);
  CHECK(without.failure.empty());
  CHECK_FALSE(without.peer);
}

TEST_CASE("certificate: the ends of those in a file, or why there are none") {
  const auto ends = http::read_certificate_ends(test_authority().file.path());
  REQUIRE(ends);
  CHECK(ends.value() == std::vector{*http::end_of(*test_authority().authority.x509)});
  CHECK(http::read_certificate_ends("/nonexistent.pem").error() == "it cannot be read: No such file or directory");
  CHECK(http::read_certificate_ends("/dev/null").error() == "there is no certificate in it");
}
