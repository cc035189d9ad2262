#include "verdict/open_incidents.h"

namespace verdict {

std::pair<OpenIncidents::iterator, bool> OpenIncidents::emplace(const IncidentKey& key, Incident incident) {
  const auto added = incidents_.emplace(key, std::move(incident));
  if (!added.second) return added;
  if (added.first->second.flips.size() >= kFlips) watch(added.first->second);
  const Scope scope = scope_of(key.cause);
  if (scope == Scope::kAccount || scope == Scope::kProbe) on_accounts_.insert(key);
  return added;
}

void OpenIncidents::erase(const IncidentKey& key) {
  const IncidentKey copy = key;  // the caller's may be the one that goes
  incidents_.erase(copy);
  on_accounts_.erase(copy);
  told_.erase(copy);
}

/// Nothing is said to people of its turns until they are no longer recent.
void OpenIncidents::watch(const Incident& incident) {
  const IncidentKey& key = incident.finding.key;
  const base::Instant ends = incident.flips.back() + kRecent;
  const bool as_opened = incident.updated_at == incident.opened_at;
  if (!as_opened && incident.updated_at >= ends) return;  // it flaps no longer, and what it is now was told
  told_.emplace(key, Told{as_opened ? std::optional(incident.finding) : std::nullopt});
  look_again(key, ends);
}

const OpenIncidents::Told* OpenIncidents::told(const IncidentKey& key) const {
  const auto known = told_.find(key);
  return known == told_.end() ? nullptr : &known->second;
}

std::vector<IncidentKey> OpenIncidents::take_due(base::Instant now) {
  std::vector<IncidentKey> keys;
  while (!due_.empty() && due_.begin()->first <= now) keys.push_back(due_.extract(due_.begin()).value().second);
  return keys;
}

void OpenIncidents::remember(const Incident& incident) {
  if (!incident.resolved_at) return;
  auto& past = recent_[incident.finding.key];
  if (past.resolved_at > *incident.resolved_at) return;
  recent_by_end_.erase({past.resolved_at, incident.finding.key});
  recent_by_end_.emplace(*incident.resolved_at, incident.finding.key);
  past = {*incident.resolved_at, incident.flips};
}

std::vector<base::Instant> OpenIncidents::take_recent(const IncidentKey& key, base::Instant now) {
  const auto known = recent_.find(key);
  if (known == recent_.end()) return {};
  Past past = std::move(known->second);
  recent_.erase(known);
  recent_by_end_.erase({past.resolved_at, key});
  if (past.resolved_at + kRecent < now) return {};
  past.flips.push_back(past.resolved_at);
  if (past.flips.size() > kMostFlips) past.flips.erase(past.flips.begin());
  return past.flips;
}

void OpenIncidents::forget_before(base::Instant then) {
  while (!recent_by_end_.empty() && recent_by_end_.begin()->first < then) {
    recent_.erase(recent_by_end_.begin()->second);
    recent_by_end_.erase(recent_by_end_.begin());
  }
}

std::vector<IncidentKey> OpenIncidents::about_token(const audit::TokenId& token) const {
  std::vector<IncidentKey> keys;
  for (const Cause cause : all_causes()) {
    if (scope_of(cause) != Scope::kToken) continue;
    for (auto entry = incidents_.lower_bound({cause, token, ""}); entry != incidents_.end(); ++entry) {
      if (entry->first.cause != cause || entry->first.token != token) break;
      keys.push_back(entry->first);
    }
  }
  return keys;
}

std::vector<IncidentKey> OpenIncidents::on_account(const std::string& account) const {
  std::vector<IncidentKey> keys;
  const IncidentKey first{all_causes().front(), {}, account};
  for (auto key = on_accounts_.lower_bound(first); key != on_accounts_.end() && key->account == account; ++key)
    keys.push_back(*key);
  return keys;
}

}  // namespace verdict
