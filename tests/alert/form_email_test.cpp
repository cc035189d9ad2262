#include <doctest/doctest.h>

#include <algorithm>

#include "alert/form.h"
#include "alert/hostile.h"
#include "alert/render.h"
#include "base/text.h"
#include "http/mail.h"

using namespace alert;
using verdict::Cause;

namespace {

Destination mailbox() {
  return {.name = "mail",
          .channel = Channel::kEmail,
          .url = base::Secret("smtp://mail.example:587"),
          .secret = base::Secret("topsecret"),
          .username = "u",
          .from = "adsauditd@example.com",
          .to = {"ops@example.com", "first.last+x@example.org"}};
}
std::string complaint(const Destination& destination) { return complaint_about(destination).value_or("none"); }

http::Request sent(const std::string& body) {
  PendingDelivery pending;
  pending.body = body;
  return *form_of(Channel::kEmail).request(mailbox(), pending, base::Instant{});
}
http::Request sent(const Alert& alert) { return sent(render(Channel::kEmail, alert)); }

/// The lines of the header, unfolded.
std::vector<std::string> headers_of(const std::string& message) {
  std::vector<std::string> headers;
  const std::string head = message.substr(0, message.find("\r\n\r\n"));
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string line = head.substr(at, end - at);
    if (line.starts_with(' '))
      headers.back() += line;
    else
      headers.push_back(line);
    at = end + 2;
  }
  return headers;
}

std::string header(const http::Request& request, const std::string& name) {
  for (const std::string& line : headers_of(request.body)) {
    if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
  }
  return "missing";
}

std::vector<std::string> names_of(const http::Request& request) {
  std::vector<std::string> names;
  for (const std::string& line : headers_of(request.body)) names.push_back(line.substr(0, line.find(':')));
  return names;
}

}  // namespace

TEST_CASE("email: a message is complete, with an envelope beside it") {
  const http::Request request = sent(samples::alert(Cause::kTokenRevoked, State::kOpened));
  CHECK(request.url == "smtp://mail.example:587");
  REQUIRE(request.mail);
  CHECK(request.mail->from == "adsauditd@example.com");
  CHECK(request.mail->to == std::vector<std::string>{"ops@example.com", "first.last+x@example.org"});
  CHECK(request.mail->username == "u");
  CHECK(request.mail->password.reveal() == "topsecret");
  CHECK_FALSE(request.idempotent);
  CHECK(request.body.find("topsecret") == std::string::npos);
  CHECK_FALSE(http::fault_in(*request.mail, request.body));
  CHECK(header(request, "From") == "adsauditd <adsauditd@example.com>");
  CHECK(header(request, "To") == "ops@example.com, first.last+x@example.org");
  CHECK(header(request, "Date") == "Mon, 23 Nov 2026 10:15:02 +0000");
  CHECK(header(request, "Auto-Submitted") == "auto-generated");
  CHECK(header(request, "Content-Type") == "text/plain; charset=utf-8");
  CHECK(header(request, "Content-Transfer-Encoding") == "quoted-printable");
}

TEST_CASE("email: sender and recipients are in what is sent, not in what is stored") {
  const std::string body = render(Channel::kEmail, samples::alert(Cause::kTokenRevoked, State::kOpened));
  CHECK(body.find("example.com") == std::string::npos);
  CHECK(body.starts_with("Date: "));
}

TEST_CASE("email: all messages of an incident are one thread, under one subject") {
  const http::Request first = sent(samples::alert(Cause::kTokenRevoked, State::kOpened));
  CHECK(header(first, "Message-ID") == "<inc_01M83YDS76HWS9EP4FBJY6SD1A@adsauditd>");
  CHECK(header(first, "Subject") == "[critical] Access token revoked: brand-a");
  CHECK(header(first, "References") == "missing");
  for (const State state : {State::kUpdated, State::kReminder, State::kResolved}) {
    const http::Request later = sent(samples::alert(Cause::kTokenRevoked, state));
    CHECK(header(later, "Message-ID") == "<msg_01M83YDS76WZCWHV2048WHJ1DF@adsauditd>");
    CHECK(header(later, "In-Reply-To") == header(first, "Message-ID"));
    CHECK(header(later, "References") == header(first, "Message-ID"));
    CHECK(header(later, "Subject") == "Re: " + header(first, "Subject"));
  }
}

