#include "service/dispatcher.h"

#include <spdlog/logger.h>

#include <algorithm>
#include <utility>

#include "base/crash_point.h"
#include "base/text.h"

namespace service {
namespace {

constexpr int kRefillRows = 500;

void log_attempt(spdlog::logger& log, const alert::DeliveryAttempt& attempt) {
  const alert::Delivery& delivery = attempt.delivery;
  const auto level = delivery.state == alert::DeliveryState::kDelivered ? spdlog::level::info
                     : delivery.state == alert::DeliveryState::kDead    ? spdlog::level::err
                                                                        : spdlog::level::warn;
  log.log(level, "delivery attempted alert={} destination={} state={} attempt={} http={} took_ms={} outcome=\"{}\"",
          delivery.alert.text(), delivery.destination, alert::to_text(delivery.state), delivery.attempts,
          attempt.http_status, attempt.took.count(), base::clean_text(attempt.outcome));
}

}  // namespace

Dispatcher::Dispatcher(boost::asio::io_context& io, alert::Courier& courier, http::Transport& transport,
                       StoreThread& store, const base::Clock& clock, spdlog::logger& log, OnAttempt on_attempt,
                       OnNews on_news)
    : courier_(courier),
      transport_(transport),
      store_(store),
      clock_(clock),
      log_(log),
      on_attempt_(std::move(on_attempt)),
      on_news_(std::move(on_news)),
      timer_(io) {}

void Dispatcher::start() {
  store_.run([](store::Store& store) { return std::pair(store.destinations_with_pending(), store.threads()); },
             [this](const std::pair<std::vector<std::string>, std::vector<alert::Thread>>& left) {
               courier_.restore(left.second);
               for (const auto& destination : left.first) {
                 behind_.insert(destination);
                 refill(destination);
               }
             });
}

void Dispatcher::take(const std::vector<alert::Delivery>& deliveries, const std::vector<alert::Body>& bodies) {
  for (const auto& delivery : deliveries) {
    // Behind means that older ones are still to be read, and these will be read with them.
    if (behind_.contains(delivery.destination)) continue;
    const auto body = std::find_if(bodies.begin(), bodies.end(),
                                   [&](const alert::Body& candidate) { return alert::is_of(candidate, delivery); });
    if (body == bodies.end() || !courier_.add({delivery, body->bytes}, clock_.now())) {
      behind_.insert(delivery.destination);
      continue;
    }
    taken_up_to_[delivery.destination] = delivery.sequence;
  }
  pump();
}

void Dispatcher::recorded(const std::vector<alert::DeliveryAttempt>& attempts) {
  if (attempts.empty()) return;
  for (const auto& attempt : attempts) courier_.recorded(attempt.delivery);
  pump();
}

void Dispatcher::refill(const std::string& destination) {
  if (stopped_ || !refilling_.insert(destination).second) return;
  if (const auto again = again_from_.extract(destination); !again.empty())
    taken_up_to_[destination] = std::min(taken_up_to_[destination], again.mapped());
  const std::uint64_t after = taken_up_to_[destination];
  store_.run(
      [destination, after](store::Store& store) { return store.pending_deliveries(destination, after, kRefillRows); },
      [this, destination](std::vector<alert::PendingDelivery> rows) {
        refilling_.erase(destination);
        const bool last_page =
            rows.size() < static_cast<std::size_t>(kRefillRows) && !again_from_.contains(destination);
        bool full = false;
        for (auto& row : rows) {
          const std::uint64_t sequence = row.delivery.sequence;
          if (!courier_.add(std::move(row), clock_.now())) {
            full = true;  // the courier says when it wants more
            break;
          }
          taken_up_to_[destination] = sequence;
        }
        if (!full && last_page) behind_.erase(destination);
        if (!full && !last_page) refill(destination);
        pump();
      });
}

void Dispatcher::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Dispatcher::resume() {
  paused_ = false;
  pump();
}

void Dispatcher::take_again(std::vector<alert::PendingDelivery> deliveries) {
  for (auto& pending : deliveries) {
    const std::string destination = pending.delivery.destination;
    const std::uint64_t before = pending.delivery.sequence - 1;
    courier_.wake(destination);
    if (!behind_.contains(destination) && courier_.add(std::move(pending), clock_.now())) continue;
    // No room: it is read when its turn comes, and with it whatever else is older than what was read last.
    behind_.insert(destination);
    const auto again = again_from_.try_emplace(destination, before).first;
    again->second = std::min(again->second, before);
  }
  for (const auto& [destination, from] : std::map(again_from_)) refill(destination);
  pump();
}

void Dispatcher::wake(const std::string& destination) {
  courier_.wake(destination);
  pump();
}

void Dispatcher::send_from_memory(const alert::PendingDelivery& pending,
                                  std::function<void(std::optional<alert::DeliveryAttempt>)> done) {
  auto request = courier_.request_for(pending, clock_.now());
  if (stopped_ || !request) return done(std::nullopt);
  ++in_flight_;
  base::crash_point("urgent.send");
  transport_.send(*std::move(request), [this, pending, done = std::move(done)](const http::Reply& reply) {
    --in_flight_;
    base::crash_point("urgent.answer");
    auto attempt = courier_.judge(pending, reply, clock_.now());
    log_attempt(log_, attempt);
    const bool arrived = attempt.delivery.state == alert::DeliveryState::kDelivered;
    done(arrived ? std::optional(std::move(attempt)) : std::nullopt);
  });
}

/// What ended without a request.
void Dispatcher::report_ended() {
  while (auto ended = courier_.take_ended()) {
    log_attempt(log_, *ended);
    on_attempt_(std::move(*ended));
  }
}

void Dispatcher::send_due() {
  while (auto sending = courier_.take_due(clock_.now())) {
    ++in_flight_;
    transport_.send(std::move(sending->request), [this, id = sending->id](const http::Reply& reply) {
      --in_flight_;
      // Ended by our own shutdown: it says nothing of the destination, and the row is still pending.
      if (stopped_ && !reply.ok() && reply.error().stage == http::Stage::kRefused) return;
      auto attempt = courier_.finish(id, reply, clock_.now());
      log_attempt(log_, attempt);
      on_attempt_(std::move(attempt));
      for (const auto& news : courier_.take_news()) on_news_(news);
      base::crash_point("dispatcher.attempted");
      pump();
    });
    base::crash_point("dispatcher.sent");
  }
}

void Dispatcher::pump() {
  if (stopped_ || paused_) return;
  report_ended();
  send_due();
  report_ended();
  for (const auto& destination : behind_) {
    if (courier_.wants_more(destination)) refill(destination);
  }
  const auto next = courier_.next_due();
  if (!next) return;
  timer_.expires_after(std::max(*next - clock_.now().steady, base::Duration(1)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) pump();
  });
}

}  // namespace service
