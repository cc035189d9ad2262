#include "alert/delivery.h"

#include "base/ensure.h"

namespace alert {

std::string_view to_text(DeliveryState state) {
  switch (state) {
    case DeliveryState::kPending:
      return "pending";
    case DeliveryState::kDelivered:
      return "delivered";
    case DeliveryState::kDead:
      return "dead";
  }
  ENSURE(!"a delivery state without a name");
  return {};
}

std::string_view to_text(Act act) {
  switch (act) {
    case Act::kSend:
      return "send";
    case Act::kReply:
      return "reply";
    case Act::kEdit:
      return "edit";
  }
  ENSURE(!"an act without a name");
  return {};
}

std::optional<Act> act_from_text(std::string_view text) {
  for (const auto act : {Act::kSend, Act::kReply, Act::kEdit}) {
    if (to_text(act) == text) return act;
  }
  return std::nullopt;
}

std::optional<DeliveryState> delivery_state_from_text(std::string_view text) {
  for (const auto state : {DeliveryState::kPending, DeliveryState::kDelivered, DeliveryState::kDead}) {
    if (to_text(state) == text) return state;
  }
  return std::nullopt;
}

bool is_of(const Body& body, const Delivery& delivery) {
  return body.alert == delivery.alert && body.channel == delivery.channel &&
         body.destination == (delivery.own_words ? delivery.destination : std::string());
}

}  // namespace alert
