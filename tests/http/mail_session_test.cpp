#include "http/mail_session.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/encoding.h"
#include "http/mail_client.h"
#include "http/smtp_server.h"

using http::Reach;
using http::Stage;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

/// The lines that the server read, without EHLO's argument, which is the name of this machine, and without QUIT, which
/// may still be on its way.
Lines lines_of(const RogueServer& server) {
  Lines lines = server.requests();
  std::erase(lines, "QUIT");
  for (std::string& line : lines) {
    if (line.starts_with("EHLO ")) line = "EHLO";
  }
  return lines;
}

bool is_in(const std::string& line, const Lines& lines) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

/// What comes of a mail, with a password, to a server that gives this answer.
http::Reply outcome_of(const std::string& to, const std::string& answer, const std::string& password = "hunter2") {
  SmtpManners manners;
  manners.answers[to] = answer;
  RogueServer server(kStartTls, {smtp_script(manners)});
  http::Request request = mail_to(smtp_url(server));
  request.mail = envelope(password);
  return MailClient().send(std::move(request));
}

/// A server of its own for one mail: what comes of it, and what the server heard.
struct Visit {
  explicit Visit(const Certificate& certificate, int max_version = 0)
      : server({.certificate = &certificate, .max_version = max_version, .handshake = false}, {smtp_script()}) {
    http::Request request = mail_to(smtp_url(server));
    request.mail = envelope("hunter2");
    reply = MailClient().send(std::move(request));
  }
  RogueServer server;
  http::Reply reply = http::Response{};
};

}  // namespace

TEST_CASE("mail session: a mail goes out after STARTTLS, and its server's last word comes back") {
  RogueServer server(kStartTls, {smtp_script()});
  const http::Reply reply = MailClient().send(mail_to(smtp_url(server)));
  CHECK(status_of(reply) == 250);
  CHECK(words_of(reply) == "250 2.0.0 queued as 4711");
  CHECK(lines_of(server) == Lines{"EHLO", "STARTTLS", "EHLO", "MAIL FROM:<adsauditd@example.com> SIZE=30",
                                  "RCPT TO:<ops@example.com>", "DATA", "Subject: hello", "", "first line", "."});
}

TEST_CASE("mail session: any 2xx after the message will do") {
  CHECK(status_of(outcome_of(".", "252 2.0.0 taken")) == 250);
}

TEST_CASE("mail session: the answer to our goodbye is no verdict on the mail") {
  for (const char* answer : {"354 what", "150 wait", "999 what"}) {
    CAPTURE(std::string(answer));
    CHECK(failure_of(outcome_of(".", answer)) == Stage::kMalformed);
  }
}

TEST_CASE("mail session: smtps is under TLS from the first byte") {
  RogueServer server({smtp_script()});
  CHECK(status_of(MailClient().send(mail_to("smtps://127.0.0.1:" + server.port()))) == 250);
  CHECK(server.handshakes() == 1);
  CHECK_FALSE(is_in("STARTTLS", server.requests()));
}

