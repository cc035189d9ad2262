#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "http/deadlines.h"
#include "http/reply_queue.h"
#include "http/resolver.h"
#include "http/tls_transport.h"
#include "http/transport.h"
#include "http/url.h"

namespace http {

class MailSession;

/// Sends mail through SMTP (RFC 5321). A request is one mail: `url` names the server, `mail` is the envelope, `body`
/// the whole message (RFC 5322, lines that end in CR LF); `deadline` and `reach` count as ever, everything else does
/// not.
///
/// Under TLS 1.2 or later, chain and name verified: from the first byte (smtps) or, before anything is said of the
/// mail, after STARTTLS (smtp). A server without STARTTLS gets nothing, neither mail nor password, unless the reach is
/// kPrivateToo and all its addresses are loopback or private: then both go in the clear. One that offers it and then
/// cannot do it gets nothing either. Signs in when there is a user name and the server asks for one.
///
/// The answer is a Response: status 250 and the server's last line when it has taken the mail for every recipient, or
/// else the code and the text (4 KiB at most, lines joined by line feeds) with which it refused: 4xx will pass by
/// itself, 5xx will not. A refused recipient refuses the mail: nobody gets it. A TransportError means that the server
/// said nothing of the kind; after kRead, kDeadline and shut_down() it may have taken the mail all the same. No text
/// holds the password.
///
/// libcurl waits for a server's last word inside of a call (smtp_done() in 7.88), so on the loop or on one thread for
/// all a slow server would hold up the others. Every mail that is being handed over has a thread, and a connection, of
/// its own; three at once for one server, for the settings name the servers but not how many mails they get. Further
/// ones wait, in order, under their own deadlines.
///
/// Loop thread only; `io` outlives it.
class MailTransport final : public Transport {
 public:
  /// Trusts the certificates in `options.ca_file`, which is read again for each mail, and no others; the other options
  /// do not matter. Throws std::runtime_error when the file cannot be used. `look_up` is for tests.
  MailTransport(boost::asio::io_context& io, const TlsOptions& options, Resolver::LookUp look_up = look_up_host);
  /// Waits for the threads, which takes milliseconds.
  ~MailTransport() override;

  void send(Request request, Handler on_reply) override;
  std::size_t in_flight() const override;
  void shut_down() override;

 private:
  using Id = std::uint64_t;

  /// A mail on its way: waits for its turn at the server -> name looked up -> handed over on a thread -> answered.
  struct Submission {
    Request request;
    Url server;
    std::string lane;
    Handler on_reply;
    std::optional<Deadlines::Entry> expiry;  ///< nothing while it happens
    bool begun = false;                      ///< holds a place in its lane
  };
  /// The mails for one server.
  struct Lane {
    std::deque<Id> waiting;  ///< may name mails that have ended
    std::size_t busy = 0;    ///< places taken; a thread keeps its place to its end
  };
  struct Running {
    std::shared_ptr<MailSession> session;  ///< shared with the thread
    std::string lane;
    std::thread thread;
  };

  void pump(const std::string& lane);
  void begin(Id id);
  void open(Id id, const Addresses& addresses);
  void start(Id id, std::shared_ptr<MailSession> session);
  void ended(Id id, Reply reply);
  void expire(Id id);
  void finish(Id id, Reply reply);
  void check_thread();

  boost::asio::io_context& io_;
  std::string ca_file_;
  std::shared_ptr<ReplyQueue> replies_;  ///< shared with the loop: replies may outlive the transport
  Deadlines deadlines_;
  Resolver resolver_;
  std::map<Id, Submission> submissions_;
  std::map<std::string, Lane> lanes_;  ///< by host and port; those in use
  std::map<Id, Running> running_;      ///< by their mail, which may have ended
  Id last_id_ = 0;
  bool stopped_ = false;
  std::optional<std::thread::id> thread_;  ///< the loop's, once known
  /// Lets what a thread has posted see that this object is gone. Last, so that it goes first.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace http
