#include "http/mail_transport.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include "http/black_hole.h"
#include "http/mail_client.h"
#include "http/smtp_server.h"

using http::Reach;
using http::Stage;
using namespace std::chrono_literals;

namespace {

SmtpManners stalling_at(const std::string& moment) {
  SmtpManners manners;
  manners.answers[moment] = kStall;
  return manners;
}

/// How a mail with a short deadline ends at a server that stalls at this moment.
http::Reply hasty_reply(const std::string& moment) {
  RogueServer server(kStartTls, {smtp_script(stalling_at(moment))});
  http::Request request = mail_to(smtp_url(server));
  request.deadline = kShort;
  return MailClient().send(std::move(request));
}

/// What becomes of a mail to one of these addresses, none of which may hear of it.
std::optional<Stage> failure_at(const std::string& url, Reach reach) {
  return failure_of(MailClient().send(mail_to(url, reach)));
}

}  // namespace

TEST_CASE("mail transport: the deadline holds wherever the server stalls, and the complaint says where") {
  CHECK(words_of(hasty_reply("CONNECT")) ==
        "127.0.0.1: not sent within 150ms; was agreeing on the mail with the server");
  CHECK(words_of(hasty_reply(".")) ==
        "127.0.0.1: not sent within 150ms; was waiting for the server to accept the mail");
  for (const char* moment : {"CONNECT", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "."}) {
    CAPTURE(std::string(moment));
    const auto start = std::chrono::steady_clock::now();
    CHECK(failure_of(hasty_reply(moment)) == Stage::kDeadline);
    CHECK(std::chrono::steady_clock::now() - start < 1s);  // its thread has ended by then
  }
}

TEST_CASE("mail transport: the deadline holds while no connection comes about") {
  const BlackHole hole;
  http::Request request = mail_to("smtp://127.0.0.1:" + std::to_string(hole.port));
  request.deadline = kShort;
  const http::Reply reply = MailClient().send(std::move(request));
  CHECK(failure_of(reply) == Stage::kDeadline);
  CHECK(words_of(reply) == "127.0.0.1: not sent within 150ms; was connecting");
}

TEST_CASE("mail transport: the deadline holds during the handshake") {
  RogueServer server(kStartTls, {[](Visitor& visitor) {
                       visitor.say("220 mail.test\r\n");
                       for (const char* answer : {"250 STARTTLS\r\n", "220 go ahead\r\n"}) {
                         visitor.read_line();
                         visitor.say(answer);
                       }
                       visitor.server_stops();
                     }});
  http::Request request = mail_to(smtp_url(server));
  request.deadline = kShort;
  CHECK(failure_of(MailClient().send(std::move(request))) == Stage::kDeadline);
}

