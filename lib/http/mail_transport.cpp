#include "http/mail_transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "base/ensure.h"
#include "http/mail.h"
#include "http/mail_session.h"
#include "http/reach.h"
#include "http/tls_context.h"

namespace http {
namespace {

constexpr std::size_t kMostSessions = 3;  // at one server: a mail that it mulls over holds up no other
constexpr base::Duration kLongestDeadline = std::chrono::hours(24);  // keeps sums of time points from overflowing

/// Once for the process, and for good: OpenSSL, which it sets up, is ours as well.
void initialize_curl() {
  static const CURLcode outcome = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  ENSURE(outcome == CURLE_OK);
}

/// A server that hangs up must cost a write and not the process; libcurl leaves that to us.
void block_pipe_signal() {
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ENSURE(::pthread_sigmask(SIG_BLOCK, &pipe, nullptr) == 0);
}

Reply failure(Stage stage, std::string what) { return base::Failure{TransportError{stage, std::move(what)}}; }

}  // namespace

MailTransport::MailTransport(boost::asio::io_context& io, const TlsOptions& options, Resolver::LookUp look_up)
    : io_(io),
      ca_file_(options.ca_file),
      replies_(std::make_shared<ReplyQueue>(io)),
      deadlines_(io),
      resolver_(io, std::move(look_up)) {
  static_cast<void>(TlsContext(ca_file_));  // libcurl reads it for each mail; a useless one is to be known now
  initialize_curl();
}

MailTransport::~MailTransport() {
  thread_.reset();  // whoever destroys it, the loop no longer runs or is the caller
  shut_down();
  for (auto& [id, running] : running_) running.thread.join();
}

void MailTransport::check_thread() {
  if (!thread_) thread_ = std::this_thread::get_id();
  ENSURE(*thread_ == std::this_thread::get_id());
}

void MailTransport::send(Request request, Handler on_reply) {
  check_thread();
  ENSURE(on_reply != nullptr);
  const auto refuse = [&](std::string why) {
    replies_->add(std::move(on_reply), failure(Stage::kRefused, std::move(why)));
    replies_->deliver_soon();
  };
  auto server = parse_mail_url(request.url);
  if (!server) return refuse(server.error());
  const std::string& host = server.value().host;
  if (stopped_) return refuse(host + ": shutting down");
  if (request.mail == nullptr) return refuse(host + ": the mail has no envelope");
  if (const auto fault = fault_in(*request.mail, request.body)) return refuse(fmt::format("{}: {}", host, *fault));

  const Id id = ++last_id_;
  Submission submission;
  const auto ends_at = Deadlines::Clock::now() + std::min(request.deadline, kLongestDeadline);
  submission.expiry = deadlines_.add(ends_at, [this, id] { expire(id); });
  submission.request = std::move(request);
  submission.lane = host + " " + server.value().port;
  submission.server = std::move(server).value();
  submission.on_reply = std::move(on_reply);
  const std::string lane = submission.lane;
  submissions_.emplace(id, std::move(submission));
  lanes_[lane].waiting.push_back(id);
  pump(lane);
}

std::size_t MailTransport::in_flight() const { return submissions_.size() + replies_->size(); }

void MailTransport::shut_down() {
  check_thread();
  stopped_ = true;
  while (!submissions_.empty()) {
    const auto& [id, submission] = *submissions_.begin();
    finish(id, failure(Stage::kRefused, submission.server.host + ": shutting down"));
  }
  for (auto& [name, lane] : lanes_) lane.waiting.clear();
}

/// Lets the next ones begin, as far as there are places.
void MailTransport::pump(const std::string& lane) {
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return;
  auto& [waiting, busy] = found->second;
  while (busy < kMostSessions && !waiting.empty()) {
    const Id id = waiting.front();
    waiting.pop_front();
    if (submissions_.contains(id)) begin(id);
  }
  if (busy == 0 && waiting.empty()) lanes_.erase(found);
}

void MailTransport::begin(Id id) {
  Submission& submission = submissions_.at(id);
  submission.begun = true;
  ++lanes_.at(submission.lane).busy;
  boost::system::error_code not_literal;
  const auto literal = boost::asio::ip::make_address(submission.server.host, not_literal);
  if (!not_literal) return open(id, {literal});
  resolver_.resolve(submission.server.host, [this, id](const Addresses& addresses) {
    const auto found = submissions_.find(id);
    if (found == submissions_.end()) return;
    const std::string lane = found->second.lane;
    open(id, addresses);
    pump(lane);
  });
}

void MailTransport::open(Id id, const Addresses& addresses) {
  Submission& submission = submissions_.at(id);
  const std::string& host = submission.server.host;
  const Reach reach = submission.request.reach;
  if (addresses.empty()) return finish(id, failure(Stage::kResolve, host + ": the name has no address"));
  if (const auto objection = objection_to(addresses, reach, true))
    return finish(id, failure(Stage::kRefused, fmt::format("{} {}", host, *objection)));
  start(id, std::make_shared<MailSession>(MailOrder{.server = submission.server,
                                                    .addresses = addresses,
                                                    .may_go_clear = !objection_to(addresses, reach, false),
                                                    .mail = submission.request.mail,
                                                    .message = std::move(submission.request.body),
                                                    .ca_file = ca_file_}));
}

void MailTransport::start(Id id, std::shared_ptr<MailSession> session) {
  Running& running = running_[id];
  running.lane = submissions_.at(id).lane;
  running.session = session;
  running.thread = std::thread([this, id, session = std::move(session), alive = std::weak_ptr<const bool>(alive_)] {
    block_pipe_signal();
    // The destructor waits for this thread, so `io_` is there; what is posted may run after it.
    boost::asio::post(io_, [this, id, alive, reply = session->run()]() mutable {
      if (!alive.expired()) ended(id, std::move(reply));
    });
  });
}

void MailTransport::ended(Id id, Reply reply) {
  if (submissions_.contains(id)) finish(id, std::move(reply));
  Running running = std::move(running_.extract(id).mapped());
  running.thread.join();  // it has nothing left to do
  --lanes_.at(running.lane).busy;
  pump(running.lane);
}

void MailTransport::expire(Id id) {
  Submission& submission = submissions_.at(id);
  submission.expiry.reset();
  const std::string lane = submission.lane;
  const auto running = running_.find(id);
  const std::string_view activity = running != running_.end() ? running->second.session->activity()
                                    : submission.begun        ? "looking up the name"
                                                              : "waiting for other mails";
  finish(id, failure(Stage::kDeadline, fmt::format("{}: not sent within {}; was {}", submission.server.host,
                                                   base::to_text(submission.request.deadline), activity)));
  pump(lane);
}

/// The mail is answered. Its thread, if it has one, is told to end and keeps its place until then.
void MailTransport::finish(Id id, Reply reply) {
  Submission submission = std::move(submissions_.extract(id).mapped());
  if (submission.expiry) deadlines_.remove(*submission.expiry);
  const auto running = running_.find(id);
  if (running != running_.end()) {
    running->second.session->cut();
  } else if (submission.begun) {
    --lanes_.at(submission.lane).busy;
  }
  replies_->add(std::move(submission.on_reply), std::move(reply));
  replies_->deliver_soon();
}

}  // namespace http
