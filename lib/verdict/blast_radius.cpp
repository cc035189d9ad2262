#include "verdict/blast_radius.h"

#include <algorithm>
#include <set>

namespace verdict {
namespace {

const xads::Permissions* granted(const KnownPair& pair) {
  const auto& run = pair.state->baseline.run;
  const auto* grant = run ? std::get_if<xads::Granted>(&run->answer) : nullptr;
  return grant == nullptr ? nullptr : &grant->permissions;
}

bool is_hit(const KnownPair& pair, const Target& target) {
  switch (target.kind) {
    case Target::Kind::kToken:
      return pair.token->name == target.name;
    case Target::Kind::kApp:
      return pair.token->app == target.name;
    case Target::Kind::kAccount:
      return pair.state->probe.account == target.name;
  }
  return false;
}

/// The live pairs of one ad account.
struct Account {
  std::vector<const KnownPair*> going, staying;
};

bool any_admin(const std::vector<const KnownPair*>& pairs) {
  return std::any_of(pairs.begin(), pairs.end(),
                     [](const KnownPair* pair) { return granted(*pair)->has(xads::Permission::kAccountAdmin); });
}

/// The surest of those that can; nothing when none can.
std::optional<Certainty> can(const std::vector<const KnownPair*>& pairs, std::string_view capability,
                             const Capabilities& capabilities) {
  std::optional<Certainty> surest;
  for (const KnownPair* pair : pairs) {
    const auto answer = capabilities.may(capability, pair->token->kind, *granted(*pair));
    if (answer.ability == Ability::kYes) surest = std::min(surest.value_or(answer.certainty), answer.certainty);
  }
  return surest;
}

AccountLoss loss_of(const std::string& id, const Account& account, const Capabilities& capabilities) {
  constexpr std::string_view kConversions = "conversions";
  AccountLoss loss{.account = id, .live_tokens_left = account.staying.size(), .live_token = account.staying.empty()};
  for (const KnownPair* pair : account.going) loss.tokens.push_back(pair->token->name);
  std::sort(loss.tokens.begin(), loss.tokens.end());
  loss.admin = any_admin(account.going) && !any_admin(account.staying);
  loss.conversions =
      can(account.going, kConversions, capabilities) && !can(account.staying, kConversions, capabilities);
  return loss;
}

void count_stop(Stop& stop, const Account& account, const Capabilities& capabilities) {
  const auto going = can(account.going, stop.capability, capabilities);
  if (!going) return;
  stop.certainty = stop.accounts == 0 ? *going : std::max(stop.certainty, *going);
  ++stop.accounts;
  if (!can(account.staying, stop.capability, capabilities)) ++stop.without_other;
}

void count_labels(const std::set<const audit::Token*>& tokens, BlastRadius& radius) {
  for (const audit::Token* token : tokens) {
    radius.tokens.push_back(token->name);
    for (const auto& [label, value] : token->labels) ++radius.labels[label][value];
  }
  std::sort(radius.tokens.begin(), radius.tokens.end());
}

}  // namespace

std::string_view to_text(Target::Kind kind) {
  switch (kind) {
    case Target::Kind::kToken:
      return "token";
    case Target::Kind::kApp:
      return "app";
    case Target::Kind::kAccount:
      return "account";
  }
  return {};
}

BlastRadius blast_radius_of(const std::vector<KnownPair>& pairs, const Target& target,
                            const Capabilities& capabilities) {
  std::map<std::string, Account> accounts;
  std::set<const audit::Token*> tokens;
  for (const KnownPair& pair : pairs) {
    if (granted(pair) == nullptr || !is_hit(pair, target)) continue;
    accounts[pair.state->probe.account].going.push_back(&pair);
    tokens.insert(pair.token);
  }
  for (const KnownPair& pair : pairs) {
    if (granted(pair) == nullptr || is_hit(pair, target)) continue;
    const auto hit = accounts.find(pair.state->probe.account);
    if (hit != accounts.end()) hit->second.staying.push_back(&pair);
  }
  BlastRadius radius;
  count_labels(tokens, radius);
  for (const auto& [id, account] : accounts) radius.accounts.push_back(loss_of(id, account, capabilities));
  for (const CapabilityName& name : capabilities.names()) {
    // The web interface is its user's, whatever becomes of a token; an account takes it along.
    if (name.web_only && target.kind != Target::Kind::kAccount) continue;
    Stop stop{.capability = name.name, .words = name.words};
    for (const auto& [id, account] : accounts) count_stop(stop, account, capabilities);
    if (stop.accounts > 0) radius.stops.push_back(std::move(stop));
  }
  return radius;
}

}  // namespace verdict
