#include "verdict/reconcile.h"

#include <set>
#include <utility>

namespace verdict {
namespace {

/// It came and went often, the last time not long ago: people do not hear of each turn.
bool flaps(const Incident& incident, base::Instant now) {
  return incident.flips.size() >= OpenIncidents::kFlips && now - incident.flips.back() < OpenIncidents::kRecent;
}

bool same_news(const Finding& left, const Finding& right) {
  return left.before == right.before && left.after == right.after && left.details == right.details;
}

void come_again(Incident& incident) {
  incident.flips.push_back(*std::exchange(incident.calm_since, std::nullopt));
  if (incident.flips.size() > OpenIncidents::kMostFlips) incident.flips.erase(incident.flips.begin());
}

/// What is found now is what the open incident says from now on.
IncidentStep take_over(Incident& incident, const Finding& finding, OpenIncidents& open, base::Instant now) {
  if (incident.calm_since) come_again(incident);
  const bool told = !same_news(incident.finding, finding) && !flaps(incident, now);
  const Grounds first = incident.finding.grounds;
  incident.finding = finding;
  if (incident.finding.grounds.witnesses.empty()) incident.finding.grounds = first;
  incident.updated_at = now;
  if (told) open.forget_told(finding.key);
  return IncidentStep{told ? Step::kUpdated : Step::kRecorded, incident};
}

/// One that flaps no longer: people hear now what they were spared, if it makes a difference.
std::optional<IncidentStep> end_flapping(Incident& incident, OpenIncidents& open, base::Instant now) {
  const IncidentKey& key = incident.finding.key;
  const OpenIncidents::Told* told = open.told(key);
  if (told == nullptr || incident.calm_since || flaps(incident, now)) return std::nullopt;
  const bool known = told->finding && same_news(*told->finding, incident.finding);
  open.forget_told(key);
  if (incident.updated_at == incident.opened_at) return std::nullopt;
  incident.updated_at = now;  // from this, a later process knows that nothing is left to be told
  return IncidentStep{known ? Step::kRecorded : Step::kUpdated, incident};
}

std::optional<IncidentStep> open_or_update(const Finding& finding, OpenIncidents& open, base::Instant now,
                                           base::Random& random) {
  const auto known = open.find(finding.key);
  if (known == open.end()) return open_one(finding, open, now, random);
  Incident& incident = known->second;
  if (!incident.calm_since && same_news(incident.finding, finding)) return std::nullopt;
  return take_over(incident, finding, open, now);
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
    return take_over(known->second, finding, open, now);
  }
  Incident incident{.id = IncidentId::make(now, random), .finding = finding, .opened_at = now, .updated_at = now};
  incident.flips = open.take_recent(finding.key, now);
  open.emplace(finding.key, incident);
  return IncidentStep{Step::kOpened, std::move(incident)};
}

std::optional<IncidentStep> resolve_one(const IncidentKey& key, OpenIncidents& open, base::Instant now) {
  const auto known = open.find(key);
  if (known == open.end()) return std::nullopt;
  auto& calm_since = known->second.calm_since;
  if (!calm_since && flaps(known->second, now)) {
    calm_since = now;
    open.look_again(key, now + OpenIncidents::kRecent);
  }
  if (calm_since && now - *calm_since < OpenIncidents::kRecent) return std::nullopt;
  Incident incident = std::move(known->second);
  open.erase(incident.finding.key);
  incident.updated_at = now;
  incident.resolved_at = now;
  open.remember(incident);
  return IncidentStep{Step::kResolved, std::move(incident)};
}

std::vector<IncidentStep> settle_calm(OpenIncidents& open, base::Instant now) {
  std::vector<IncidentStep> steps;
  for (const auto& key : open.take_due(now)) {
    const auto known = open.find(key);
    if (known == open.end()) continue;
    auto step = known->second.calm_since ? resolve_one(key, open, now) : end_flapping(known->second, open, now);
    if (step) steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace verdict
