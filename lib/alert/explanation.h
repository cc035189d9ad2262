#pragma once

#include <string_view>
#include <vector>

#include "verdict/cause.h"

namespace alert {

/// A rule by which an incident is opened. Its name stands in the grounds of what it opened.
struct Rule {
  std::string_view name;  ///< stable: "identity_confirms"
  std::string_view words;
};

/// What a cause is, for people who were told of it.
struct Explanation {
  verdict::Cause cause;
  std::string_view title;
  std::string_view meaning;
  std::vector<Rule> rules;  ///< one or more: when it opens
  std::string_view closes;  ///< when it is over
  std::string_view stops;   ///< what stops meanwhile
  std::string_view repair;  ///< how to repair it
};
/// Complete for every cause. Lives as long as the program.
const Explanation& explanation_of(verdict::Cause cause);

}  // namespace alert
