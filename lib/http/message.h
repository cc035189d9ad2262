#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/headers.h"

namespace http {

struct Mail;  // http/mail.h

/// Which addresses a request may reach, once its host name is resolved. Every resolved address is checked, and the
/// connection goes to a checked address.
enum class Reach {
  kAnyAddress,     ///< TLS, to any address: the operator's own API host
  kPublicAddress,  ///< TLS, but not to loopback, private, link-local, shared or multicast addresses
  kPrivateToo,     ///< TLS to any address, in the clear to loopback and private addresses only
};

/// One request, complete and signed by its maker. A mail is one too: see MailTransport for which members count.
struct Request {
  std::string method = "GET";
  std::string url;  ///< absolute, http or https (a mail: smtp or smtps), no user information, no fragment
  std::vector<Header> headers;
  std::string body;
  /// A mail's envelope, null for everything else. Shared by copies of the request, because it holds a secret.
  std::shared_ptr<const Mail> mail;
  /// Makes the Authorization header's value; called once an attempt, because a nonce must not be sent twice.
  std::function<std::string()> authorization;

  base::Duration deadline{10'000};  ///< for everything: queueing, name, connection, handshake, answer, second attempt
  std::size_t max_body = 1024UL * 1024;  ///< bytes of answer body
  bool cut_long_body = false;            ///< true: keep the first max_body bytes; false: a longer body is malformed
  bool idempotent = true;                ///< may be sent again when a kept-alive connection proves dead
  Reach reach = Reach::kAnyAddress;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;

  /// The value of the first header of that name (any case). Valid until the headers change or go.
  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
};

/// How far a request got before it failed.
enum class Stage {
  kRefused,    ///< not sent: bad URL, forbidden address, or the transport is shutting down
  kResolve,    ///< the name has no address
  kConnect,    ///< no TCP connection
  kHandshake,  ///< TLS: version, chain or host name
  kWrite,      ///< the connection broke while sending
  kRead,       ///< the connection broke or closed before the answer was complete
  kDeadline,   ///< time ran out, at whatever stage
  kMalformed,  ///< the answer is no HTTP, or larger than allowed
};
std::string_view to_text(Stage stage);

struct TransportError {
  Stage stage = Stage::kRead;
  std::string detail;  ///< for people; holds no part of the URL beyond its host
};

using Reply = base::Result<Response, TransportError>;

}  // namespace http
