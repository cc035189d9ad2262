#include "alert/route.h"

#include <algorithm>

#include "base/ensure.h"

namespace alert {
namespace {

/// A destination cannot be asked to tell that it is broken.
bool is_own_failure(const Alert& alert, const Destination& destination) {
  const verdict::IncidentKey& key = alert.incident.finding.key;
  return key.cause == verdict::Cause::kDestinationBroken && key.topic == destination.name;
}

void add(std::vector<Recipient>& recipients, const Destination& destination, const Route* route, const Alert& alert) {
  const bool known = std::any_of(recipients.begin(), recipients.end(),
                                 [&](const Recipient& one) { return one.destination == &destination; });
  if (!known && !is_own_failure(alert, destination)) recipients.push_back({&destination, route});
}

}  // namespace

std::string_view to_text(GroupBy group_by) {
  switch (group_by) {
    case GroupBy::kIncident:
      return "incident";
    case GroupBy::kApp:
      return "app";
    case GroupBy::kAccount:
      return "account";
    case GroupBy::kOwner:
      return "owner";
  }
  ENSURE(!"a grouping without a name");
  return {};
}

std::optional<GroupBy> group_by_from_text(std::string_view text) {
  for (const auto group_by : {GroupBy::kIncident, GroupBy::kApp, GroupBy::kAccount, GroupBy::kOwner}) {
    if (to_text(group_by) == text) return group_by;
  }
  return std::nullopt;
}

std::vector<const Destination*> destinations_named(const std::string& name, const std::vector<Destination>& all) {
  std::vector<const Destination*> found;
  for (const Destination& destination : all) {
    if (destination.name == name || destination.cluster == name) found.push_back(&destination);
  }
  return found;
}

std::vector<const Route*> fitting_routes(const Alert& alert, const std::vector<Route>& routes) {
  std::vector<const Route*> fitting;
  for (const Route& route : routes) {
    if (!fits(route.match, alert)) continue;
    fitting.push_back(&route);
    if (!route.continues) break;
  }
  return fitting;
}

std::vector<Recipient> recipients(const Alert& alert, const std::vector<Route>& routes,
                                  const std::vector<Destination>& all) {
  std::vector<Recipient> recipients;
  if (routes.empty()) {
    for (const Destination& destination : all) add(recipients, destination, nullptr, alert);
    return recipients;
  }
  for (const Route* route : fitting_routes(alert, routes)) {
    for (const std::string& name : route->to) {
      for (const Destination* destination : destinations_named(name, all)) add(recipients, *destination, route, alert);
    }
  }
  return recipients;
}

std::string group_of(const Alert& alert, GroupBy group_by) {
  const auto named = [](std::string_view what, const std::string& name) {
    return name.empty() ? std::string() : std::string(what).append(" ").append(name);
  };
  switch (group_by) {
    case GroupBy::kIncident:
      return {};
    case GroupBy::kApp:
      return named("app", alert.subject.app);
    case GroupBy::kAccount:
      return named("account", alert.subject.account_id);
    case GroupBy::kOwner: {
      if (!alert.subject.token) return {};
      const auto owner = alert.subject.token->labels.find("owner");
      return owner == alert.subject.token->labels.end() ? std::string() : named("owner", owner->second);
    }
  }
  ENSURE(!"a grouping without a rule");
  return {};
}

}  // namespace alert
