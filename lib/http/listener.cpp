#include "http/listener.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/ensure.h"
#include "http/request_text.h"

namespace http {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr base::Duration kPauseWithoutRoom{100};                  // no descriptor was free
constexpr std::size_t kMostPassedOver = std::size_t{256} * 1024;  // bytes that are read after an answer, to be polite

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Answer";
  }
}

std::string text_of(const OutboundAnswer& answer, bool with_body) {
  ENSURE(answer.status >= 200 && answer.status <= 599);
  ENSURE(is_header_value(answer.content_type) && is_header_value(answer.policy) && is_header_value(answer.challenge));
  std::string text = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nContent-Security-Policy: {}\r\n"
      "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
      "Referrer-Policy: no-referrer\r\nConnection: close\r\n",
      answer.status, reason_of(answer.status), answer.content_type, answer.body.size(), answer.policy);
  if (answer.status == 405) text += "Allow: GET, HEAD\r\n";
  if (!answer.challenge.empty()) text += fmt::format("WWW-Authenticate: {}\r\n", answer.challenge);
  text += "\r\n";
  if (with_body) text += answer.body;
  return text;
}

}  // namespace

struct Listener::State {
  State(boost::asio::io_context& io, ListenerOptions wanted, Handler on_request)
      : options(std::move(wanted)), handler(std::move(on_request)), acceptor(io), pause(io) {}

  ListenerOptions options;
  std::uint16_t port = 0;
  std::vector<std::string> hosts;
  Handler handler;
  tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  std::uint64_t visits_so_far = 0;
  std::map<std::uint64_t, std::shared_ptr<Visit>> visits;  ///< the longest there first
};

/// One connection, for one request.
///
///   kReading -head-> kAnswering -respond-> kWriting -written-> kLingering
///       |  refused                ^            |                    |
///       +-------------------------+            v                    v
///       +-- deadline, hang-up, drop() ---->  kClosed  <-------------+
///
/// The listener holds it until it is closed, and the loop's handlers until they have run.
class Listener::Visit : public std::enable_shared_from_this<Visit> {
 public:
  Visit(tcp::socket socket, State& state)
      : state_(&state), socket_(std::move(socket)), timer_(socket_.get_executor()), reader_(state.hosts) {}

  void start(std::uint64_t number) {
    number_ = number;
    wait(state_->options.read_deadline);
    read();
  }

  /// Nothing is under way that would be lost: it has yet to ask, or has its answer.
  bool idle() const { return stage_ == Stage::kReading || stage_ == Stage::kLingering; }

  /// Closes without a word; the listener forgets it, or has gone.
  void drop() {
    if (stage_ == Stage::kClosed) return;
    stage_ = Stage::kClosed;
    state_ = nullptr;
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

 private:
  enum class Stage { kReading, kAnswering, kWriting, kLingering, kClosed };

  void end() {
    if (stage_ == Stage::kClosed) return;
    State* const state = state_;
    const std::uint64_t number = number_;
    drop();
    state->visits.erase(number);
  }

  void wait(base::Duration limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this(), number = ++waits_](error_code error) {
      // Another deadline may have been set while this call was on its way.
      if (error || self->stage_ == Stage::kClosed || number != self->waits_) return;
      if (self->stage_ == Stage::kReading) return self->respond({.status = 408, .body = "too slow\n"});
      self->end();
    });
  }

  void read() {
    if (std::exchange(reading_, true)) return;
    socket_.async_read_some(
        boost::asio::buffer(bytes_),
        [self = shared_from_this()](error_code error, std::size_t size) { self->took(error, size); });
  }

  void took(error_code error, std::size_t size) {
    reading_ = false;
    if (stage_ == Stage::kClosed) return;
    if (error) return idle() ? end() : void();
    if (stage_ == Stage::kLingering) {
      passed_over_ += size;
      return passed_over_ > kMostPassedOver ? end() : read();
    }
    if (stage_ != Stage::kReading) return;
    switch (reader_.feed({bytes_.data(), size})) {
      case RequestReader::Progress::kNeedMore:
        return read();
      case RequestReader::Progress::kRefused:
        return respond({.status = reader_.refusal().status, .body = std::string(reader_.refusal().why) + "\n"});
      case RequestReader::Progress::kComplete:
        return answer();
    }
  }

  void answer() {
    stage_ = Stage::kAnswering;
    wait(state_->options.read_deadline);
    const InboundRequest request = reader_.take();
    head_only_ = request.method == "HEAD";
    // A copy: the handler may end the listener.
    const Handler handler = state_->handler;
    handler(request, [visit = weak_from_this()](OutboundAnswer answer) {
      const auto self = visit.lock();
      if (self && self->stage_ == Stage::kAnswering) self->respond(answer);
    });
  }

  void respond(const OutboundAnswer& answer) {
    stage_ = Stage::kWriting;
    outgoing_ = text_of(answer, !head_only_);
    wait(state_->options.write_deadline);
    boost::asio::async_write(socket_, boost::asio::buffer(outgoing_),
                             [self = shared_from_this()](error_code error, std::size_t) { self->wrote(error); });
  }

  /// What comes on is read, up to a limit: closing on unread bytes would reset the connection, and the peer might lose
  /// the answer.
  void wrote(error_code error) {
    if (stage_ == Stage::kClosed) return;
    if (error) return end();
    stage_ = Stage::kLingering;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    if (error) return end();
    read();
  }

  State* state_;  ///< null once closed
  std::uint64_t number_ = 0;
  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  RequestReader reader_;
  Stage stage_ = Stage::kReading;
  std::uint64_t waits_ = 0;
  bool reading_ = false;  ///< a read is under way
  bool head_only_ = false;
  std::array<char, 2048> bytes_{};
  std::string outgoing_;
  std::size_t passed_over_ = 0;
};