TEST_CASE("mail transport: the deadline holds while the server does not read") {
  RogueServer server(kStartTls, {[](Visitor& visitor) {
                       visitor.say("220 mail.test\r\n");
                       for (const char* answer : {"250 no TLS\r\n", "250 ok\r\n", "250 ok\r\n", "354 go ahead\r\n"}) {
                         visitor.read_line();
                         visitor.say(answer);
                       }
                       visitor.server_stops();
                     }});
  http::Request request = mail_to(smtp_url(server), Reach::kPrivateToo);
  request.deadline = 2 * kShort;
  for (int line = 0; line < 300'000; ++line) request.body += "more than the sockets take\r\n";
  const http::Reply reply = MailClient().send(std::move(request));
  CHECK(words_of(reply) == "127.0.0.1: not sent within 300ms; was sending the mail");
}

TEST_CASE("mail transport: the deadline holds while the name is looked up") {
  RogueServer server(kStartTls, {smtp_script()});
  auto asleep = std::make_shared<RogueServer>(kStartTls, std::vector{smtp_script()});
  MailClient client([asleep](const std::string&) {
    asleep->wait_until_told();
    return addresses({"127.0.0.1"});
  });
  http::Request request = mail_to("smtp://mail.example:" + server.port());
  request.deadline = kShort;
  const http::Reply reply = client.send(std::move(request));
  CHECK(words_of(reply) == "mail.example: not sent within 150ms; was looking up the name");
  asleep->tell();
}

TEST_CASE("mail transport: a slow server delays no other") {
  RogueServer slow(kStartTls, {smtp_script(stalling_at("."))});
  RogueServer fast(kStartTls, {smtp_script()});
  MailClient client;
  int late = 0;
  for (int mail = 0; mail < 20; ++mail)
    client.transport.send(mail_to(smtp_url(slow)), [&](const http::Reply&) { ++late; });
  const auto start = std::chrono::steady_clock::now();
  for (int mail = 0; mail < 3; ++mail) CHECK(status_of(client.send(mail_to(smtp_url(fast)))) == 250);
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(late == 0);
  CHECK(slow.connections() == 3);
}

TEST_CASE("mail transport: mails for one server wait for a place, and all get one, in order") {
  RogueServer server(kStartTls, {smtp_script()});
  MailClient client;
  int sent = 0;
  for (int mail = 0; mail < 10; ++mail) {
    client.transport.send(mail_to(smtp_url(server)),
                          [&](const http::Reply& reply) { sent += status_of(reply) == 250 ? 1 : 0; });
  }
  CHECK(client.transport.in_flight() == 10);
  while (client.transport.in_flight() > 0) REQUIRE(client.io.run_one_for(5s) == 1);
  CHECK(sent == 10);
  CHECK(server.connections() == 10);
}

TEST_CASE("mail transport: a mail that is still waiting reaches its deadline, too, and gives up its place") {
  RogueServer server(kStartTls, {smtp_script(stalling_at(".")), smtp_script(stalling_at(".")),
                                 smtp_script(stalling_at(".")), smtp_script()});
  MailClient client;
  std::vector<std::string> words;
  for (int mail = 0; mail < 4; ++mail) {
    http::Request request = mail_to(smtp_url(server));
    request.deadline = mail < 3 ? 2 * kShort : kShort;
    client.transport.send(std::move(request), [&](const http::Reply& reply) { words.push_back(words_of(reply)); });
  }
  CHECK(status_of(client.send(mail_to(smtp_url(server)))) == 250);
  REQUIRE(words.size() == 4);
  CHECK(words[0] == "127.0.0.1: not sent within 150ms; was waiting for other mails");
  CHECK(server.connections() == 4);
}

TEST_CASE("mail transport: shut_down() ends every mail, wherever it is, and the loop") {
  RogueServer silent(kStartTls, {smtp_script(stalling_at("CONNECT"))});
  RogueServer full(kStartTls, {smtp_script(stalling_at("."))});
  const BlackHole hole;
  MailClient client;
  std::vector<Stage> stages;
  const auto note = [&](const http::Reply& reply) { stages.push_back(reply.error().stage); };
  for (int mail = 0; mail < 5; ++mail) client.transport.send(mail_to(smtp_url(silent)), note);
  client.transport.send(mail_to(smtp_url(full)), note);
  client.transport.send(mail_to("smtp://127.0.0.1:" + std::to_string(hole.port)), note);
  client.transport.send(mail_to("smtp://localhost:" + silent.port()), note);
  client.io.run_for(100ms);
  client.transport.shut_down();
  CHECK(stages.empty());
  CHECK(client.transport.in_flight() == 8);
  client.transport.send(mail_to(smtp_url(full)), note);
  CHECK(stages.empty());
  client.io.restart();
  client.io.run();  // returns
  CHECK(stages == std::vector<Stage>(9, Stage::kRefused));
  CHECK(client.transport.in_flight() == 0);
}

TEST_CASE("mail transport: destruction with work outstanding is safe and quick, before and while the loop runs") {
  RogueServer silent(kStartTls, {smtp_script(stalling_at("STARTTLS"))});
  const BlackHole hole;
  int replies = 0;
  boost::asio::io_context io;
  for (const auto running : {0ms, 1ms, 5ms, 50ms}) {
    auto transport = std::make_unique<http::MailTransport>(io, TestClient::with_authority({}));
    for (const std::string& port : {silent.port(), std::to_string(hole.port)})
      for (const char* host : {"127.0.0.1:", "localhost:"})
        transport->send(mail_to("smtp://" + (host + port)), [&](const http::Reply& reply) {
          ++replies;
          CHECK(failure_of(reply) == Stage::kRefused);
        });
    if (running > 0ms) io.run_for(running);
    const auto start = std::chrono::steady_clock::now();
    transport.reset();
    CHECK(std::chrono::steady_clock::now() - start < 1s);
  }
  io.restart();
  io.run();
  CHECK(replies == 16);
}

TEST_CASE("mail transport: the transport may be destroyed from within a reply, which may also send the next mail") {
  RogueServer server(kStartTls, {smtp_script()});
  boost::asio::io_context io;
  auto transport = std::make_unique<http::MailTransport>(io, TestClient::with_authority({}));
  int replies = 0;
  std::function<void(const http::Reply&)> on_reply = [&](const http::Reply&) {
    if (++replies == 1) return transport->send(mail_to(smtp_url(server)), on_reply);
    transport.reset();
  };
  transport->send(mail_to(smtp_url(server)), on_reply);
  io.run();
  CHECK(replies == 2);
}

TEST_CASE("mail transport: a mail that cannot be sent is refused later, and the complaint repeats nothing of it") {
  MailClient client;
  const auto refusal = [&](const http::Request& request) {
    const http::Reply reply = client.send(request);
    CHECK(failure_of(reply) == Stage::kRefused);
    return words_of(reply);
  };
  http::Request request = mail_to("smtp://mail.example");
  request.mail = nullptr;
  CHECK(refusal(request) == "mail.example: the mail has no envelope");
  request = mail_to("smtp://mail.example");
  const auto mail = envelope("hunter2");
  mail->to = {"ops@example.com>\r\nRCPT TO:<eve@example.com"};
  request.mail = mail;
  CHECK(refusal(request) == "mail.example: a recipient is no mail address");
  request = mail_to("smtp://mail.example");
  request.body = "Subject: a\r\n\r\n\n.\nMAIL FROM:<eve@example.com>\r\n";
  CHECK(refusal(request) == "mail.example: the message has a line that does not end in CR LF, or holds a NUL");
  CHECK(refusal(mail_to("smtp://ops:hunter2@mail.example")).find("hunter2") == std::string::npos);
  CHECK(refusal(mail_to("https://mail.example/")) == "the URL's scheme is neither smtps nor smtp");
}

TEST_CASE("mail transport: a file without certificates is complained about at once") {
  boost::asio::io_context io;
  http::TlsOptions options;
  options.ca_file = "/nonexistent.pem";
  CHECK_THROWS_AS(http::MailTransport(io, options), std::runtime_error);
}

TEST_CASE("mail transport: a public reach keeps mail from loopback and private addresses, however they are spelled") {
  RogueServer server({.handshake = false}, {smtp_script()});
  for (const char* host : {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1",
                           "169.254.169.254", "[fd00::1]"}) {
    CAPTURE(std::string(host));
    const auto stage = failure_at("smtp://" + std::string(host) + ":" + server.port(), Reach::kPublicAddress);
    CHECK((stage == Stage::kRefused || stage == Stage::kResolve));
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("mail transport: one forbidden address among several refuses the mail") {
  MailClient client([](const std::string&) { return addresses({"8.8.8.8", "127.0.0.1"}); });
  const http::Reply reply = client.send(mail_to("smtp://mail.example", Reach::kPublicAddress));
  CHECK(failure_of(reply) == Stage::kRefused);
  CHECK(words_of(reply) == "mail.example is not at a public address, which this request needs");
}

TEST_CASE("mail transport: a name that is private in part gets nothing in the clear") {
  RogueServer server(kStartTls, {smtp_script({.offers_starttls = false})});
  MailClient client([](const std::string&) { return addresses({"127.0.0.1", "8.8.8.8"}); });
  const http::Reply reply = client.send(mail_to("smtp://mail.example:" + server.port(), Reach::kPrivateToo));
  CHECK(failure_of(reply) == Stage::kHandshake);
  CHECK(server.connections() == 1);
}

TEST_CASE("mail transport: the connection goes to a looked-up address, the next when one does not answer") {
  const Certificate certificate = make_certificate({.names = "DNS:mail.example"}, &test_authority().authority);
  RogueServer server({.certificate = &certificate, .handshake = false}, {smtp_script()});
  MailClient client([](const std::string& host) {
    return host == "mail.example." ? addresses({"127.0.0.2", "127.0.0.1"}) : http::Addresses();
  });
  CHECK(status_of(client.send(mail_to("smtp://MAIL.example.:" + server.port()))) == 250);
  CHECK(failure_of(client.send(mail_to("smtp://other.example:" + server.port()))) == Stage::kResolve);
  CHECK(server.connections() == 1);
}

TEST_CASE("mail transport: mails that end before there is a connection leave their places to others") {
  RogueServer server(kStartTls, {smtp_script()});
  auto look_ups = std::make_shared<std::atomic<int>>(0);
  MailClient client(
      [look_ups](const std::string&) { return ++*look_ups <= 4 ? http::Addresses() : addresses({"127.0.0.1"}); });
  const std::string url = "smtp://localhost:" + server.port();
  for (int mail = 0; mail < 4; ++mail) CHECK(failure_of(client.send(mail_to(url))) == Stage::kResolve);
  CHECK(status_of(client.send(mail_to(url))) == 250);
}

TEST_CASE("mail transport: a port that nobody listens on fails at connecting") {
  std::string port;
  {
    RogueServer gone(kStartTls, {smtp_script()});
    port = gone.port();
  }
  const http::Reply reply = MailClient().send(mail_to("smtp://127.0.0.1:" + port));
  CHECK(failure_of(reply) == Stage::kConnect);
  CHECK(words_of(reply) == "127.0.0.1: Connection refused");
}
