#include "http/scheme_transport.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

/// Remembers what it was asked and never answers.
struct SilentTransport final : http::Transport {
  void send(http::Request request, Handler) override { urls.push_back(request.url); }
  std::size_t in_flight() const override { return urls.size(); }
  void shut_down() override { stopped = true; }

  std::vector<std::string> urls;
  bool stopped = false;
};

struct Fixture {
  void send(const std::string& url) {
    http::Request request;
    request.url = url;
    transport.send(std::move(request), [](const http::Reply&) {});
  }

  SilentTransport web;
  SilentTransport mail;
  http::SchemeTransport transport{web, mail};
};

}  // namespace

TEST_CASE("scheme transport: smtp and smtps are mail, everything else is not") {
  Fixture fixture;
  for (const char* url : {"smtp://mail.example", "SMTPS://mail.example", "https://hook.example/smtp:", "smtp",
                          "smtpx://mail.example", "", "http://mail.example"})
    fixture.send(url);
  CHECK(fixture.mail.urls == std::vector<std::string>{"smtp://mail.example", "SMTPS://mail.example"});
  CHECK(fixture.web.urls.size() == 5);
}

TEST_CASE("scheme transport: counts and shuts down both") {
  Fixture fixture;
  fixture.send("smtp://mail.example");
  fixture.send("https://hook.example/");
  CHECK(fixture.transport.in_flight() == 2);
  fixture.transport.shut_down();
  CHECK(fixture.web.stopped);
  CHECK(fixture.mail.stopped);
}
