#include "http/knock.h"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <functional>
#include <memory>

namespace http {
namespace {

using boost::system::error_code;
using Ready = boost::asio::posix::stream_descriptor::wait_type;

/// One visit: an address after the other until one opens.
class Visit {
 public:
  Visit(boost::asio::io_context& io, Resolver& resolver, Door door, TlsContext* context, base::Duration patience)
      : resolver_(resolver), door_(std::move(door)), context_(context), patience_(patience), watch_(io), timer_(io) {
    knock_.failure = fmt::format("its name was not resolved within {}", base::to_text(patience));
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { forget_socket(); }

  void begin(std::function<void()> on_end) {
    on_end_ = std::move(on_end);
    resolver_.resolve(door_.host, [this](const Addresses& addresses) {
      knock_.addresses = addresses;
      if (addresses.empty()) return end("its name has no address");
      knock_.failure = fmt::format("no connection within {}", base::to_text(patience_));
      connect();
    });
  }
  Knock take() { return std::move(knock_); }

 private:
  void connect() {
    std::uint16_t port = 0;
    std::from_chars(door_.port.data(), door_.port.data() + door_.port.size(), port);
    if (const auto error = stream_.connect({knock_.addresses[next_++], port})) return try_next(error.message());
    // A silent address must not use up the time of those after it.
    const auto addresses = static_cast<long>(knock_.addresses.size());
    if (next_ < knock_.addresses.size()) {
      timer_.expires_after(patience_ / addresses);
      timer_.async_wait([this, attempt = next_](const error_code& error) {
        if (!error && attempt == next_ && !knock_.connected) try_next("no connection in time");
      });
    }
    wait(Ready::wait_write, &Visit::look_at_connection);
  }

  void look_at_connection() {
    const error_code error = stream_.connect_result();
    if (error == boost::asio::error::would_block) return wait(Ready::wait_write, &Visit::look_at_connection);
    if (error) return try_next(error.message());
    knock_.connected = true;
    timer_.cancel();
    if (!door_.tls || context_ == nullptr) return end("");
    knock_.failure = fmt::format("no TLS handshake within {}", base::to_text(patience_));
    stream_.start_tls(*context_, door_.host, door_.port);
    shake_hands();
  }

  void shake_hands() {
    switch (stream_.shake_hands()) {
      case ByteStream::Step::kDone:
        knock_.peer = stream_.peer();
        return end("");
      case ByteStream::Step::kWantRead:
        stream_.wake(false);
        return wait(Ready::wait_read, &Visit::shake_hands_on);
      case ByteStream::Step::kWantWrite:
        return wait(Ready::wait_write, &Visit::shake_hands_on);
      case ByteStream::Step::kEnded:
        return end("TLS: the connection was ended in the handshake");
      case ByteStream::Step::kFailed:
        return end("TLS: " + stream_.failure());
    }
  }
  void shake_hands_on() {
    stream_.wake(false);
    shake_hands();
  }

  void wait(Ready what, void (Visit::*then)()) {
    if (!watch_.is_open()) watch_.assign(stream_.socket());
    watch_.async_wait(what, [this, then](const error_code& error) {
      if (!error) (this->*then)();
    });
  }
  /// The descriptor is the stream's to close.
  void forget_socket() {
    if (watch_.is_open()) watch_.release();
  }

  void try_next(const std::string& failure) {
    forget_socket();
    if (next_ < knock_.addresses.size()) return connect();
    end(failure);
  }
  void end(const std::string& failure) {
    forget_socket();
    timer_.cancel();
    stream_.close();
    knock_.failure = failure;
    on_end_();
  }

  Resolver& resolver_;
  Door door_;
  TlsContext* context_;
  base::Duration patience_;
  ByteStream stream_;
  boost::asio::posix::stream_descriptor watch_;  ///< of the stream's socket, while something is waited for
  boost::asio::steady_timer timer_;
  std::size_t next_ = 0;  ///< which address is the next to try
  Knock knock_;
  std::function<void()> on_end_;
};

}  // namespace

std::map<Door, Knock> knock(const std::set<Door>& doors, TlsContext* context, base::Duration patience) {
  boost::asio::io_context io(1);
  const auto work = boost::asio::make_work_guard(io);  // a name that is looked up keeps no work on the loop
  Resolver resolver(io, look_up_host);
  std::map<Door, std::unique_ptr<Visit>> visits;
  std::size_t open = doors.size();
  for (const Door& door : doors) {
    auto& visit = visits[door] = std::make_unique<Visit>(io, resolver, door, context, patience);
    visit->begin([&open] { --open; });
  }
  bool over = false;
  boost::asio::steady_timer limit(io, patience);
  limit.async_wait([&over](const error_code&) { over = true; });
  while (open > 0 && !over) io.run_one();
  std::map<Door, Knock> knocks;
  for (auto& [door, visit] : visits) knocks.emplace(door, visit->take());
  return knocks;
}

}  // namespace http
