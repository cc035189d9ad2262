#include "alert/alert.h"

#include "base/ensure.h"

namespace alert {

std::string_view to_text(State state) {
  switch (state) {
    case State::kOpened:
      return "opened";
    case State::kUpdated:
      return "updated";
    case State::kReminder:
      return "reminder";
    case State::kResolved:
      return "resolved";
  }
  ENSURE(!"a state without a name");
  return {};
}

std::optional<State> state_from_text(std::string_view text) {
  for (const auto state : {State::kOpened, State::kUpdated, State::kReminder, State::kResolved}) {
    if (to_text(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace alert