Listener::Listener(boost::asio::io_context& io, ListenerOptions options, Handler handler)
    : state_(std::make_shared<State>(io, std::move(options), std::move(handler))) {
  const ListenerOptions& wanted = state_->options;
  error_code error;
  const auto address = boost::asio::ip::make_address(wanted.address, error);
  const auto attempt = [&](auto step) {
    if (!error) step();
  };
  const tcp::endpoint endpoint(address, wanted.port);
  attempt([&] { state_->acceptor.open(endpoint.protocol(), error); });
  attempt([&] { state_->acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
  attempt([&] { state_->acceptor.bind(endpoint, error); });
  attempt([&] { state_->acceptor.listen(static_cast<int>(wanted.max_connections), error); });
  if (error)
    throw std::runtime_error(
        fmt::format("cannot listen on {} port {}: {}", wanted.address, wanted.port, error.message()));
  state_->port = state_->acceptor.local_endpoint().port();
  state_->hosts = wanted.hosts;
  for (const char* host : {"localhost", "127.0.0.1", "[::1]"})
    state_->hosts.push_back(fmt::format("{}:{}", host, port()));
  accept_next(state_);
}

Listener::~Listener() {
  close();
  auto visits = std::exchange(state_->visits, {});
  for (const auto& [number, visit] : visits) visit->drop();
}

std::uint16_t Listener::port() const { return state_->port; }

std::size_t Listener::connections() const { return state_->visits.size(); }

void Listener::close() {
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

void Listener::accept_next(const std::shared_ptr<State>& state) {
  state->acceptor.async_accept([state](error_code error, tcp::socket socket) {
    if (!state->acceptor.is_open()) return;
    if (!error) {
      admit(state, std::make_shared<Visit>(std::move(socket), *state));
      return accept_next(state);
    }
    // No room for a descriptor, or the peer has gone: asking again at once would spin.
    state->pause.expires_after(kPauseWithoutRoom);
    state->pause.async_wait([state](error_code cancelled) {
      if (!cancelled && state->acceptor.is_open()) accept_next(state);
    });
  });
}

void Listener::admit(const std::shared_ptr<State>& state, std::shared_ptr<Visit> visit) {
  auto& visits = state->visits;
  if (visits.size() >= state->options.max_connections) {
    auto oldest = visits.begin();
    for (auto candidate = visits.begin(); candidate != visits.end(); ++candidate) {
      if (!candidate->second->idle()) continue;
      oldest = candidate;
      break;
    }
    oldest->second->drop();
    visits.erase(oldest);
  }
  const std::uint64_t number = ++state->visits_so_far;
  visits.emplace(number, visit);
  visit->start(number);
}

}  // namespace http
