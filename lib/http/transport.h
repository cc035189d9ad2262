#pragma once

#include <functional>

#include "http/message.h"

namespace http {

/// The one door to the network. Loop thread only.
class Transport {
 public:
  using Handler = std::function<void(Reply)>;

  virtual ~Transport() = default;

  /// Sends `request` and calls `on_reply` exactly once, later and from the loop, never from inside send().
  virtual void send(Request request, Handler on_reply) = 0;
  /// Requests that were sent and not yet answered.
  virtual std::size_t in_flight() const = 0;
  /// Ends every request with Stage::kRefused, soon, and refuses new ones.
  virtual void shut_down() = 0;
};

}  // namespace http
