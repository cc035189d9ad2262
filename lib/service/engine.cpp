#include "service/engine.h"

#include <algorithm>
#include <utility>

namespace service {
namespace {

using namespace std::chrono_literals;

/// A new token is looked at within this time, so that nobody waits an interval for the first word.
constexpr base::Duration kFirstLook = 5s;

base::Duration utc_minus_steady(base::Moment now) { return now.utc - now.steady; }

}  // namespace

Engine::Engine(AuditOptions options, Announcer announcer, base::Random& random)
    : options_(std::move(options)),
      announcer_(announcer),
      random_(random),
      schedule_(options_.schedule),
      budget_(options_.budget) {}

void Engine::restore(store::Snapshot snapshot, base::Moment now) {
  announcer_.continue_after(snapshot.last_sequence);
  budget_.restore(snapshot.buckets, utc_minus_steady(now), now.steady);
  for (auto& incident : snapshot.open_incidents) open_.emplace(incident.finding.key, std::move(incident));
  for (auto& token : snapshot.tokens) roster_.put({std::move(token), {}});
  for (auto& state : snapshot.probes) roster_.add_probe(std::move(state)).suspicion_began = now.steady;
}

void Engine::set_tokens(const std::vector<WatchedToken>& watched, const std::set<audit::TokenId>& kept,
                        base::Moment now) {
  std::set<audit::TokenId> stays = kept;
  for (const auto& token : watched) stays.insert(token.token.id);
  std::vector<audit::TokenId> gone;
  for (const auto& [id, token] : roster_.tokens()) {
    if (!stays.contains(id)) gone.push_back(id);
  }
  for (const auto& id : kept) {
    for (const auto& probe : roster_.probes_of_token(id)) schedule_.remove(probe);
    discoveries_.erase(id);
    identity_wanted_.erase(id);
  }
  for (const auto& id : gone) end_token(id, now);
  for (const auto& token : watched) {
    roster_.put(token);
    watch_accounts(token, now);
  }
}

void Engine::watch_accounts(const WatchedToken& watched, base::Moment now) {
  const audit::TokenId& id = watched.token.id;
  if (watched.accounts.empty()) {
    discoveries_.try_emplace(id, Discovery{now.steady});
    for (const auto& probe : roster_.probes_of_token(id)) schedule(*roster_.probe(probe), now);
    return;
  }
  discoveries_.erase(id);
  for (const auto& account : watched.accounts) add_pair(watched, account, now);
  for (const auto& probe : roster_.probes_of_token(id)) {
    const std::string account = roster_.probe(probe)->state.probe.account;
    if (std::find(watched.accounts.begin(), watched.accounts.end(), account) != watched.accounts.end()) continue;
    end_probe(probe);
    reassess(id, account, now);
  }
}

void Engine::add_pair(const WatchedToken& watched, const std::string& account, base::Moment now) {
  if (const ProbeEntry* known = roster_.probe_of(watched.token.id, account)) {
    return schedule(*roster_.probe(known->state.probe.id), now);
  }
  verdict::ProbeState state{.probe = {audit::ProbeId::make(now.utc, random_), watched.token.id, account}};
  batch_.probes.push_back(state);
  schedule(roster_.add_probe(std::move(state)), now);
}

/// Gives a probe its first place in the schedule, if it has none.
void Engine::schedule(ProbeEntry& entry, base::Moment now) {
  const audit::Probe& probe = entry.state.probe;
  if (schedule_.contains(probe.id)) return;
  const verdict::Baseline& baseline = entry.state.baseline;
  const base::Duration interval = options_.schedule.interval;
  const auto phase_within = [&](base::Duration span) {
    return audit::phase(roster_.token(probe.token)->token.name, probe.account, span);
  };
  if (focus_) {
    if (!in_focus(probe)) return;
    unsettled_.insert(probe.id);
    schedule_.add(probe.id, now.steady);
  } else if (baseline.suspicion) {
    entry.urgent = true;
    schedule_.add(probe.id, now.steady);
  } else if (!baseline.run) {
    schedule_.add(probe.id, now.steady + phase_within(std::min(kFirstLook, interval)));
  } else {
    // Where its phase falls, but not later than if the process had gone on.
    const base::Instant regular = now.steady + (baseline.run->last_seen + interval - now.utc);
    schedule_.add(probe.id, std::min(now.steady + phase_within(interval), std::max(regular, now.steady)));
  }
}

bool Engine::in_focus(const audit::Probe& probe) const {
  return (focus_->token.empty() || roster_.token(probe.token)->token.name == focus_->token) &&
         (focus_->account.empty() || probe.account == focus_->account);
}

void Engine::end_probe(const audit::ProbeId& probe) {
  schedule_.remove(probe);
  unsettled_.erase(probe);
  vain_.erase(probe);
  batch_.ended_probes.push_back(probe);
  roster_.remove_probe(probe);
}

void Engine::end_token(const audit::TokenId& token, base::Moment now) {
  std::vector<std::string> accounts;
  for (const auto& probe : roster_.probes_of_token(token)) {
    accounts.push_back(roster_.probe(probe)->state.probe.account);
    end_probe(probe);
  }
  discoveries_.erase(token);
  undiscovered_.erase(token);
  identity_wanted_.erase(token);
  reassess(token, "", now);  // while the roster still knows the token's name
  for (const auto& account : accounts) reassess(token, account, now);
  roster_.remove(token);
}

void Engine::recheck_token(const audit::TokenId& token, base::Moment now) {
  const auto probes = roster_.probes_of_token(token);
  for (const auto& id : probes) {
    ProbeEntry& entry = *roster_.probe(id);
    entry.last_conclusive.reset();  // that answer was to the old secret, and so was what we suspect
    if (entry.state.baseline.suspicion) {
      entry.state.baseline.suspicion.reset();
      batch_.probes.push_back(entry.state);
    }
  }
  hasten(probes, now);
  const auto discovery = discoveries_.find(token);
  if (discovery != discoveries_.end()) discovery->second.due = now.steady;
}

void Engine::focus(const std::string& token_name, const std::string& account, base::Moment now) {
  focus_ = Focus{token_name, account};
  for (auto& [id, entry] : roster_.probes()) {
    const bool watched = schedule_.contains(id);
    schedule_.remove(id);
    if (watched) schedule(entry, now);
  }
  for (const auto& [id, discovery] : discoveries_) {
    if (token_name.empty() || roster_.token(id)->token.name == token_name) undiscovered_.insert(id);
  }
}

std::optional<Work> Engine::take_work(base::Moment now) {
  if (auto work = take_identity(now)) return work;
  if (auto work = take_audit(now)) return work;
  return take_discovery(now);
}

std::optional<Work> Engine::take_identity(base::Moment now) {
  for (auto& [token, from] : identity_wanted_) {
    if (from > now.steady) continue;
    const auto wait =
        budget_.try_spend(token, "", audit::Endpoint::kIdentity, audit::Purpose::kConfirmation, now.steady);
    if (wait) {
      from = *wait;
      continue;
    }
    const audit::TokenId asked = token;
    identity_wanted_.erase(token);
    return IdentityWork{asked};
  }
  return std::nullopt;
}

std::optional<Work> Engine::take_audit(base::Moment now) {
  while (const auto id = schedule_.take_due(now.steady)) {
    ProbeEntry& entry = *roster_.probe(*id);
    const audit::Probe& probe = entry.state.probe;
    const auto purpose = entry.urgent ? audit::Purpose::kConfirmation : audit::Purpose::kRoutine;
    const auto wait = budget_.try_spend(probe.token, probe.account, audit::Endpoint::kAccess, purpose, now.steady);
    if (!wait) return AuditWork{probe.id, probe.token, probe.account};
    schedule_.defer(*id, *wait);
  }
  return std::nullopt;
}

std::optional<Work> Engine::take_discovery(base::Moment now) {
  for (auto& [token, discovery] : discoveries_) {
    if (discovery.running || discovery.due > now.steady) continue;
    const auto wait = budget_.try_spend(token, "", audit::Endpoint::kAccounts, audit::Purpose::kRoutine, now.steady);
    if (wait) {
      discovery.due = *wait;
      continue;
    }
    discovery.running = true;
    return DiscoveryWork{token, discovery.cursor};
  }
  return std::nullopt;
}

std::optional<base::Instant> Engine::next_due() const {
  std::optional<base::Instant> next = schedule_.next_due();
  const auto consider = [&](base::Instant due) { next = next ? std::min(*next, due) : due; };
  for (const auto& [token, from] : identity_wanted_) consider(from);
  for (const auto& [token, discovery] : discoveries_) {
    if (!discovery.running) consider(discovery.due);
  }
  return next;
}

void Engine::abandon(const Work& work, base::Moment now) {
  if (const auto* audit = std::get_if<AuditWork>(&work)) schedule_.put_back(audit->probe, now.steady);
  const auto* identity = std::get_if<IdentityWork>(&work);
  if (identity != nullptr && roster_.token(identity->token) != nullptr) identity_wanted_[identity->token] = now.steady;
  if (const auto* discovery = std::get_if<DiscoveryWork>(&work)) {
    const auto known = discoveries_.find(discovery->token);
    if (known != discoveries_.end()) known->second.running = false;
  }
}

void Engine::flush(base::Moment now) {
  std::vector<ProbeEntry*> unsaved;
  for (auto& [id, entry] : roster_.probes()) {
    if (entry.unsaved) unsaved.push_back(&entry);
  }
  std::sort(unsaved.begin(), unsaved.end(), [](const ProbeEntry* left, const ProbeEntry* right) {
    return left->state.probe.id < right->state.probe.id;  // neighbours on disk, so fewer pages
  });
  for (ProbeEntry* entry : unsaved) {
    batch_.probes.push_back(entry->state);
    entry->unsaved = false;
  }
  for (auto& bucket : budget_.take_changed(utc_minus_steady(now))) batch_.buckets.push_back(std::move(bucket));
}

store::Batch Engine::take_batch() { return std::exchange(batch_, {}); }

}  // namespace service
