#include "service/control_socket.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <thread>

using namespace std::chrono_literals;
using service::ask_daemon;
using service::ControlFailure;
using service::ControlRequest;
using service::ControlSocket;
using service::parse_control_request;

namespace {

/// A daemon that hears requests on a thread of its own.
class Listener {
 public:
  explicit Listener(ControlSocket::Handler handler) : socket_(io_, path, std::move(handler)) {
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Listener() {
    io_.stop();
    thread_.join();
  }
  const std::string path =
      (std::filesystem::temp_directory_path() / ("control-" + std::to_string(::getpid()))).string();

 private:
  boost::asio::io_context io_;
  ControlSocket socket_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("control: a request is one JSON object with texts") {
  const auto good = parse_control_request(R"({"do":"reload","store":"/var/lib/a.db"})");
  REQUIRE(good);
  CHECK(good.value().action == "reload");
  CHECK(good.value().store == "/var/lib/a.db");
  CHECK(parse_control_request(R"({"do":"reload"})").value().store.empty());
  CHECK(parse_control_request(service::to_line({"reload", "/a\n\"b"})).value().store == "/a\n\"b");
  for (const char* bad : {"", "reload", "[]", "{}", R"({"do":1})", R"({"do":"a","store":null})", R"({"do":"a"}})",
                          R"({"do":"a","do":"b"})", "{\"do\":\"\xFF\"}"})
    CHECK_MESSAGE(!parse_control_request(bad), bad);
  CHECK_FALSE(parse_control_request(R"({"do":")" + std::string(65, 'a') + R"("})"));
  CHECK_FALSE(parse_control_request(std::string(100'000, '[')));
  CHECK_FALSE(parse_control_request(std::string(100'000, 'x')));
}

TEST_CASE("control: a daemon answers what it is asked, and only its user may ask") {
  Listener listener([](const ControlRequest& request, const ControlSocket::Answer& answer) {
    answer("heard " + request.action + " for " + request.store);
  });
  struct stat status {};
  REQUIRE(::stat(listener.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const auto answer = ask_daemon(listener.path, {"reload", "/a.db"}, 10s);
  REQUIRE(answer);
  CHECK(answer.value() == "heard reload for /a.db");
  const auto too_long = ask_daemon(listener.path, {std::string(70'000, 'a'), ""}, 10s);
  if (too_long) CHECK(too_long.value().find("longer than 64 KiB") != std::string::npos);
}

TEST_CASE("control: an answer may come later, and others are heard meanwhile") {
  std::vector<ControlSocket::Answer> waiting;
  Listener listener([&](const ControlRequest& request, ControlSocket::Answer answer) {
    if (request.action == "wait") return waiting.push_back(std::move(answer));
    answer("at once");
    for (const auto& other : waiting) other("later");
    waiting.clear();
  });
  std::array<std::string, 3> heard;
  std::vector<std::thread> clients;
  for (auto& text : heard) clients.emplace_back([&] { text = ask_daemon(listener.path, {"wait", ""}, 10s).value(); });
  std::this_thread::sleep_for(50ms);
  CHECK(ask_daemon(listener.path, {"wait", ""}, 50ms).error().kind == ControlFailure::Kind::kTimedOut);
  CHECK(ask_daemon(listener.path, {"go", ""}, 10s).value() == "at once");
  for (auto& client : clients) client.join();
  for (const auto& text : heard) CHECK(text == "later");
}

TEST_CASE("control: there are only so many connections at once") {
  std::vector<ControlSocket::Answer> waiting;
  Listener listener([&](const ControlRequest&, ControlSocket::Answer answer) { waiting.push_back(std::move(answer)); });
  std::vector<std::thread> clients;
  for (int client = 0; client < ControlSocket::kMostConnections; ++client)
    clients.emplace_back([&] { static_cast<void>(ask_daemon(listener.path, {"wait", ""}, 600ms)); });
  std::this_thread::sleep_for(200ms);
  CHECK(ask_daemon(listener.path, {"wait", ""}, 10s).error().kind == ControlFailure::Kind::kBroken);
  for (auto& client : clients) client.join();
}

TEST_CASE("control: without a daemon there is nobody") {
  CHECK(ask_daemon("/nonexistent/control.sock", {"reload", ""}, 1s).error().kind == ControlFailure::Kind::kNobody);
  CHECK(ask_daemon("/" + std::string(200, 'a'), {"reload", ""}, 1s).error().kind == ControlFailure::Kind::kNobody);
}
