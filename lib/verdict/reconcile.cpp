#include "verdict/reconcile.h"

#include <set>

namespace verdict {
namespace {

std::optional<IncidentStep> open_or_update(const Finding& finding, OpenIncidents& open, base::Instant now,
                                           base::Random& random) {
  const auto known = open.find(finding.key);
  if (known == open.end()) return open_one(finding, open, now, random);
  Incident& incident = known->second;
  if (incident.finding.before == finding.before && incident.finding.after == finding.after) return std::nullopt;
  incident.finding = finding;
  incident.updated_at = now;
  return IncidentStep{Step::kUpdated, incident};
}

/// `concerned`: the open incidents that the assessment is about.
std::vector<IncidentStep> reconcile(const Assessment& assessment, const std::vector<IncidentKey>& concerned,
                                    OpenIncidents& open, base::Instant now, base::Random& random) {
  std::vector<IncidentStep> steps;
  std::set<IncidentKey> stay(assessment.undecided.begin(), assessment.undecided.end());
  for (const Finding& finding : assessment.findings) {
    if (auto step = open_or_update(finding, open, now, random)) steps.push_back(std::move(*step));
    stay.insert(finding.key);
  }
  for (const IncidentKey& key : concerned) {
    if (stay.contains(key)) continue;
    if (auto step = resolve_one(key, open, now)) steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace

std::vector<IncidentStep> reconcile_token(const audit::TokenId& token, const Assessment& assessment,
                                          OpenIncidents& open, base::Instant now, base::Random& random) {
  return reconcile(assessment, open.about_token(token), open, now, random);
}

std::vector<IncidentStep> reconcile_account(const std::string& account, const Assessment& assessment,
                                            OpenIncidents& open, base::Instant now, base::Random& random) {
  return reconcile(assessment, open.on_account(account), open, now, random);
}

std::optional<IncidentStep> open_one(const Finding& finding, OpenIncidents& open, base::Instant now,
                                     base::Random& random) {
  if (open.contains(finding.key)) return std::nullopt;
  Incident incident{.id = IncidentId::make(now, random), .finding = finding, .opened_at = now, .updated_at = now};
  open.emplace(finding.key, incident);
  return IncidentStep{Step::kOpened, std::move(incident)};
}

std::optional<IncidentStep> resolve_one(const IncidentKey& key, OpenIncidents& open, base::Instant now) {
  const auto known = open.find(key);
  if (known == open.end()) return std::nullopt;
  Incident incident = std::move(known->second);
  open.erase(key);
  incident.updated_at = now;
  incident.resolved_at = now;
  return IncidentStep{Step::kResolved, std::move(incident)};
}

}  // namespace verdict
