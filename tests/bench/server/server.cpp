#include "server/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace bench {
namespace {

constexpr int kInput = 0;
constexpr int kBacklog = 8192;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// A listening socket of a port that the system chooses, on 127.0.0.1.
int make_listener() {
  const int listener = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener, kBacklog), "listen");
  return listener;
}

int port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

int make_signal_descriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return checked(signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
}

/// Time to sleep; nothing: until something happens.
std::optional<timespec> time_until(const std::optional<Clock::time_point>& due, Clock::time_point now) {
  if (!due) return std::nullopt;
  const auto wait = std::max<std::int64_t>(0, std::chrono::nanoseconds(*due - now).count());
  return timespec{wait / 1'000'000'000, wait % 1'000'000'000};
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

}  // namespace

Server::Server(ServerOptions options)
    : options_(std::move(options)),
      context_(make_context(options_.certificate, options_.key)),
      answers_(options_.answers),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll")),
      listener_(make_listener()),
      signals_(make_signal_descriptor()) {
  for (const int descriptor : {listener_, signals_, kInput}) watch(descriptor);
  say(fmt::format(R"({{"port":{}}})", port_of(listener_)));
}

Server::~Server() {
  slots_.clear();
  for (const int descriptor : {signals_, listener_, epoll_}) close(descriptor);
}

void Server::run() {
  std::array<epoll_event, 512> events;
  while (running_) {
    const auto due = waiting_.empty() ? std::nullopt : std::optional(waiting_.front().due);
    const auto wait = time_until(due, Clock::now());
    const int count = epoll_pwait2(epoll_, events.data(), events.size(), wait ? &*wait : nullptr, nullptr);
    if (count < 0 && errno != EINTR) checked(count, "epoll_pwait2");
    for (int index = 0; index < count; ++index) {
      const int descriptor = events[static_cast<std::size_t>(index)].data.fd;
      if (descriptor == listener_)
        accept_all();
      else if (descriptor == kInput)
        obey_input();
      else if (descriptor == signals_)
        running_ = false;
      else
        serve(descriptor);
    }
    if (!waiting_.empty()) reply_due(Clock::now());
  }
  say(to_json());
}

void Server::watch(int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

void Server::accept_all() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto index = static_cast<std::size_t>(socket);
    if (slots_.size() <= index) slots_.resize(index + 1);
    slots_[index] = {std::make_unique<TlsConnection>(context_.get(), socket), ++generations_};
    watch(socket);
    ++counters_.handshakes;
    ++open_;
  }
}

void Server::serve(int socket) {
  TlsConnection* connection = slots_[static_cast<std::size_t>(socket)].connection.get();
  if (connection == nullptr) return;
  const auto progress = connection->read();
  if (progress == TlsConnection::Progress::kClosed) return drop(socket);
  if (progress == TlsConnection::Progress::kNothing) return;
  if (counters_.requests++ == 0) counters_.first_request_at_ms = epoch_ms();
  counters_.peak_in_flight = std::max(counters_.peak_in_flight, ++counters_.in_flight);
  const auto now = Clock::now();
  if (options_.delay.count() == 0) return reply(socket, connection->target(), now);
  const auto generation = slots_[static_cast<std::size_t>(socket)].generation;
  waiting_.push_back({now + options_.delay, socket, generation, std::string(connection->target())});
}

void Server::reply(int socket, std::string_view target, Clock::time_point now) {
  --counters_.in_flight;
  ++counters_.answers;
  if (slots_[static_cast<std::size_t>(socket)].connection->write(answers_.answer(target, now))) return;
  ++counters_.broken;
  drop(socket);
}

void Server::reply_due(Clock::time_point now) {
  while (!waiting_.empty() && waiting_.front().due <= now) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    const Slot& slot = slots_[static_cast<std::size_t>(next.socket)];
    if (slot.connection != nullptr && slot.generation == next.generation)
      reply(next.socket, next.target, now);
    else
      --counters_.in_flight;
  }
}

void Server::drop(int socket) {
  slots_[static_cast<std::size_t>(socket)].connection.reset();
  --open_;
}

void Server::obey_input() {
  std::array<char, 4096> bytes;
  const auto size = ::read(kInput, bytes.data(), bytes.size());
  if (size <= 0) {
    running_ = false;
    return;
  }
  input_.append(bytes.data(), static_cast<std::size_t>(size));
  for (auto end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
    say(obey(input_.substr(0, end)));
    input_.erase(0, end + 1);
  }
}

std::string Server::obey(const std::string& line) {
  const std::string verb = line.substr(0, line.find(' '));
  const std::string account = line.size() > verb.size() ? line.substr(verb.size() + 1) : "";
  if (verb == "counters") return to_json();
  if (verb == "told") return fmt::format(R"({{"told_at_ms":{}}})", answers_.told_at(account));
  if (verb == "reset") {
    const auto in_flight = counters_.in_flight;
    counters_ = {};
    counters_.in_flight = counters_.peak_in_flight = in_flight;
    return "{}";
  }
  if (verb == "flip") {
    answers_.flip(account);
    return fmt::format(R"({{"flipped_at_ms":{}}})", epoch_ms());
  }
  return R"({"error":"unknown command"})";
}

std::string Server::to_json() const {
  return fmt::format(
      R"({{"now_ns":{},"requests":{},"answers":{},"connections":{},"handshakes":{},"broken":{},"in_flight":{},)"
      R"("peak_in_flight":{},"first_request_at_ms":{},"throttled":{},"largest_window":{}}})",
      Clock::now().time_since_epoch().count(), counters_.requests, counters_.answers, open_, counters_.handshakes,
      counters_.broken, counters_.in_flight, counters_.peak_in_flight, counters_.first_request_at_ms,
      answers_.throttled(), answers_.largest_window());
}

}  // namespace bench
