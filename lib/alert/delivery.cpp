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

std::optional<DeliveryState> delivery_state_from_text(std::string_view text) {
  for (const auto state : {DeliveryState::kPending, DeliveryState::kDelivered, DeliveryState::kDead}) {
    if (to_text(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace alert
