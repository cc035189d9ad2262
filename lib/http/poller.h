#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace http {

/// Watches sockets and tells, in turns, which of them are ready. All of them hang on one epoll descriptor of our own,
/// and Asio waits for that one: a wait of Asio's on each socket would cost a system call and an operation per answer.
/// Loop thread only.
class Poller {
 public:
  class Watcher {
   public:
    /// The socket became readable or writable or failed, and will not be told of again until that happens anew: do
    /// all that can be done. `hung_up`: the peer has ended its side, so reading to the end is worth while.
    virtual void ready(bool hung_up) = 0;

   protected:
    ~Watcher() = default;
  };

  /// Throws std::system_error when the process has no descriptor left. `on_turn_end` is called at the end of each turn,
  /// within it, when all watchers have been told. It may destroy the poller; watchers may not.
  Poller(boost::asio::io_context& io, std::function<void()> on_turn_end);
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Keeps the loop running until forget(). The socket is non-blocking, and connected or connecting.
  boost::system::error_code watch(int socket, Watcher& watcher);
  /// Once for each watch() that succeeded; the socket is closed next, which ends epoll's interest in it.
  void forget(const Watcher& watcher);

  /// The number of the turn that is under way; 0 outside of a turn.
  std::uint64_t turn() const { return in_turn_ ? turns_ : 0; }
  /// Room for what one read brings. Shared: holds nothing from one call to the next.
  std::span<char> scratch() { return scratch_; }

 private:
  void wait();
  void run_turn();
  void end_turn();

  int epoll_;  ///< owned by descriptor_
  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void()> on_turn_end_;
  std::size_t watched_ = 0;
  bool waits_ = false;
  bool in_turn_ = false;
  std::uint64_t turns_ = 0;
  std::array<epoll_event, 256> events_{};
  std::size_t told_ = 0;        ///< how many of this turn's events have been handed on
  std::size_t events_end_ = 0;  ///< how many there are
  std::vector<char> scratch_;
  /// Lets a turn see that this object is gone. Last, so that it goes first.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace http
