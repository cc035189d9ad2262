#include "alert/route_trace.h"

#include <algorithm>

#include "base/text.h"

namespace alert {
namespace {

/// Asks about one part of a match alone, so that only one place knows what fits.
class MisfitList {
 public:
  explicit MisfitList(const Alert& alert) : alert_(alert) {}

  void ask(std::string_view part, const Match& only, std::string wanted, std::string is) {
    if (!fits(only, alert_)) found.push_back({part, std::move(wanted), std::move(is)});
  }

  std::vector<Misfit> found;

 private:
  const Alert& alert_;
};

std::string names_of(const std::vector<verdict::Severity>& severities) {
  std::vector<std::string> names;
  for (const auto severity : severities) names.emplace_back(verdict::to_text(severity));
  return base::join(names, ", ");
}

/// The token's value of a label that is asked for.
std::string label_of(const Alert& alert, const std::string& name) {
  if (!alert.subject.token) return {};
  const auto label = alert.subject.token->labels.find(name);
  return label == alert.subject.token->labels.end() ? std::string() : name + "=" + label->second;
}

std::vector<const Destination*> told_by(const Route& route, const std::vector<Recipient>& recipients) {
  std::vector<const Destination*> told;
  for (const Recipient& recipient : recipients) {
    if (recipient.route == &route) told.push_back(recipient.destination);
  }
  return told;
}

}  // namespace

std::vector<Misfit> misfits(const Match& match, const Alert& alert) {
  const verdict::Finding& finding = alert.incident.finding;
  const Subject& subject = alert.subject;
  MisfitList list(alert);
  list.ask("severity", {.severities = match.severities}, names_of(match.severities),
           std::string(verdict::to_text(verdict::severity_of(finding))));
  list.ask("cause", {.causes = match.causes}, base::join(match.causes, ", "),
           std::string(verdict::to_text(finding.key.cause)));
  list.ask("app", {.apps = match.apps}, base::join(match.apps, ", "), subject.app);
  list.ask("token", {.tokens = match.tokens}, base::join(match.tokens, ", "),
           subject.token ? subject.token->name : std::string());
  list.ask("account", {.accounts = match.accounts}, base::join(match.accounts, ", "), subject.account_id);
  for (const auto& label : match.labels)
    list.ask("label", {.labels = {label}}, label.first + "=" + label.second, label_of(alert, label.first));
  return std::move(list.found);
}

std::vector<RouteStep> trace_routes(const Alert& alert, const std::vector<Route>& routes,
                                    const std::vector<Destination>& all) {
  const auto told = recipients(alert, routes, all);
  const bool critical = verdict::severity_of(alert.incident.finding) == verdict::Severity::kCritical;
  std::vector<RouteStep> steps;
  bool tried = true;
  for (const Route& route : routes) {
    RouteStep step{.route = &route, .tried = tried, .misfits = misfits(route.match, alert)};
    if (step.fits()) {
      step.tells = told_by(route, told);
      step.group = group_of(alert, route.group_by);
      if (!step.group.empty() && !critical) step.wait = route.group_wait;
      tried = route.continues;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace alert
