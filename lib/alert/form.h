#pragma once

#include <optional>
#include <string>

#include "alert/alert.h"
#include "alert/delivery.h"
#include "alert/destination.h"
#include "alert/retry_policy.h"
#include "http/message.h"

namespace alert {

/// What a channel is like, beside its words.
struct Manner {
  base::Duration pause{0};  ///< at least between an answer and the next message
  /// Messages under way at once, and so many may come twice after a crash. Several are for receivers that take a second
  /// one for the first.
  std::size_t slots = 1;
  /// People read it: more than so many messages in a minute become digests. 0: a program reads it, and gets each.
  int most_per_minute = 0;
  bool digests = false;  ///< can tell of several incidents in one message
  bool threads = false;  ///< what comes later of an incident leans on the receipt of its first message
  bool edits = false;    ///< the first message is brought up to date, beside what is said in its thread
};

/// How alerts look and travel on one channel. Without state; one for each channel, alive as long as the program.
class Form {
 public:
  virtual ~Form() = default;
  virtual const Manner& manner() const = 0;
  /// What is wrong with a destination, beginning with its key in the settings ("url: ..."), or nothing. Never repeats a
  /// secret.
  virtual std::optional<std::string> complaint_about(const Destination& destination) const = 0;
  /// The bytes that are stored and sent again and again: no secret, nothing that changes from attempt to attempt.
  virtual std::string body(const Alert& alert) const = 0;
  /// Requires manner().digests.
  virtual std::string body(const Digest& digest) const = 0;
  /// One attempt, signed. `now` is UTC; a receiver refuses a signature that is too old, so each attempt has its own.
  /// Nothing: there is nothing to be done any more (an edit of a message that never arrived); it counts as delivered.
  virtual std::optional<http::Request> request(const Destination& destination, const PendingDelivery& pending,
                                               base::Instant now) const = 0;
  /// What an answer means; waits asked for by Retry-After are read elsewhere (judge_reply). Pure.
  virtual AttemptResult judge(const http::Response& response) const = 0;
};
const Form& form_of(Channel channel);

}  // namespace alert
