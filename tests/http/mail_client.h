#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/mail.h"
#include "http/mail_transport.h"
#include "http/test_client.h"

constexpr const char* kMessage = "Subject: hello\r\n\r\nfirst line\r\n";

/// The envelope of most tests, with a password or without.
inline std::shared_ptr<http::Mail> envelope(const std::string& password = {}) {
  auto mail = std::make_shared<http::Mail>();
  mail->from = "adsauditd@example.com";
  mail->to = {"ops@example.com"};
  if (!password.empty()) mail->username = "ops";
  mail->password = base::Secret(password);
  return mail;
}

inline http::Request mail_to(const std::string& url, http::Reach reach = http::Reach::kAnyAddress) {
  http::Request request;
  request.url = url;
  request.reach = reach;
  request.body = kMessage;
  request.mail = envelope();
  return request;
}

/// A loop and a mail transport that trusts the tests' authority.
struct MailClient {
  explicit MailClient(http::Resolver::LookUp look_up = http::look_up_host)
      : transport(io, TestClient::with_authority({}), std::move(look_up)) {}

  http::Reply send(http::Request request) {
    std::optional<http::Reply> reply;
    transport.send(std::move(request), [&](http::Reply answer) {
      REQUIRE_FALSE(reply);
      reply = std::move(answer);
    });
    REQUIRE_FALSE(reply);
    io.restart();
    while (!reply) REQUIRE(io.run_one_for(std::chrono::seconds(5)) == 1);
    return std::move(*reply);
  }

  boost::asio::io_context io;
  http::MailTransport transport;
};

/// The status of the answer, or -1 when there is none.
inline int status_of(const http::Reply& reply) { return reply ? reply.value().status : -1; }
/// What the transport says went wrong, or what the server says.
inline std::string words_of(const http::Reply& reply) { return reply ? reply.value().body : reply.error().detail; }
