#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "alert/courier.h"
#include "base/clock.h"
#include "http/transport.h"
#include "service/store_thread.h"

namespace spdlog {
class logger;
}

namespace service {

/// Moves committed deliveries from the outbox through the courier to their destinations, and hands back what every
/// attempt gave. Keeps at most Courier::kQueueLimit deliveries of a destination in memory; the rest waits in the store.
/// Loop thread only; everything it is given outlives it.
class Dispatcher {
 public:
  using OnAttempt = std::function<void(alert::DeliveryAttempt)>;
  using OnNews = std::function<void(const alert::DestinationNews&)>;

  Dispatcher(boost::asio::io_context& io, alert::Courier& courier, http::Transport& transport, StoreThread& store,
             const base::Clock& clock, spdlog::logger& log, OnAttempt on_attempt, OnNews on_news);

  /// Reads what an earlier process left in the outbox.
  void start();
  /// Takes deliveries that have just been committed, with their bodies.
  void take(const std::vector<alert::Delivery>& deliveries, const std::vector<alert::Body>& bodies);
  /// These attempts are committed: their destinations take the next deliveries.
  void recorded(const std::vector<alert::DeliveryAttempt>& attempts);
  /// Takes deliveries that the operator wants tried once more, whatever their place in the order.
  void take_again(std::vector<alert::PendingDelivery> deliveries);
  /// The operator asks for a message: a destination that refuses all is tried now.
  void wake(const std::string& destination);
  /// Makes one attempt past all queues, also while paused: for what cannot be committed first. `done` is given the
  /// attempt when the message has arrived, and nothing when it has not.
  void send_from_memory(const alert::PendingDelivery& pending,
                        std::function<void(std::optional<alert::DeliveryAttempt>)> done);
  /// Starts nothing new, because attempts could not be recorded; until resume().
  void pause() { paused_ = true; }
  void resume();
  /// Starts nothing new, for good.
  void stop();
  /// Requests under way.
  std::size_t in_flight() const { return in_flight_; }
  /// Steady time at which a delivery may be started, perhaps in the past; nothing while all wait for answers.
  std::optional<base::Instant> next_due() const { return courier_.next_due(); }
  /// Deliveries in memory that are not done.
  std::size_t pending() const { return courier_.size(); }
  std::size_t pending(const std::string& destination) const { return courier_.size(destination); }

 private:
  void refill(const std::string& destination);
  void pump();
  void send_due();
  void report_ended();

  alert::Courier& courier_;
  http::Transport& transport_;
  StoreThread& store_;
  const base::Clock& clock_;
  spdlog::logger& log_;
  OnAttempt on_attempt_;
  OnNews on_news_;
  boost::asio::steady_timer timer_;
  std::map<std::string, std::uint64_t> taken_up_to_;  ///< destination to the last sequence in memory
  std::set<std::string> behind_;                      ///< destinations with more in the store than in memory
  std::map<std::string, std::uint64_t> again_from_;   ///< destination to a sequence after which the store is read again
  std::set<std::string> refilling_;
  std::size_t in_flight_ = 0;
  bool paused_ = false;
  bool stopped_ = false;
};

}  // namespace service
