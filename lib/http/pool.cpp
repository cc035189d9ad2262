#include "http/pool.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <utility>

#include "base/ensure.h"
#include "http/reach.h"
#include "http/request_text.h"

namespace http {
namespace {

constexpr std::size_t kManyHandshakes = 64;
constexpr base::Duration kHandshakesEnd{500};
constexpr std::size_t kKeptRoom = 64UL * 1024;                       // for requests; a larger one gives its room back
constexpr base::Duration kLongestDeadline = std::chrono::hours(24);  // keeps sums of time points from overflowing

TransportError error_at(Stage stage, const Site& site, std::string_view what) {
  return {stage, fmt::format("{}: {}", site.route.host, what)};
}

AnswerReader::Limits limits_of(const Request& request) {
  return {request.max_body, request.cut_long_body, request.method == "HEAD"};
}

}  // namespace

Pool::Pool(boost::asio::io_context& io, const TlsOptions& options, Resolver::LookUp look_up)
    : options_(options),
      tls_(options.ca_file),
      replies_(std::make_shared<ReplyQueue>(io)),
      poller_(io,
              [replies = replies_] {
                const auto kept = replies;  // a handler may destroy this very function
                kept->deliver();
              }),
      deadlines_(io),
      resolver_(io, std::move(look_up)) {
  ENSURE(options_.max_in_flight > 0);
}

Pool::~Pool() {
  thread_.reset();  // whoever destroys it, the loop no longer runs or is the caller
  shut_down();
}

void Pool::check_thread() {
  if (!thread_) thread_ = std::this_thread::get_id();
  ENSURE(*thread_ == std::this_thread::get_id());
}

void Pool::send(Request request, Transport::Handler on_reply) {
  check_thread();
  ENSURE(on_reply != nullptr);
  const auto refuse = [&](std::string why) {
    reply_later(std::move(on_reply), base::Failure{TransportError{Stage::kRefused, std::move(why)}});
  };
  auto place = sites_.find(std::move(request.url), request.reach);
  if (!place) return refuse(place.error());
  Site& site = *place.value().site;
  if (stopped_) return refuse(site.route.host + ": shutting down");
  if (const auto fault = fault_in(request)) return refuse(site.route.host + ": " + *fault);
  if (!site.route.tls && request.reach != Reach::kPrivateToo)
    return refuse(site.route.host + ": the URL must begin with https://");

  Exchange exchange;
  exchange.ends_at = Deadlines::Clock::now() + std::min(request.deadline, kLongestDeadline);
  exchange.request = std::move(request);
  exchange.target = std::move(place.value().target);
  exchange.site = &site;
  exchange.on_reply = std::move(on_reply);
  watch_deadline(exchange.ends_at);
  waiting_.push_back(exchanges_.add(std::move(exchange)));
  pump();
}

void Pool::shut_down() {
  check_thread();
  stopped_ = true;
  waiting_.clear();
  for (const Id id : exchanges_.ending_by(Deadlines::Clock::time_point::max()))
    finish(id, base::Failure{error_at(Stage::kRefused, *exchanges_.at(id).site, "shutting down")});
  for (auto& [route, site] : sites_) site.idle = {};
  for (auto& [key, connection] : connections_) connection->close();
  connections_.clear();
  sweep_.reset();
  tidying_.reset();
  deadlines_.clear();
}

void Pool::pump() {
  while (!stopped_ && started_ < options_.max_in_flight && !waiting_.empty()) {
    const Id id = waiting_.front();
    waiting_.pop_front();
    if (exchanges_.find(id) != nullptr) begin(id);
  }
}

void Pool::begin(Id id) {
  Exchange& exchange = exchanges_.at(id);
  exchange.started = true;
  ++started_;
  while (Connection* connection = exchange.site->idle.take()) {
    if (connection->is_quiet()) return transmit(id, *connection);
    drop(*connection);  // the peer hung up and the loop has not told us yet
  }
  look_up(id);
}

void Pool::look_up(Id id) {
  const std::string& host = exchanges_.at(id).site->route.host;
  boost::system::error_code not_literal;
  const auto literal = boost::asio::ip::make_address(host, not_literal);
  if (!not_literal) return connect(id, {literal});
  resolver_.resolve(host, [this, id](const Addresses& addresses) {
    if (exchanges_.find(id) != nullptr) connect(id, addresses);
    pump();
  });
}

void Pool::connect(Id id, const Addresses& addresses) {
  Exchange& exchange = exchanges_.at(id);
  const Route& route = exchange.site->route;
  if (addresses.empty())
    return finish(id, base::Failure{error_at(Stage::kResolve, *exchange.site, "the name has no address")});
  if (const auto objection = objection_to(addresses, route.reach, route.tls))
    return finish(id, base::Failure{TransportError{Stage::kRefused, fmt::format("{} {}", route.host, *objection)}});

  Connection::Target target{route.host, route.port, {}};
  const auto port = static_cast<std::uint16_t>(std::stoul(route.port));
  for (const auto& address : addresses) target.endpoints.emplace_back(address, port);
  Connection::Owner& owner = *this;
  auto connection =
      std::make_shared<Connection>(poller_, owner, deadlines_, route.tls ? &tls_ : nullptr, std::move(target));
  exchange.connection = connection.get();
  connection->exchange = id;
  connection->site = exchange.site;
  connections_.emplace(connection.get(), connection);
  connection->open(exchange.ends_at);
}

void Pool::transmit(Id id, Connection& connection) {
  Exchange& exchange = exchanges_.at(id);
  exchange.connection = &connection;
  connection.exchange = id;
  // Asked for as late as possible: it holds a timestamp.
  const std::string authorization = exchange.request.authorization ? exchange.request.authorization() : std::string();
  if (!is_header_value(authorization)) {
    finish(id, base::Failure{error_at(Stage::kRefused, *exchange.site, "the Authorization header holds a line break")});
    return drop(connection);
  }
  write_request(exchange.request, {exchange.site->authority, exchange.target}, authorization, outgoing_);
  connection.send(outgoing_, limits_of(exchange.request));
  if (outgoing_.capacity() > kKeptRoom) outgoing_ = {};
}

void Pool::opened(Connection& connection) {
  tidy_up_later();
  transmit(connection.exchange, connection);
  pump();
}

void Pool::answered(Connection& connection, Response response, bool reusable) {
  finish(std::exchange(connection.exchange, 0), std::move(response));
  if (reusable) {
    put_idle(connection);
  } else {
    drop(connection);
  }
  pump();
}

void Pool::broken(Connection& connection, Connection::Break how) {
  const Id id = connection.exchange;
  const bool was_kept_alive = connection.answers() > 0;
  drop(connection);
  if (id == 0) return;  // it was idle
  Exchange& exchange = exchanges_.at(id);
  exchange.connection = nullptr;
  if (was_kept_alive && !how.answer_began && exchange.request.idempotent && !exchange.retried) {
    exchange.retried = true;
    look_up(id);
  } else {
    finish(id, base::Failure{std::move(how.error)});
  }
  pump();
}

void Pool::watch_deadline(Deadlines::Clock::time_point ends_at) {
  if (expiry_ && expires_at_ <= ends_at) return;
  if (expiry_) deadlines_.remove(*expiry_);
  expires_at_ = ends_at;
  expiry_ = deadlines_.add(ends_at, [this] { expire_due(); });
}

void Pool::expire_due() {
  expiry_.reset();
  for (const Id id : exchanges_.ending_by(Deadlines::Clock::now())) expire(id);
  if (exchanges_.size() > 0) watch_deadline(exchanges_.first_end());
  pump();
}

void Pool::expire(Id id) {
  Exchange& exchange = exchanges_.at(id);
  Connection* const connection = exchange.connection;
  const std::string_view activity = connection != nullptr ? connection->activity()
                                    : exchange.started    ? "looking up the name"
                                                          : "waiting for other requests";
  const std::string what =
      fmt::format("no answer within {}; was {}", base::to_text(exchange.request.deadline), activity);
  finish(id, base::Failure{error_at(Stage::kDeadline, *exchange.site, what)});
  if (connection != nullptr) drop(*connection);
}

void Pool::finish(Id id, Reply reply) {
  Exchange exchange = exchanges_.take(id);
  if (exchange.started) --started_;
  if (exchanges_.size() == 0 && expiry_) {  // left alone it would keep the loop running for nothing
    deadlines_.remove(*expiry_);
    expiry_.reset();
  }
  reply_later(std::move(exchange.on_reply), std::move(reply));
}

void Pool::reply_later(Transport::Handler on_reply, Reply reply) {
  replies_->add(std::move(on_reply), std::move(reply));
  if (poller_.turn() == 0) replies_->deliver_soon();
}

void Pool::put_idle(Connection& connection) {
  IdleConnections& idle = connection.site->idle;
  if (idle.size() >= options_.max_idle_per_host) return drop(connection);
  const auto now = Deadlines::Clock::now();
  idle.put(connection, now);
  if (!sweep_) sweep_ = deadlines_.add(now + options_.idle_timeout, [this] { close_aged(); });
}

void Pool::close_aged() {
  sweep_.reset();
  const auto since = Deadlines::Clock::now() - options_.idle_timeout;
  auto oldest = IdleConnections::TimePoint::max();
  for (auto& [route, site] : sites_) {
    for (Connection* connection : site.idle.take_older(since)) drop(*connection);
    oldest = std::min(oldest, site.idle.oldest());
  }
  if (oldest == IdleConnections::TimePoint::max()) return;
  sweep_ = deadlines_.add(oldest + options_.idle_timeout, [this] { close_aged(); });
}

/// A handshake takes some 16 KiB of OpenSSL's for its time only. Of a thousand at once that leaves holes between what
/// stays, nearly as much again, which the C library keeps unless it is asked.
void Pool::tidy_up_later() {
  if (++untidy_ < kManyHandshakes || tidying_) return;
  tidying_ = deadlines_.add(Deadlines::Clock::now() + kHandshakesEnd, [this] {
    tidying_.reset();
    untidy_ = 0;
    ::malloc_trim(0);
  });
}

/// Closes the connection and lets go of it. A call of its own that is running keeps it until it returns.
void Pool::drop(Connection& connection) {
  const auto node = connections_.extract(&connection);
  connection.site->idle.remove(connection);
  connection.close();
}

}  // namespace http
