#pragma once

#include <string_view>
#include <vector>

#include "alert/alert.h"

namespace alert {

/// Something that an incident stops. Only what X's documentation states; never a guess.
struct Impact {
  std::string_view need;       ///< stable: "conversions", "create_posts"
  std::string_view effect;     ///< stable: "stops"
  std::string_view certainty;  ///< stable: "documented"
  std::string_view words;      ///< for people: "conversion uploads"
};
/// Empty when nothing is known to stop, and for a resolved incident.
std::vector<Impact> impact_of(const Alert& alert);

}  // namespace alert
