#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alert/alert.h"
#include "alert/destination.h"

namespace alert {

struct DeliveryTag {
  static constexpr const char* kPrefix = "dlv_";
};
using DeliveryId = base::Id<DeliveryTag>;

enum class DeliveryState { kPending, kDelivered, kDead };
std::string_view to_text(DeliveryState state);
std::optional<DeliveryState> delivery_state_from_text(std::string_view text);

/// One alert in one channel's words. Stored once, whatever the number of destinations; never rendered again.
struct Body {
  AlertId alert;
  Channel channel = Channel::kWebhook;
  std::string bytes;
  bool operator==(const Body&) const = default;
};

/// One alert for one destination: a row of the outbox.
struct Delivery {
  DeliveryId id;
  AlertId alert;
  std::uint64_t sequence = 0;  ///< of the alert
  std::string destination;
  Channel channel = Channel::kWebhook;
  std::string order_key;     ///< deliveries of one destination with the same key arrive in their sequence
  base::Instant created_at;  ///< UTC
  DeliveryState state = DeliveryState::kPending;
  int attempts = 0;
  base::Instant next_attempt_at;  ///< UTC; meaningless unless pending
  bool operator==(const Delivery&) const = default;
};

/// A pending delivery with the bytes to send.
struct PendingDelivery {
  Delivery delivery;
  std::string body;
};

/// What one try gave: a row of the attempts, and the delivery's new state.
struct DeliveryAttempt {
  Delivery delivery;    ///< as it is after the attempt
  base::Instant at;     ///< UTC
  int http_status = 0;  ///< 0 when there was no answer
  std::string outcome;  ///< "delivered", or why not, for people; holds no secret
  base::Duration took{0};
};

}  // namespace alert
