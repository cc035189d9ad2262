#include "http/connection.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/ensure.h"

namespace http {

namespace asio = boost::asio;
using boost::system::error_code;

Connection::Connection(asio::io_context& io, Owner& owner, Deadlines& deadlines, TlsContext* tls, Target target)
    : owner_(owner), deadlines_(deadlines), tls_(tls), target_(std::move(target)), stream_(io) {
  ENSURE(!target_.endpoints.empty());
}

void Connection::open(Deadlines::Clock::time_point deadline) {
  ENSURE(state_ == State::kNew);
  deadline_ = deadline;
  state_ = State::kConnecting;
  connect_next();
}

void Connection::connect_next() {
  const std::size_t left = target_.endpoints.size() - next_endpoint_;
  if (left > 1) {
    const auto now = Deadlines::Clock::now();
    const auto share = (deadline_ - now) / static_cast<long>(left);
    // Closing the socket ends the attempt: its handler goes on with the next endpoint.
    patience_ = deadlines_.add(now + share, [this] {
      patience_.reset();
      stream_.close();
    });
  }
  stream_.socket().async_connect(target_.endpoints[next_endpoint_++], [weak = weak_from_this()](error_code error) {
    if (const auto self = weak.lock()) self->connected(error);
  });
}

void Connection::connected(error_code error) {
  if (state_ != State::kConnecting) return;
  stop_patience();
  error_code failure = error;
  if (!failure && !stream_.socket().is_open()) failure = asio::error::timed_out;  // just made it, just too late
  if (!failure) stream_.socket().set_option(asio::ip::tcp::no_delay(true), failure);
  if (!failure) stream_.socket().native_non_blocking(true, failure);
  if (failure) {
    stream_.close();
    if (next_endpoint_ < target_.endpoints.size()) return connect_next();
    if (failure == asio::error::operation_aborted) failure = asio::error::timed_out;
    return fail(Stage::kConnect, failure.message());
  }
  if (tls_ != nullptr) {
    stream_.start_tls(*tls_, target_.host, target_.port);
    state_ = State::kHandshaking;
    return shake_hands();
  }
  ready();
}

void Connection::ready() {
  // What a server says before it is asked is no answer, and OpenSSL may have read it already, with the handshake.
  if (!is_quiet()) return fail(Stage::kRead, "the peer hung up, or spoke before it was asked");
  state_ = State::kIdle;
  wait_readable();
  owner_.opened(*this);
}

void Connection::stop_patience() {
  if (patience_) deadlines_.remove(*patience_);
  patience_.reset();
}

void Connection::send(std::string bytes, const AnswerReader::Limits& limits) {
  ENSURE(state_ == State::kIdle);
  const auto self = shared_from_this();  // broken() may drop us before we return
  state_ = State::kBusy;
  outgoing_ = std::move(bytes);
  sent_ = 0;
  reader_.emplace(limits);
  write_some();
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  stop_patience();
  stream_.close();
}

std::string_view Connection::activity() const {
  switch (state_) {
    case State::kNew:
    case State::kConnecting:
      return "connecting";
    case State::kHandshaking:
      return "in the TLS handshake";
    case State::kBusy:
      return sent_ < outgoing_.size() ? "sending" : "waiting for the answer";
    case State::kIdle:
    case State::kClosed:
      break;
  }
  return "idle";
}

void Connection::wait_readable() {
  if (waits_readable_ || state_ == State::kClosed) return;
  waits_readable_ = true;
  stream_.socket().async_wait(asio::ip::tcp::socket::wait_read, [weak = weak_from_this()](error_code) {
    const auto self = weak.lock();
    if (!self) return;
    self->waits_readable_ = false;
    self->advance();  // an error shows itself in the next operation
  });
}

void Connection::wait_writable() {
  if (waits_writable_ || state_ == State::kClosed) return;
  waits_writable_ = true;
  stream_.socket().async_wait(asio::ip::tcp::socket::wait_write, [weak = weak_from_this()](error_code) {
    const auto self = weak.lock();
    if (!self) return;
    self->waits_writable_ = false;
    self->advance();
  });
}

void Connection::wait_for(Step step) {
  if (step == Step::kWantWrite) wait_writable();
  wait_readable();  // always: an answer may come early, and a silent peer may hang up
}

void Connection::advance() {
  switch (state_) {
    case State::kHandshaking:
      return shake_hands();
    case State::kBusy:
      if (sent_ < outgoing_.size()) write_some();
      if (state_ == State::kBusy) read_some();
      return;
    case State::kIdle:
      // Whatever comes on an idle connection (an unasked 408, a goodbye, a reset) must not meet the next request.
      if (!is_quiet()) return fail(Stage::kRead, "closed while idle");
      return wait_readable();
    case State::kNew:
    case State::kConnecting:
    case State::kClosed:
      return;
  }
}

void Connection::shake_hands() {
  const Step step = stream_.shake_hands();
  if (step == Step::kEnded) return fail(Stage::kHandshake, "the peer ended the handshake");
  if (step == Step::kFailed) return fail(Stage::kHandshake, stream_.failure());
  if (step != Step::kDone) return wait_for(step);
  ready();
}

void Connection::write_some() {
  Step step = Step::kDone;
  while (step == Step::kDone && sent_ < outgoing_.size()) {
    std::size_t count = 0;
    step = stream_.write(std::string_view(outgoing_).substr(sent_), count);
    sent_ += count;
  }
  if (step == Step::kEnded) return fail(Stage::kWrite, "the peer hung up");
  if (step == Step::kFailed) return fail(Stage::kWrite, stream_.failure());
  wait_for(step);
}

/// Reads all there is: with OpenSSL's read-ahead the socket may be empty while data waits. The reader's limits end it.
void Connection::read_some() {
  std::array<char, 16UL * 1024> space;  // one TLS record
  Step step = Step::kDone;
  while (step == Step::kDone && state_ == State::kBusy) {
    std::size_t count = 0;
    step = stream_.read(space, count);
    if (step == Step::kDone) take({space.data(), count});
  }
  if (state_ != State::kBusy) return;
  if (step == Step::kEnded) return ended();
  if (step == Step::kFailed) return fail(Stage::kRead, stream_.failure());
  wait_for(step);
}

void Connection::take(std::string_view bytes) {
  switch (reader_->feed(bytes)) {
    case AnswerReader::Progress::kNeedMore:
      return;
    case AnswerReader::Progress::kComplete:
      return finish();
    case AnswerReader::Progress::kMalformed:
      return fail(Stage::kMalformed, "the answer: " + reader_->complaint());
  }
}

void Connection::ended() {
  if (reader_->end() == AnswerReader::Progress::kComplete) return finish();
  fail(Stage::kRead, "closed before the answer was complete");
}

void Connection::finish() {
  Response response = reader_->take();
  const bool reusable = reader_->allows_reuse() && sent_ == outgoing_.size();
  reader_.reset();
  outgoing_.clear();
  sent_ = 0;
  state_ = State::kIdle;
  ++answers_;
  wait_readable();
  owner_.answered(*this, std::move(response), reusable);
}

void Connection::fail(Stage stage, std::string_view what) {
  Break how{{stage, fmt::format("{}: {}", target_.host, what)}, reader_ && reader_->began()};
  close();
  owner_.broken(*this, std::move(how));
}

}  // namespace http
