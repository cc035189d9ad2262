#include "verdict/reconcile.h"

#include <algorithm>

namespace verdict {
namespace {

void open_or_update(const Finding& finding, OpenIncidents& open, base::Instant now, base::Random& random,
                    std::vector<IncidentStep>& steps) {
  const auto known = open.find(finding.key);
  if (known == open.end()) {
    Incident incident{.id = IncidentId::make(now, random), .finding = finding, .opened_at = now, .updated_at = now};
    open.emplace(finding.key, incident);
    steps.push_back({Step::kOpened, std::move(incident)});
    return;
  }
  Incident& incident = known->second;
  if (incident.finding.before == finding.before && incident.finding.after == finding.after) return;
  incident.finding = finding;
  incident.updated_at = now;
  steps.push_back({Step::kUpdated, incident});
}

template <class Concerned>
std::vector<IncidentStep> reconcile(const Assessment& assessment, OpenIncidents& open, base::Instant now,
                                    base::Random& random, Concerned concerned) {
  std::vector<IncidentStep> steps;
  for (const Finding& finding : assessment.findings) open_or_update(finding, open, now, random, steps);
  const auto stays = [&](const IncidentKey& key) {
    const auto found = [&](const Finding& finding) { return finding.key == key; };
    return std::any_of(assessment.findings.begin(), assessment.findings.end(), found) ||
           std::find(assessment.undecided.begin(), assessment.undecided.end(), key) != assessment.undecided.end();
  };
  for (auto entry = open.begin(); entry != open.end();) {
    if (!concerned(entry->first) || stays(entry->first)) {
      ++entry;
      continue;
    }
    Incident incident = std::move(entry->second);
    entry = open.erase(entry);
    incident.updated_at = now;
    incident.resolved_at = now;
    steps.push_back({Step::kResolved, std::move(incident)});
  }
  return steps;
}

}  // namespace

std::vector<IncidentStep> reconcile_token(const audit::TokenId& token, const Assessment& assessment,
                                          OpenIncidents& open, base::Instant now, base::Random& random) {
  return reconcile(assessment, open, now, random,
                   [&](const IncidentKey& key) { return scope_of(key.cause) == Scope::kToken && key.token == token; });
}

std::vector<IncidentStep> reconcile_account(const std::string& account, const Assessment& assessment,
                                            OpenIncidents& open, base::Instant now, base::Random& random) {
  return reconcile(assessment, open, now, random, [&](const IncidentKey& key) {
    return scope_of(key.cause) != Scope::kToken && key.account == account;
  });
}

}  // namespace verdict
