#include "alert/alert.h"

#include "base/ensure.h"

namespace alert {

std::string_view to_text(State state) {
  switch (state) {
    case State::kOpened:
      return "opened";
    case State::kUpdated:
      return "updated";
    case State::kResolved:
      return "resolved";
  }
  ENSURE(!"a state without a name");
  return {};
}

}  // namespace alert
