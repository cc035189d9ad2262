#include "alert/delivery.h"

#include <doctest/doctest.h>

using namespace alert;

TEST_CASE("delivery state: reads back from its text, and nothing else does") {
  CHECK(to_text(DeliveryState::kPending) == "pending");
  CHECK(to_text(DeliveryState::kDelivered) == "delivered");
  CHECK(to_text(DeliveryState::kDead) == "dead");
  CHECK(delivery_state_from_text("pending") == DeliveryState::kPending);
  CHECK(delivery_state_from_text("delivered") == DeliveryState::kDelivered);
  CHECK(delivery_state_from_text("dead") == DeliveryState::kDead);
  CHECK_FALSE(delivery_state_from_text("Dead"));
  CHECK_FALSE(delivery_state_from_text(""));
}

TEST_CASE("alert state: has the texts of the webhook's payload") {
  CHECK(to_text(State::kOpened) == "opened");
  CHECK(to_text(State::kUpdated) == "updated");
  CHECK(to_text(State::kReminder) == "reminder");
  CHECK(to_text(State::kResolved) == "resolved");
  for (const State state : {State::kOpened, State::kUpdated, State::kReminder, State::kResolved})
    CHECK(state_from_text(to_text(state)) == state);
  CHECK_FALSE(state_from_text("Opened"));
}

TEST_CASE("act: reads back from its text, and nothing else does") {
  CHECK(to_text(Act::kSend) == "send");
  CHECK(to_text(Act::kReply) == "reply");
  CHECK(to_text(Act::kEdit) == "edit");
  for (const Act act : {Act::kSend, Act::kReply, Act::kEdit}) CHECK(act_from_text(to_text(act)) == act);
  CHECK_FALSE(act_from_text(""));
}
