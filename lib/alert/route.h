#pragma once

#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/destination.h"

namespace alert {

/// What makes incidents one message. Owner: the label "owner" of the token.
enum class GroupBy { kIncident, kApp, kAccount, kOwner };
std::string_view to_text(GroupBy group_by);  ///< "incident"
std::optional<GroupBy> group_by_from_text(std::string_view text);

/// Others are told, too, when nobody has acknowledged an incident for so long.
struct Escalation {
  base::Duration after{0};  ///< since the incident was opened
  std::vector<std::string> to;
};

struct Route {
  Match match;
  std::vector<std::string> to;  ///< destination names
  bool continues = false;       ///< the routes after it are tried, too
  GroupBy group_by = GroupBy::kIncident;
  /// How long a group waits for company. An incident alone is no group, and what is critical waits for nobody.
  base::Duration group_wait{30'000};
  /// Waits before the first reminder, the second, and so on; the last one again and again. Empty: none.
  std::vector<base::Duration> repeat;
  std::vector<Escalation> escalate;
};

/// The routes that decide of an alert: those that fit, up to the first of them that does not continue.
std::vector<const Route*> fitting_routes(const Alert& alert, const std::vector<Route>& routes);

/// A destination that is told, and by which route.
struct Recipient {
  const Destination* destination;
  const Route* route;  ///< null where there are no routes at all
};
/// Those of the fitting routes, each destination once, by its first route.
/// Without any route: all destinations. A destination is never told of its own failure.
std::vector<Recipient> recipients(const Alert& alert, const std::vector<Route>& routes,
                                  const std::vector<Destination>& all);
/// Destinations of that name: one, or the members of a cluster.
std::vector<const Destination*> destinations_named(const std::string& name, const std::vector<Destination>& all);

/// "app agency", "account 18ce54d4x5t", "owner ads-ops"; empty when it stands alone: by incident, or for want of an
/// app, account or owner.
std::string group_of(const Alert& alert, GroupBy group_by);

}  // namespace alert
