#include "settings/plan.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_map>

namespace settings {
namespace {

/// Up to the next hundredth, so that what is printed suffices; the least bit too much is of our own arithmetic.
double rounded_up(double value) { return std::ceil(value * 100 - 1e-6) / 100; }

}  // namespace

Plan plan_of(const std::vector<PlannedToken>& tokens, const service::AuditOptions& options) {
  Plan plan;
  std::unordered_map<std::string, audit::AccountIndex> places;
  for (const PlannedToken& planned : tokens) {
    const auto token = static_cast<audit::TokenIndex>(plan.tokens.size());
    plan.tokens.push_back(planned.token.name);
    for (const std::string& account : planned.accounts) {
      const auto [place, is_new] = places.emplace(account, static_cast<audit::AccountIndex>(plan.accounts.size()));
      if (is_new) plan.accounts.push_back(account);
      const auto interval_class = audit::class_of(options.intervals, planned.token, account);
      plan.pairs.push_back({.token = token,
                            .account = place->second,
                            .interval = audit::interval_of(options.intervals, interval_class),
                            .allowance = audit::allowance_of(options.budget, planned.token, account)});
    }
  }
  return plan;
}

std::string owner_text(const Plan& plan, const audit::BucketId& bucket) {
  switch (bucket.by) {
    case audit::Counting::kToken:
      return "token " + plan.tokens[bucket.owner];
    case audit::Counting::kAccount:
      return "ad account " + plan.accounts[bucket.owner];
  }
  return {};
}

std::string_view to_text(audit::Counting counting) {
  return counting == audit::Counting::kToken ? "by token" : "by ad account";
}

std::string remedy_text(const audit::BucketLoad& load) {
  const audit::Remedy remedy = audit::remedy_for(load);
  std::string text;
  if (remedy.share <= 1) text = fmt::format("a share of {}%, or ", rounded_up(remedy.share * 100));
  text += fmt::format("intervals {} times as long", rounded_up(remedy.interval_factor));
  if (load.bucket.by == audit::Counting::kToken && remedy.tokens > 1)
    text += fmt::format(", or its ad accounts spread over {} tokens", remedy.tokens);
  return text;
}

}  // namespace settings
