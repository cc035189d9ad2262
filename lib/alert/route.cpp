#include <algorithm>

#include "alert/destination.h"

namespace alert {
namespace {

template <class T>
bool allows(const std::vector<T>& allowed, const T& value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

bool fits_token(const Match& match, const std::optional<audit::Token>& token) {
  if (!token) return match.tokens.empty() && match.labels.empty();
  return allows(match.tokens, token->name) &&
         std::all_of(match.labels.begin(), match.labels.end(), [&](const auto& label) {
           const auto found = token->labels.find(label.first);
           return found != token->labels.end() && found->second == label.second;
         });
}

bool fits(const Match& match, const Alert& alert) {
  const verdict::Cause cause = alert.incident.finding.key.cause;
  return allows(match.severities, verdict::severity_of(alert.incident.finding)) && allows(match.causes, cause) &&
         allows(match.apps, alert.subject.app) && allows(match.accounts, alert.subject.account_id) &&
         fits_token(match, alert.subject.token);
}

/// A name given twice is told once.
std::vector<std::string> without_repeats(const std::vector<std::string>& names) {
  std::vector<std::string> once;
  for (const std::string& name : names) {
    if (std::find(once.begin(), once.end(), name) == once.end()) once.push_back(name);
  }
  return once;
}

}  // namespace

std::vector<std::string> recipients(const Alert& alert, const std::vector<Route>& routes,
                                    const std::vector<Destination>& all) {
  if (routes.empty()) {
    std::vector<std::string> names;
    for (const Destination& destination : all) names.push_back(destination.name);
    return names;
  }
  const auto route =
      std::find_if(routes.begin(), routes.end(), [&](const Route& candidate) { return fits(candidate.match, alert); });
  return route == routes.end() ? std::vector<std::string>{} : without_repeats(route->to);
}

}  // namespace alert
