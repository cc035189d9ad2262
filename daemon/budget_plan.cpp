#include "budget_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "audit/token_bucket.h"
#include "base/text.h"

namespace app {
namespace {

constexpr std::size_t kAccountsOfPage = 1000;  // the most that GET accounts gives in one answer

/// A token with the id under which the database knows it; null when it does not.
struct KnownToken {
  settings::PlannedToken planned;
  audit::TokenId id;
  bool discovered = false;
};

std::vector<std::string> accounts_of(store::Store& store, const audit::TokenId& token) {
  std::vector<std::string> accounts;
  for (const auto& probe : store.probes(token)) accounts.push_back(probe.probe.account);
  return accounts;
}

KnownToken known_token(audit::Token token, std::vector<std::string> accounts, const audit::TokenId& id,
                       store::Store* store) {
  const bool discovered = accounts.empty();
  if (discovered && store != nullptr && !id.null()) accounts = accounts_of(*store, id);
  return {.planned = {std::move(token), std::move(accounts)}, .id = id, .discovered = discovered};
}

std::vector<KnownToken> read_tokens(const settings::Settings& settings, store::Store* store) {
  std::map<std::string, store::TokenRow> rows;
  if (store != nullptr) {
    for (auto& row : store->tokens()) rows.emplace(row.token.name, std::move(row));
  }
  std::set<std::string> apps;
  for (const auto& app : settings.apps) apps.insert(app.name);
  std::vector<KnownToken> tokens;
  for (const auto& token : settings.tokens) {
    const auto row = rows.find(token.token.name);
    const audit::TokenId id = row == rows.end() ? audit::TokenId() : row->second.token.id;
    tokens.push_back(known_token(token.token, token.accounts, id, store));
    if (row != rows.end()) rows.erase(row);
  }
  for (auto& [name, row] : rows) {
    if (row.source == store::TokenSource::kCommandLine && apps.contains(row.token.app))
      tokens.push_back(known_token(row.token, row.accounts, row.token.id, store));
  }
  return tokens;
}

/// Limits by the names of their buckets: "account/18ce54d4x5t/access", "token/tok_.../accounts".
std::unordered_map<std::string, int> read_limits(store::Store* store) {
  std::unordered_map<std::string, int> limits;
  if (store == nullptr) return limits;
  for (const auto& bucket : store->buckets()) {
    if (bucket.state.limit > 0) limits.emplace(bucket.name, bucket.state.limit);
  }
  return limits;
}

DiscoveredList list_of(const KnownToken& token, const std::unordered_map<std::string, int>& limits,
                       const settings::Settings& settings) {
  using audit::Endpoint;
  const auto known = limits.find("token/" + token.id.text() + "/accounts");
  const int limit = known == limits.end() ? audit::documented_limit(Endpoint::kAccounts) : known->second;
  const double share = audit::allowance_of(settings.audit.budget, token.planned.token, "").share;
  return {.token = token.planned.token.name,
          .accounts = token.planned.accounts.size(),
          .limit = limit,
          .allowed = audit::share_of(Endpoint::kAccounts, limit, share)};
}

}  // namespace

BudgetPlan read_budget_plan(const settings::Settings& settings, store::Store* store) {
  const auto tokens = read_tokens(settings, store);
  const auto limits = read_limits(store);
  std::vector<settings::PlannedToken> planned;
  for (const KnownToken& token : tokens) planned.push_back(token.planned);
  BudgetPlan budget{.plan = settings::plan_of(planned, settings.audit)};
  for (std::size_t place = 0; place < tokens.size(); ++place) {
    const auto limit = limits.find("token/" + tokens[place].id.text() + "/access");
    if (limit != limits.end()) budget.limits.tokens.emplace_back(audit::TokenIndex(place), limit->second);
    if (tokens[place].discovered) budget.lists.push_back(list_of(tokens[place], limits, settings));
  }
  for (std::size_t place = 0; place < budget.plan.accounts.size(); ++place) {
    const auto limit = limits.find("account/" + budget.plan.accounts[place] + "/access");
    if (limit != limits.end()) budget.limits.accounts.emplace_back(audit::AccountIndex(place), limit->second);
  }
  return budget;
}

base::Duration time_to_read(std::size_t accounts, int allowed) {
  const auto pages = static_cast<int>(std::max<std::size_t>((accounts + kAccountsOfPage - 1) / kAccountsOfPage, 1));
  const int waiting = std::max(pages - audit::TokenBucket::burst_of(allowed), 0);
  return waiting * audit::kWindow / audit::TokenBucket::pace_of(allowed);
}

}  // namespace app
