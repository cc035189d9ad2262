#include "verdict/reconcile.h"

#include <set>
#include <utility>

namespace verdict {
namespace {

bool flaps(const Incident& incident) { return incident.flips.size() >= OpenIncidents::kFlips; }

bool same_news(const Finding& left, const Finding& right) {
  return left.before == right.before && left.after == right.after && left.details == right.details;
}

std::optional<IncidentStep> open_or_update(const Finding& finding, OpenIncidents& open, base::Instant now,
                                           base::Random& random) {
  const auto known = open.find(finding.key);
  if (known == open.end()) return open_one(finding, open, now, random);
  Incident& incident = known->second;
  const bool back = incident.calm_since.has_value();
  if (back) {
    incident.flips.push_back(*std::exchange(incident.calm_since, std::nullopt));
    if (incident.flips.size() > OpenIncidents::kMostFlips) incident.flips.erase(incident.flips.begin());
  }
  if (!back && same_news(incident.finding, finding)) return std::nullopt;
  const bool news = !same_news(incident.finding, finding) && !flaps(incident);
  const Grounds first = incident.finding.grounds;
  incident.finding = finding;
  if (incident.finding.grounds.witnesses.empty()) incident.finding.grounds = first;
  incident.updated_at = now;
  return IncidentStep{news ? Step::kUpdated : Step::kRecorded, incident};
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
  const auto known = open.find(finding.key);
  if (known != open.end()) {
    if (!known->second.calm_since) return std::nullopt;
    known->second.flips.push_back(*std::exchange(known->second.calm_since, std::nullopt));
    known->second.updated_at = now;
    return IncidentStep{Step::kRecorded, known->second};
  }
  Incident incident{.id = IncidentId::make(now, random), .finding = finding, .opened_at = now, .updated_at = now};
  incident.flips = open.take_recent(finding.key, now);
  open.emplace(finding.key, incident);
  return IncidentStep{Step::kOpened, std::move(incident)};
}

std::optional<IncidentStep> resolve_one(const IncidentKey& key, OpenIncidents& open, base::Instant now) {
  const auto known = open.find(key);
  if (known == open.end()) return std::nullopt;
  if (flaps(known->second)) {
    base::Instant& calm_since =
        known->second.calm_since ? *known->second.calm_since : known->second.calm_since.emplace(now);
    if (now - calm_since < OpenIncidents::kRecent) return std::nullopt;
  }
  Incident incident = std::move(known->second);
  open.erase(incident.finding.key);
  incident.updated_at = now;
  incident.resolved_at = now;
  open.remember(incident);
  return IncidentStep{Step::kResolved, std::move(incident)};
}

std::vector<IncidentStep> settle_calm(OpenIncidents& open, base::Instant now) {
  std::vector<IncidentKey> calm;
  for (const auto& [key, incident] : open) {
    if (incident.calm_since && now - *incident.calm_since >= OpenIncidents::kRecent) calm.push_back(key);
  }
  std::vector<IncidentStep> steps;
  for (const auto& key : calm) {
    if (auto step = resolve_one(key, open, now)) steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace verdict
