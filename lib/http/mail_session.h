#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "http/mail.h"
#include "http/mail_socket.h"
#include "http/message.h"
#include "http/resolver.h"
#include "http/url.h"

namespace http {

/// One mail, and all that was decided about its way before a connection is opened.
struct MailOrder {
  Url server;
  Addresses addresses;        ///< of that server, each of them checked; not empty
  bool may_go_clear = false;  ///< without TLS, when the server offers no STARTTLS
  std::shared_ptr<const Mail> mail;
  std::string message;
  std::string ca_file;
};

/// Hands one mail to its server, over a connection of its own, with libcurl. Blocks a thread, which is the only one to
/// call run(); all else may be called from any thread.
class MailSession {
 public:
  explicit MailSession(MailOrder order) : order_(std::move(order)) {}
  MailSession(const MailSession&) = delete;
  MailSession& operator=(const MailSession&) = delete;

  /// What came of it, as MailTransport promises. Once. Has no deadline: see cut(). Requires that SIGPIPE is blocked or
  /// ignored.
  Reply run();
  /// Makes run() return within milliseconds, with any reply.
  void cut() { socket_.cut(); }
  /// What run() is busy with, for people.
  std::string_view activity() const;

 private:
  enum class Activity { kConnecting, kGreeting, kSending, kAwaitingVerdict };
  class Conversation;

  MailOrder order_;
  MailSocket socket_;
  std::atomic<Activity> activity_ = Activity::kConnecting;
};

}  // namespace http
