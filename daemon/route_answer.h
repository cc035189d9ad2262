#pragma once

#include <string>
#include <vector>

#include "alert/route_trace.h"
#include "hold_output.h"
#include "settings/settings.h"

namespace app {

/// Who would be told of an incident, and why.
struct RouteAnswer {
  alert::Alert alert;
  std::vector<std::string> left_out;  ///< options that say what such an incident is not about
  std::vector<alert::RouteStep> steps;
  std::vector<alert::Recipient> told;
  std::vector<Hold> holds;  ///< what keeps it back now
};

// `settings` are those that the answer was found in.
void print_as_json(const RouteAnswer& answer, const settings::Settings& settings);
void print_as_text(const RouteAnswer& answer, const settings::Settings& settings);

}  // namespace app