TEST_CASE("email: the text begins with what became of it, and answers in the order of the questions") {
  Alert alert = samples::alert(Cause::kAccessRemoved, State::kReminder);
  const std::string body = render(Channel::kEmail, alert);
  std::size_t at = body.find("\r\n\r\n");
  for (const char* part :
       {"\r\n\r\nReminder: Access removed: brand-a on 18ce54d4x5t\r\n\r\n", "Note: ", "Was: ", "Is: ",
        "\r\n\r\nToken: ", "\r\n\r\nSince: ", "How sure: ", "\r\n\r\nWhat to do: ", "\r\n\r\nIncident: inc_"}) {
    CAPTURE(part);
    at = body.find(part, at);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("email: a test is marked, and a digest is a message of its own") {
  Alert test = samples::alert(Cause::kTokenRevoked, State::kResolved);
  test.test = true;
  CHECK(header(sent(test), "Subject") == "[TEST] Resolved: Access token revoked: brand-a");
  const http::Request digest = sent(render(Channel::kEmail, samples::digest()));
  CHECK(header(digest, "Subject") == "app agency: 20 opened, 1 changed, 4 resolved");
  CHECK(header(digest, "Message-ID") == "<msg_01M83YDS76S5T9G3WC1VBGKGE6@adsauditd>");
  CHECK(header(digest, "References") == "missing");
  CHECK(digest.body.find("\r\n=E2=80=A6 and 22 more\r\n\r\nAll of them: adsauditd alerts list --alert ") !=
        std::string::npos);
}

TEST_CASE("email: no name adds a header, a line of more than 76 characters, or a byte that is not ASCII") {
  const auto usual = names_of(sent(samples::alert(Cause::kRoleReduced, State::kResolved)));
  const auto check_message = [](const http::Request& request) {
    CHECK(request.body.size() < 20'000);
    CHECK_FALSE(http::fault_in(*request.mail, request.body));
    CHECK(std::all_of(request.body.begin(), request.body.end(),
                      [](char c) { return c == '\r' || c == '\n' || (c >= 0x20 && c <= 0x7E); }));
    const std::string text = request.body.substr(request.body.find("\r\n\r\n"));
    for (const std::string_view line : base::split(text, '\n')) CHECK(line.size() <= 77);  // with the CR
  };
  for (const std::string& worst : samples::hostile_texts()) {
    for (const Cause cause : verdict::all_causes()) {
      const http::Request request = sent(samples::hostile(worst, State::kResolved, cause));
      check_message(request);
      CHECK(names_of(request) == usual);
      check_message(sent(samples::hostile(worst, State::kOpened, cause)));
    }
    check_message(sent(render(Channel::kEmail, samples::hostile_digest(worst))));
  }
}

TEST_CASE("email: a destination needs a mail server, and addresses that need no quotes") {
  CHECK(complaint(mailbox()) == "none");
  Destination wrong = mailbox();
  wrong.url = base::Secret("smtps://mail.example");
  CHECK(complaint(wrong) == "none");
  wrong.url = base::Secret("https://mail.example/topsecret");
  CHECK(complaint(wrong).starts_with("url: "));
  wrong.url = {};
  CHECK(complaint(wrong) == "url is missing");
  for (const char* address :
       {"ops", "@example.com", "ops@", "a b@example.com", "ops@example.com, x@example.com", "Ops <ops@example.com>",
        "\"ops\"@example.com", "ops@example.com\r\nBcc: x@y.z", "o..ps@example.com", "j\xC3\xB6rg@example.com"}) {
    CAPTURE(std::string(address));
    wrong = mailbox();
    wrong.from = address;
    CHECK(complaint(wrong).starts_with("from: one address"));
    wrong = mailbox();
    wrong.to.emplace_back(address);
    CHECK(complaint(wrong).starts_with("to: each must be an address"));
  }
}

TEST_CASE("email: who signs in has both a name and a password") {
  Destination open = mailbox();
  open.username.clear();
  CHECK(complaint(open).starts_with("username is missing"));
  open.secret = {};
  CHECK(complaint(open) == "none");
  open.username = "u";
  CHECK(complaint(open).starts_with("password is missing"));
  open = mailbox();
  open.username = "u\r\nx";
  CHECK(complaint(open) == "username: it holds control characters");
  open = mailbox();
  open.from.clear();
  CHECK(complaint(open).starts_with("from is missing"));
  open = mailbox();
  open.to.clear();
  CHECK(complaint(open).starts_with("to is missing"));
}

TEST_CASE("email: a destination's redacted form names its server") {
  CHECK(redacted(mailbox()).starts_with("mail.example#"));
}
