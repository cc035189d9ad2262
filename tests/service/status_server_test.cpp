#include "service/status_server.h"

#include <doctest/doctest.h>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <mutex>
#include <stdexcept>

namespace {

using boost::asio::ip::tcp;

std::string ask(std::uint16_t port, const std::string& target) {
  boost::asio::io_context io;
  tcp::socket socket(io);
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  boost::asio::write(socket,
                     boost::asio::buffer(fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", target, port)));
  std::string answer;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
  return answer;
}

struct Fixture {
  service::StatusServer serve(service::StatusServer::Show show) {
    service::StatusOptions options;
    options.listen->port = 0;
    return {options, clock, health, std::move(show), [this](const std::string& why) {
              const std::lock_guard lock(mutex);
              complaints.push_back(why);
            }};
  }

  base::SystemClock clock;
  service::Health health{clock.now().steady};
  std::mutex mutex;
  std::vector<std::string> complaints;
};

TEST_CASE("status server: health is a word, and follows the signs of life") {
  Fixture fixture;
  auto server =
      fixture.serve([](const auto&) -> http::OutboundAnswer { throw std::logic_error("nobody asks for it"); });
  CHECK(ask(server.port(), "/-/healthy").ends_with("\r\n\r\nok\n"));
  CHECK(ask(server.port(), "/-/ready").starts_with("HTTP/1.1 503 "));
  fixture.health.set_ready(true);
  CHECK(ask(server.port(), "/-/ready").ends_with("\r\n\r\nready\n"));
  fixture.health.give_sign(fixture.clock.now().steady - service::Health::kMostSilent - base::Duration(1));
  const auto answer = ask(server.port(), "/-/healthy");
  CHECK(answer.starts_with("HTTP/1.1 503 "));
  CHECK(answer.ends_with("\r\n\r\ndegraded\n"));
  CHECK(ask(server.port(), "/-/ready").starts_with("HTTP/1.1 503 "));
  CHECK(fixture.complaints.empty());
}

TEST_CASE("status server: what cannot be shown is told to the log and not to who asks, and the next one is served") {
  Fixture fixture;
  auto server = fixture.serve([](const http::InboundRequest& request) -> http::OutboundAnswer {
    if (request.path() == "/broken") throw std::runtime_error("disk I/O error of /var/lib/secret");
    return {.body = "shown " + std::string(request.path()) + "\n"};
  });
  const auto broken = ask(server.port(), "/broken");
  CHECK(broken.starts_with("HTTP/1.1 503 "));
  CHECK(broken.find("secret") == std::string::npos);
  CHECK(ask(server.port(), "/page?x=1").ends_with("\r\n\r\nshown /page\n"));
  CHECK(fixture.complaints == std::vector<std::string>{"disk I/O error of /var/lib/secret"});
}

TEST_CASE("status server: health is told while a page takes its time") {
  Fixture fixture;
  std::mutex page;
  auto server = fixture.serve([&](const auto&) -> http::OutboundAnswer {
    const std::lock_guard wait(page);
    return {.body = "page\n"};
  });
  std::string slow;
  std::thread reader;
  {
    const std::lock_guard hold(page);
    reader = std::thread([&] { slow = ask(server.port(), "/page"); });
    CHECK(ask(server.port(), "/-/healthy").starts_with("HTTP/1.1 200 "));
  }
  reader.join();
  CHECK(slow.ends_with("page\n"));
}

TEST_CASE("status server: an address that is taken is an error that names it") {
  Fixture fixture;
  const auto show = [](const auto&) -> http::OutboundAnswer { return {}; };
  auto server = fixture.serve(show);
  service::StatusOptions options;
  options.listen->port = server.port();
  CHECK_THROWS_WITH_AS(service::StatusServer(options, fixture.clock, fixture.health, show, {}),
                       doctest::Contains(std::to_string(server.port()).c_str()), std::runtime_error);
}

}  // namespace
