#include "http/connection.h"

#include <fmt/format.h>

#include <utility>

#include "base/ensure.h"

namespace http {

namespace asio = boost::asio;
using boost::system::error_code;

Connection::Connection(Poller& poller, Owner& owner, Deadlines& deadlines, TlsContext* tls, Target target)
    : poller_(poller), owner_(owner), deadlines_(deadlines), tls_(tls), target_(std::move(target)) {
  ENSURE(!target_.endpoints.empty());
}

void Connection::open(Deadlines::Clock::time_point deadline) {
  ENSURE(state_ == State::kNew);
  deadline_ = deadline;
  state_ = State::kConnecting;
  connect_next();
}

void Connection::connect_next() {
  const auto now = Deadlines::Clock::now();
  const auto left = static_cast<long>(target_.endpoints.size() - next_endpoint_);
  const auto give_up = [this](Deadlines::Clock::time_point at, error_code why) {
    patience_ = deadlines_.add(at, [this, why] {
      patience_.reset();
      const auto self = shared_from_this();
      connected(why);
    });
  };
  error_code failure = stream_.connect(target_.endpoints[next_endpoint_++]);
  if (!failure) failure = poller_.watch(stream_.socket(), *this);
  if (failure) return give_up(now, failure);  // from the loop, for nobody expects to hear of it from within open()
  watched_ = true;
  if (left > 1) give_up(now + (deadline_ - now) / left, asio::error::timed_out);
}

void Connection::connected(error_code failure) {
  stop_patience();
  if (failure) {
    hang_up();
    if (next_endpoint_ < target_.endpoints.size()) return connect_next();
    return fail(Stage::kConnect, failure.message());
  }
  if (tls_ == nullptr) return become_idle();
  stream_.start_tls(*tls_, target_.host, target_.port);
  state_ = State::kHandshaking;
  shake_hands();
}

void Connection::become_idle() {
  // What a server says before it is asked is no answer, and OpenSSL may have read it already, with the handshake.
  if (stream_.probe() != Step::kWantRead) return fail(Stage::kRead, "the peer hung up, or spoke before it was asked");
  state_ = State::kIdle;
  owner_.opened(*this);
}

void Connection::stop_patience() {
  if (patience_) deadlines_.remove(*patience_);
  patience_.reset();
}

void Connection::send(std::string_view bytes, const AnswerReader::Limits& limits) {
  ENSURE(state_ == State::kIdle);
  const auto self = shared_from_this();  // broken() may drop us before we return
  state_ = State::kBusy;
  reader_.emplace(limits);
  write_some(bytes);
}

bool Connection::is_quiet() {
  if (drained_turn_ != 0 && drained_turn_ == poller_.turn()) return true;
  return stream_.probe() == Step::kWantRead;
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  stop_patience();
  hang_up();
}

void Connection::hang_up() {
  if (watched_) poller_.forget(*this);
  watched_ = false;
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
      return outgoing_.empty() ? "waiting for the answer" : "sending";
    case State::kIdle:
    case State::kClosed:
      break;
  }
  return "idle";
}

void Connection::ready(bool hung_up) {
  const auto self = shared_from_this();
  stream_.wake(hung_up);
  advance();
}

void Connection::advance() {
  switch (state_) {
    case State::kConnecting: {
      const error_code result = stream_.connect_result();
      if (result != asio::error::would_block) connected(result);
      return;
    }
    case State::kHandshaking:
      return shake_hands();
    case State::kBusy:
      if (!outgoing_.empty()) write_some(std::exchange(outgoing_, {}));
      if (state_ == State::kBusy) read_some();
      return;
    case State::kIdle:
      // Whatever comes on an idle connection (an unasked 408, a goodbye, a reset) must not meet the next request.
      if (stream_.probe() != Step::kWantRead) fail(Stage::kRead, "closed while idle");
      return;
    case State::kNew:
    case State::kClosed:
      return;
  }
}

void Connection::shake_hands() {
  const Step step = stream_.shake_hands();
  if (step == Step::kEnded) return fail(Stage::kHandshake, "the peer ended the handshake");
  if (step == Step::kFailed) return fail(Stage::kHandshake, stream_.failure());
  if (step == Step::kDone) become_idle();
}

/// An answer may come early, and a silent peer may hang up: so whatever is left to write, the poller tells of both.
void Connection::write_some(std::string_view bytes) {
  Step step = Step::kDone;
  while (step == Step::kDone && !bytes.empty()) {
    std::size_t count = 0;
    step = stream_.write(bytes, count);
    bytes.remove_prefix(count);
  }
  if (step == Step::kEnded) return fail(Stage::kWrite, "the peer hung up");
  if (step == Step::kFailed) return fail(Stage::kWrite, stream_.failure());
  outgoing_ = bytes;
}

/// Reads all there is: the poller tells of it once. The reader's limits end it.
void Connection::read_some() {
  const std::span<char> space = poller_.scratch();
  Step step = Step::kDone;
  while (step == Step::kDone && state_ == State::kBusy) {
    std::size_t count = 0;
    step = stream_.read(space, count);
    if (step == Step::kDone) take({space.data(), count});
  }
  if (state_ != State::kBusy) return;
  if (step == Step::kEnded) return ended();
  if (step == Step::kFailed) return fail(Stage::kRead, stream_.failure());
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
  const bool took_all = stream_.took_all();
  // What was read with the answer but does not belong to it is not told of again.
  const bool reusable =
      reader_->allows_reuse() && outgoing_.empty() && (took_all || stream_.probe() == Step::kWantRead);
  drained_turn_ = took_all ? poller_.turn() : 0;
  reader_.reset();
  outgoing_.clear();
  state_ = State::kIdle;
  ++answers_;
  owner_.answered(*this, std::move(response), reusable);
}

void Connection::fail(Stage stage, std::string_view what) {
  Break how{{stage, fmt::format("{}: {}", target_.host, what)}, reader_ && reader_->began()};
  close();
  owner_.broken(*this, std::move(how));
}

}  // namespace http
