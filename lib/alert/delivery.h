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
  std::string destination;  ///< whose own words they are (Destination::words); empty: the channel's
  std::string bytes;
  bool operator==(const Body&) const = default;
};

/// Send: a message of its own, or the first of a thread. Reply: in the thread of the first. Edit: puts its body in the
/// place of the first.
enum class Act { kSend, kReply, kEdit };
std::string_view to_text(Act act);
std::optional<Act> act_from_text(std::string_view text);

/// One alert for one destination: a row of the outbox.
struct Delivery {
  DeliveryId id;
  AlertId alert;
  std::uint64_t sequence = 0;  ///< of the alert
  std::string destination;
  Channel channel = Channel::kWebhook;
  bool own_words = false;  ///< its body is the destination's own
  Act act = Act::kSend;
  std::string thread{};      ///< the incident's id, where the channel threads; else empty
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
  std::string receipt{};  ///< of the first message of its thread, as far as it is known
};

bool is_of(const Body& body, const Delivery& delivery);

/// By which a receiver knows the first message of a thread.
struct Thread {
  std::string destination;
  std::string thread;
  std::string receipt;
  bool operator==(const Thread&) const = default;
};

/// What one try gave: a row of the attempts, and the delivery's new state.
struct DeliveryAttempt {
  Delivery delivery;    ///< as it is after the attempt
  base::Instant at;     ///< UTC
  int http_status = 0;  ///< 0 when there was no answer
  std::string outcome;  ///< "delivered", or why not, for people; holds no secret
  std::string receipt;  ///< of the first message of a thread, when it was delivered
  base::Duration took{0};
};

}  // namespace alert