TEST_CASE("mail session: the message arrives as it was, dots and all, and whatever its size") {
  RogueServer server(kStartTls, {smtp_script()});
  http::Request request = mail_to(smtp_url(server));
  request.body = "Subject: dots\r\n\r\n.\r\n..two\r\n.end\r\n";
  for (int line = 0; line < 10'000; ++line) request.body += "line " + std::to_string(line) + "\r\n";
  REQUIRE(status_of(MailClient().send(std::move(request))) == 250);
  const Lines lines = lines_of(server);
  const auto start = std::find(lines.begin(), lines.end(), "Subject: dots");
  REQUIRE(lines.end() - start == 10'000 + 6);
  CHECK(Lines(start, start + 5) == Lines{"Subject: dots", "", "..", "...two", "..end"});  // RFC 5321 section 4.5.2
  CHECK(*(start + 5 + 9'999) == "line 9999");
  CHECK(lines.back() == ".");
}

TEST_CASE("mail session: signs in before it says anything of the mail") {
  RogueServer server(kStartTls, {smtp_script()});
  http::Request request = mail_to(smtp_url(server));
  request.mail = envelope("hunter2");
  REQUIRE(status_of(MailClient().send(std::move(request))) == 250);
  const Lines lines = lines_of(server);
  REQUIRE(lines.size() > 6);
  CHECK(Lines(lines.begin(), lines.begin() + 5) ==
        Lines{"EHLO", "STARTTLS", "EHLO", "AUTH PLAIN", base::to_base64(std::string("\0ops\0hunter2", 12))});
}

TEST_CASE("mail session: signs in with PLAIN or LOGIN only") {
  for (const char* offers : {"LOGIN CRAM-MD5", "CRAM-MD5 NTLM GSSAPI"}) {
    CAPTURE(std::string(offers));
    RogueServer server(kStartTls, {smtp_script({.offers_auth = offers})});
    http::Request request = mail_to(smtp_url(server));
    request.mail = envelope("hunter2");
    request.deadline = 1s;  // the script knows no LOGIN
    const http::Reply reply = MailClient().send(std::move(request));
    const bool logs_in = std::string(offers).starts_with("LOGIN");
    CHECK(is_in("AUTH LOGIN", server.requests()) == logs_in);
    if (logs_in) continue;
    CHECK(failure_of(reply) == Stage::kRefused);
    CHECK(words_of(reply) == "127.0.0.1: the server offers no way to sign in that is spoken here (PLAIN or LOGIN)");
    CHECK(lines_of(server) == Lines{"EHLO", "STARTTLS", "EHLO"});
  }
}

TEST_CASE("mail session: a server without STARTTLS hears of neither mail nor password") {
  for (const Reach reach : {Reach::kAnyAddress, Reach::kPublicAddress}) {
    RogueServer server(kStartTls, {smtp_script({.offers_starttls = false})});
    http::Request request = mail_to(smtp_url(server), reach);
    request.mail = envelope("hunter2");
    const http::Reply reply = MailClient().send(std::move(request));
    if (reach == Reach::kPublicAddress) {
      CHECK(failure_of(reply) == Stage::kRefused);
      CHECK(server.connections() == 0);
    } else {
      CHECK(failure_of(reply) == Stage::kHandshake);
      CHECK(words_of(reply) == "127.0.0.1: the server offers no STARTTLS, and mail goes out under TLS only");
      CHECK(lines_of(server) == Lines{"EHLO"});
    }
  }
}

TEST_CASE("mail session: a private server without STARTTLS gets the mail in the clear where that is allowed") {
  RogueServer server(kStartTls, {smtp_script({.offers_starttls = false})});
  http::Request request = mail_to(smtp_url(server), Reach::kPrivateToo);
  request.mail = envelope("hunter2");
  CHECK(status_of(MailClient().send(std::move(request))) == 250);
  CHECK(server.connections() == 2);
  CHECK(is_in("first line", server.requests()));
}

TEST_CASE("mail session: a private server that offers STARTTLS gets nothing in the clear") {
  for (const char* answer : {"454 4.7.0 TLS not available", "220 go ahead"}) {
    SmtpManners manners;
    manners.answers["STARTTLS"] = answer;
    const Certificate stranger = make_certificate({}, nullptr);
    RogueServer server({.certificate = &stranger, .handshake = false}, {smtp_script(manners)});
    http::Request request = mail_to(smtp_url(server), Reach::kPrivateToo);
    request.mail = envelope("hunter2");
    const http::Reply reply = MailClient().send(std::move(request));
    CHECK((status_of(reply) == 454 || failure_of(reply) == Stage::kHandshake));
    CHECK(server.connections() == 1);
    CHECK(lines_of(server) == Lines{"EHLO", "STARTTLS"});
  }
}

TEST_CASE("mail session: a wrong certificate ends it before anything is said of the mail") {
  const Certificate& authority = test_authority().authority;
  const Certificate other = make_certificate({.names = "DNS:other", .authority = true, .usage = ""}, nullptr);
  std::vector<Certificate> wrong;
  wrong.push_back(make_certificate({}, nullptr));
  wrong.push_back(make_certificate({}, &other));
  wrong.push_back(make_certificate({.names = "DNS:mail.example"}, &authority));
  wrong.push_back(make_certificate({.names = "IP:127.0.0.2"}, &authority));
  wrong.push_back(make_certificate({.ends_in = -60}, &authority));
  wrong.push_back(make_certificate({.starts_in = 3600, .ends_in = 7200}, &authority));
  wrong.push_back(make_certificate({.usage = "clientAuth"}, &authority));
  wrong.push_back(make_certificate({.digest = ::EVP_sha1()}, &authority));
  for (const Certificate& certificate : wrong) {
    CAPTURE(&certificate - wrong.data());
    const Visit visit(certificate);
    CHECK(failure_of(visit.reply) == Stage::kHandshake);
    CHECK(lines_of(visit.server) == Lines{"EHLO", "STARTTLS"});
  }
}

TEST_CASE("mail session: the complaint says what is wrong with the certificate") {
  const Visit visit(make_certificate({.ends_in = -60}, &test_authority().authority));
  CHECK(words_of(visit.reply) == "127.0.0.1: SSL certificate problem: certificate has expired");
}

TEST_CASE("mail session: TLS 1.1 is refused, 1.2 is not") {
  CHECK(failure_of(Visit(test_authority().good, TLS1_1_VERSION).reply) == Stage::kHandshake);
  CHECK(status_of(Visit(test_authority().good, TLS1_2_VERSION).reply) == 250);
}

TEST_CASE("mail session: the proxies of the environment are not for mail") {
  ::setenv("all_proxy", "socks5h://127.0.0.1:1", 1);
  RogueServer server(kStartTls, {smtp_script()});
  const http::Reply reply = MailClient().send(mail_to(smtp_url(server)));
  ::unsetenv("all_proxy");
  CHECK(status_of(reply) == 250);
}

TEST_CASE("mail session: what the server refuses comes back as its code and text, at whatever step") {
  CHECK(status_of(outcome_of("CONNECT", "554 5.7.1 not you")) == 554);
  CHECK(status_of(outcome_of("EHLO", "421 4.3.2 closing")) == 421);
  CHECK(status_of(outcome_of("STARTTLS", "454 4.7.0 TLS not available")) == 454);
  CHECK(status_of(outcome_of("AUTH", "504 5.5.4 no")) == 504);
  CHECK(status_of(outcome_of("PASSWORD", "535 5.7.8 wrong")) == 535);
  CHECK(status_of(outcome_of("MAIL", "553 5.1.8 sender")) == 553);
  CHECK(status_of(outcome_of("RCPT", "450 4.2.1 later")) == 450);
  CHECK(status_of(outcome_of("DATA", "451 4.3.0 trouble")) == 451);
  const http::Reply reply = outcome_of(".", "550-5.7.1 spam,\r\n550 5.7.1 or so it seems");
  CHECK(status_of(reply) == 550);
  CHECK(words_of(reply) == "550-5.7.1 spam,\n550 5.7.1 or so it seems");
}

TEST_CASE("mail session: one refused recipient refuses the mail") {
  SmtpManners manners;
  manners.answers["RCPT TO:<gone@example.com>"] = "550 5.1.1 unknown";
  RogueServer server(kStartTls, {smtp_script(manners)});
  http::Request request = mail_to(smtp_url(server));
  const auto mail = envelope();
  mail->to = {"ops@example.com", "gone@example.com", "boss@example.com"};
  request.mail = mail;
  CHECK(status_of(MailClient().send(std::move(request))) == 550);
  CHECK_FALSE(is_in("DATA", server.requests()));
}

TEST_CASE("mail session: a server that repeats the password is not quoted with it") {
  const std::string encoded = base::to_base64(std::string("\0ops\0hunter2", 12));
  CHECK(words_of(outcome_of("PASSWORD", "535 no: " + encoded)) == "535 no: (hidden)");
  CHECK(words_of(outcome_of("PASSWORD", "535 ops, hunter2, aHVudGVyMg==")) == "535 ops, (hidden), (hidden)");
  CHECK(words_of(outcome_of(".", "250 hunter2 and hunter2")) == "250 (hidden) and (hidden)");
}

TEST_CASE("mail session: a refusal is cut at 4 KiB") {
  const std::string line = "550-" + std::string(400, 'x') + "\r\n";
  std::string text;
  for (int lines = 0; lines < 20; ++lines) text += line;
  const http::Reply reply = outcome_of("RCPT", text + "550 end");
  CHECK(status_of(reply) == 550);
  CHECK(words_of(reply).size() == 4096);
}

TEST_CASE("mail session: a server that hangs up gives no verdict") {
  for (const char* moment : {"CONNECT", "EHLO", "AUTH", "PASSWORD", "MAIL", "RCPT", "DATA", "."}) {
    CAPTURE(std::string(moment));
    CHECK(failure_of(outcome_of(moment, kHangUp)) == Stage::kRead);
  }
  CHECK(failure_of(outcome_of("STARTTLS", kHangUp)) == Stage::kRead);
}

TEST_CASE("mail session: says goodbye") {
  RogueServer server(kStartTls, {[&](Visitor& visitor) {
                       smtp_script()(visitor);
                       server.signal();
                     }});
  CHECK(status_of(MailClient().send(mail_to(smtp_url(server)))) == 250);
  REQUIRE(server.wait_for_signal());
  CHECK(server.requests().back() == "QUIT");
}

TEST_CASE("mail session: a server that stays away for its goodbye changes nothing and costs no time") {
  CHECK(status_of(outcome_of("QUIT", kStall)) == 250);
  CHECK(status_of(outcome_of("QUIT", kHangUp)) == 250);
  SmtpManners manners;
  manners.answers = {{"RCPT", "450 4.2.1 later"}, {"QUIT", kStall}};
  RogueServer server(kStartTls, {smtp_script(manners)});
  CHECK(status_of(MailClient().send(mail_to(smtp_url(server)))) == 450);
}

TEST_CASE("mail session: what is no SMTP is told apart") {
  RogueServer talker(kStartTls, {[](Visitor& visitor) {
                       while (visitor.say("250-more\r\n")) {
                       }
                     }});
  const http::Reply endless = MailClient().send(mail_to(smtp_url(talker)));
  CHECK(failure_of(endless) == Stage::kMalformed);
  CHECK(words_of(endless) == "127.0.0.1: the server's replies have no end");
  RogueServer web(kStartTls, {[](Visitor& visitor) { visitor.say("HTTP/1.1 400 Bad Request\r\n\r\n"); }});
  CHECK(failure_of(MailClient().send(mail_to(smtp_url(web)))) == Stage::kRead);
  CHECK(failure_of(outcome_of("CONNECT", "354 what")) == Stage::kMalformed);
  CHECK(failure_of(outcome_of("CONNECT", "999 what")) == Stage::kMalformed);
  RogueServer clear(kStartTls, {smtp_script()});
  CHECK(failure_of(MailClient().send(mail_to("smtps://127.0.0.1:" + clear.port()))) == Stage::kHandshake);
}

TEST_CASE("mail session: nothing is believed that came before STARTTLS took effect") {
  SmtpManners manners;
  manners.answers["STARTTLS"] = "220 go ahead\r\n250 injected";
  RogueServer server(kStartTls, {smtp_script(manners)});
  CHECK_FALSE(MailClient().send(mail_to(smtp_url(server))).ok());
}
