#include "http/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "http/reach.h"
#include "http/request_text.h"

namespace http {
namespace {

constexpr base::Duration kLongestDeadline = std::chrono::hours(24);  // keeps sums of time points from overflowing

Route route_of(const Request& request, const Url& url) { return {url.tls, url.host, url.port, request.reach}; }

TransportError error_at(Stage stage, const Url& url, std::string_view what) {
  return {stage, fmt::format("{}: {}", url.host, what)};
}

AnswerReader::Limits limits_of(const Request& request) {
  return {request.max_body, request.cut_long_body, request.method == "HEAD"};
}

}  // namespace

Pool::Pool(boost::asio::io_context& io, const TlsOptions& options, Resolver::LookUp look_up)
    : io_(io), options_(options), tls_(options.ca_file), deadlines_(io), resolver_(io, std::move(look_up)) {
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
  auto parsed = parse_url(request.url);
  if (!parsed) return refuse(parsed.error());
  const Url& url = parsed.value();
  if (stopped_) return refuse(url.host + ": shutting down");
  if (const auto fault = fault_in(request)) return refuse(url.host + ": " + *fault);
  if (!url.tls && request.reach != Reach::kPrivateToo) return refuse(url.host + ": the URL must begin with https://");

  const Id id = ++last_id_;
  Exchange exchange;
  exchange.ends_at = Deadlines::Clock::now() + std::min(request.deadline, kLongestDeadline);
  exchange.deadline = deadlines_.add(exchange.ends_at, [this, id] { expire(id); });
  exchange.request = std::move(request);
  exchange.url = std::move(parsed).value();
  exchange.on_reply = std::move(on_reply);
  exchanges_.emplace(id, std::move(exchange));
  waiting_.push_back(id);
  pump();
}

void Pool::shut_down() {
  check_thread();
  stopped_ = true;
  waiting_.clear();
  std::vector<Id> ids;
  for (const auto& [id, exchange] : exchanges_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());  // replies in the order of the requests
  for (const Id id : ids) finish(id, base::Failure{error_at(Stage::kRefused, exchanges_.at(id).url, "shutting down")});
  idle_ = {};
  for (auto& [key, member] : connections_) member.connection->close();
  connections_.clear();
  sweep_.reset();
  deadlines_.clear();
}

void Pool::pump() {
  while (!stopped_ && started_ < options_.max_in_flight && !waiting_.empty()) {
    const Id id = waiting_.front();
    waiting_.pop_front();
    if (exchanges_.contains(id)) begin(id);
  }
}

void Pool::begin(Id id) {
  Exchange& exchange = exchanges_.at(id);
  exchange.started = true;
  ++started_;
  const Route route = route_of(exchange.request, exchange.url);
  while (Connection* connection = idle_.take(route)) {
    if (connection->is_quiet()) return transmit(id, *connection);
    drop(*connection);  // the peer hung up and the loop has not told us yet
  }
  look_up(id);
}

void Pool::look_up(Id id) {
  const std::string& host = exchanges_.at(id).url.host;
  boost::system::error_code not_literal;
  const auto literal = boost::asio::ip::make_address(host, not_literal);
  if (!not_literal) return connect(id, {literal});
  resolver_.resolve(host, [this, id](const Addresses& addresses) {
    if (exchanges_.contains(id)) connect(id, addresses);
    pump();
  });
}

void Pool::connect(Id id, const Addresses& addresses) {
  Exchange& exchange = exchanges_.at(id);
  const Url& url = exchange.url;
  if (addresses.empty()) return finish(id, base::Failure{error_at(Stage::kResolve, url, "the name has no address")});
  if (const auto objection = objection_to(addresses, exchange.request.reach, url.tls))
    return finish(id, base::Failure{TransportError{Stage::kRefused, fmt::format("{} {}", url.host, *objection)}});

  Connection::Target target{url.host, url.port, {}};
  const auto port = static_cast<std::uint16_t>(std::stoul(url.port));
  for (const auto& address : addresses) target.endpoints.emplace_back(address, port);
  Connection::Owner& owner = *this;
  auto connection = std::make_shared<Connection>(io_, owner, deadlines_, url.tls ? &tls_ : nullptr, std::move(target));
  exchange.connection = connection.get();
  connection->exchange = id;
  connections_.emplace(connection.get(), Member{connection, route_of(exchange.request, url)});
  connection->open(exchange.ends_at);
}

void Pool::transmit(Id id, Connection& connection) {
  Exchange& exchange = exchanges_.at(id);
  exchange.connection = &connection;
  connection.exchange = id;
  // Asked for as late as possible: it holds a timestamp.
  const std::string authorization = exchange.request.authorization ? exchange.request.authorization() : std::string();
  if (!is_header_value(authorization)) {
    finish(id, base::Failure{error_at(Stage::kRefused, exchange.url, "the Authorization header holds a line break")});
    return drop(connection);
  }
  connection.send(to_wire(exchange.request, exchange.url, authorization), limits_of(exchange.request));
}

void Pool::opened(Connection& connection) {
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

void Pool::expire(Id id) {
  Exchange& exchange = exchanges_.at(id);
  exchange.deadline.reset();
  Connection* const connection = exchange.connection;
  const std::string_view activity = connection != nullptr ? connection->activity()
                                    : exchange.started    ? "looking up the name"
                                                          : "waiting for other requests";
  const std::string what =
      fmt::format("no answer within {}; was {}", base::to_text(exchange.request.deadline), activity);
  finish(id, base::Failure{error_at(Stage::kDeadline, exchange.url, what)});
  if (connection != nullptr) drop(*connection);
  pump();
}

void Pool::finish(Id id, Reply reply) {
  auto node = exchanges_.extract(id);
  Exchange& exchange = node.mapped();
  if (exchange.deadline) deadlines_.remove(*exchange.deadline);
  if (exchange.started) --started_;
  reply_later(std::move(exchange.on_reply), std::move(reply));
}

void Pool::reply_later(Transport::Handler on_reply, Reply reply) {
  ++*undelivered_;
  boost::asio::post(io_,
                    [undelivered = undelivered_, on_reply = std::move(on_reply), reply = std::move(reply)]() mutable {
                      --*undelivered;
                      on_reply(std::move(reply));
                    });
}

void Pool::put_idle(Connection& connection) {
  const Route& route = connections_.at(&connection).route;
  if (idle_.count(route) >= options_.max_idle_per_host) return drop(connection);
  const auto now = Deadlines::Clock::now();
  idle_.put(route, connection, now);
  if (!sweep_) sweep_ = deadlines_.add(now + options_.idle_timeout, [this] { close_aged(); });
}

void Pool::close_aged() {
  sweep_.reset();
  for (Connection* connection : idle_.take_older(Deadlines::Clock::now() - options_.idle_timeout)) drop(*connection);
  const auto oldest = idle_.oldest();
  if (oldest == IdleConnections::TimePoint::max()) return;
  sweep_ = deadlines_.add(oldest + options_.idle_timeout, [this] { close_aged(); });
}

/// Closes the connection and lets go of it. A handler of its own that is running keeps it until it returns.
void Pool::drop(Connection& connection) {
  const auto node = connections_.extract(&connection);
  idle_.remove(node.mapped().route, connection);
  connection.close();
}

}  // namespace http
