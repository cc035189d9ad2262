#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "alert/route.h"

namespace alert {

/// A part of a match that an alert does not fit.
struct Misfit {
  std::string_view part;  ///< "severity", "cause", "app", "token", "account" or "label"
  std::string wanted;     ///< what the match asks for: "critical"; "owner=ads-ops"
  std::string is;         ///< what the alert has instead; empty when it has nothing of the kind
  bool operator==(const Misfit&) const = default;
};
/// Empty when the alert fits.
std::vector<Misfit> misfits(const Match& match, const Alert& alert);

/// What one route of the settings makes of an alert.
struct RouteStep {
  const Route* route;
  bool tried = true;            ///< false: a route before it fits and does not continue
  std::vector<Misfit> misfits;  ///< empty when it fits; of one that is not tried, too
  /// Whom it tells: not those that a route before it tells already, nor a destination of its own failure.
  std::vector<const Destination*> tells;
  std::string group;       ///< group_of(); empty when the alert stands alone
  base::Duration wait{0};  ///< for company; 0 when it stands alone, or is critical
  bool fits() const { return tried && misfits.empty(); }
};
/// One for each route, in their order. `routes` and `all` must outlive the steps. recipients() says the same in short.
std::vector<RouteStep> trace_routes(const Alert& alert, const std::vector<Route>& routes,
                                    const std::vector<Destination>& all);

}  // namespace alert
