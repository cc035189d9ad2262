#include "service/roster.h"

#include <algorithm>
#include <utility>

#include "base/ensure.h"

namespace service {

void Roster::put(const WatchedToken& watched) {
  WatchedToken& kept = tokens_[watched.token.id];
  const std::string pinned = kept.token.user_id;
  kept = watched;
  if (kept.token.user_id.empty()) kept.token.user_id = pinned;
}

void Roster::remove(const audit::TokenId& token) {
  for (const auto& probe : probes_of_token(token)) remove_probe(probe);
  tokens_.erase(token);
}

const WatchedToken* Roster::token(const audit::TokenId& id) const {
  const auto found = tokens_.find(id);
  return found == tokens_.end() ? nullptr : &found->second;
}

const WatchedToken* Roster::token_named(const std::string& name) const {
  const auto found =
      std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& entry) { return entry.second.token.name == name; });
  return found == tokens_.end() ? nullptr : &found->second;
}

void Roster::pin_user(const audit::TokenId& token, const std::string& user_id) {
  tokens_.at(token).token.user_id = user_id;
}

ProbeEntry& Roster::add_probe(verdict::ProbeState state) {
  const audit::Probe probe = state.probe;
  ENSURE(tokens_.contains(probe.token));
  ENSURE(probe_of(probe.token, probe.account) == nullptr);
  by_token_[probe.token][probe.account] = probe.id;
  by_account_[probe.account][probe.token] = probe.id;
  return probes_.emplace(probe.id, ProbeEntry{.state = std::move(state)}).first->second;
}

void Roster::remove_probe(const audit::ProbeId& probe) {
  const auto found = probes_.find(probe);
  if (found == probes_.end()) return;
  const audit::Probe pair = found->second.state.probe;
  by_token_[pair.token].erase(pair.account);
  by_account_[pair.account].erase(pair.token);
  probes_.erase(found);
}

ProbeEntry* Roster::probe(const audit::ProbeId& probe) {
  const auto found = probes_.find(probe);
  return found == probes_.end() ? nullptr : &found->second;
}

const ProbeEntry* Roster::probe(const audit::ProbeId& probe) const {
  const auto found = probes_.find(probe);
  return found == probes_.end() ? nullptr : &found->second;
}

const ProbeEntry* Roster::probe_of(const audit::TokenId& token, const std::string& account) const {
  const auto accounts = by_token_.find(token);
  if (accounts == by_token_.end()) return nullptr;
  const auto found = accounts->second.find(account);
  return found == accounts->second.end() ? nullptr : probe(found->second);
}

std::vector<audit::ProbeId> Roster::probes_of_token(const audit::TokenId& token) const {
  std::vector<audit::ProbeId> probes;
  const auto accounts = by_token_.find(token);
  if (accounts == by_token_.end()) return probes;
  for (const auto& [account, probe] : accounts->second) probes.push_back(probe);
  return probes;
}

std::vector<audit::ProbeId> Roster::probes_of_account(const std::string& account) const {
  std::vector<audit::ProbeId> probes;
  const auto tokens = by_account_.find(account);
  if (tokens == by_account_.end()) return probes;
  for (const auto& [token, probe] : tokens->second) probes.push_back(probe);
  return probes;
}

std::vector<const verdict::ProbeState*> Roster::states_of_token(const audit::TokenId& token) const {
  std::vector<const verdict::ProbeState*> states;
  for (const auto& id : probes_of_token(token)) states.push_back(&probe(id)->state);
  return states;
}

std::vector<verdict::Member> Roster::members_of_account(const std::string& account) const {
  std::vector<verdict::Member> members;
  for (const auto& id : probes_of_account(account)) {
    const ProbeEntry& entry = *probe(id);
    const audit::TokenId& token = entry.state.probe.token;
    members.push_back({.token = &tokens_.at(token).token,
                       .state = &entry.state,
                       .token_granted_elsewhere = granted_elsewhere(token, account),
                       .answer_began = entry.state.baseline.suspicion ? entry.suspicion_began : entry.run_began,
                       .last_answer = entry.last_conclusive.value_or(base::Instant::min())});
  }
  return members;
}

bool Roster::granted_elsewhere(const audit::TokenId& token, const std::string& account) const {
  const auto states = states_of_token(token);
  return std::any_of(states.begin(), states.end(), [&](const verdict::ProbeState* state) {
    const auto& baseline = state->baseline;
    return state->probe.account != account && baseline.run && !baseline.suspicion &&
           std::holds_alternative<xads::Granted>(baseline.run->answer);
  });
}

}  // namespace service
