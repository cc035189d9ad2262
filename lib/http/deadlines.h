#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>

namespace http {

/// Many points in time on one timer. Actions run from the loop, never from inside add(). Loop thread only.
/// May be destroyed at any time but from inside an action.
class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;
  using Action = std::function<void()>;
  using Entry = std::multimap<Clock::time_point, Action>::iterator;

  explicit Deadlines(boost::asio::io_context& io) : timer_(io) {}

  /// The entry is valid until its action has begun, remove() or clear().
  Entry add(Clock::time_point at, Action action);
  void remove(Entry entry);
  void clear();

 private:
  void arm();
  void run_due();

  std::multimap<Clock::time_point, Action> entries_;
  boost::asio::steady_timer timer_;
  Clock::time_point armed_for_ = Clock::time_point::max();  ///< max: no wait is under way
  /// Lets a handler that is already queued see that this object is gone. Last, so that it goes first.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace http
