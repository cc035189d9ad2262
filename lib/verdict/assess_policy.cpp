#include "verdict/assess_policy.h"

#include <algorithm>

namespace verdict {
namespace {

enum class Standing { kCounts, kDoesNot, kUnanswered };

/// What a number of an expectation counts.
struct Quota {
  std::optional<int> Expectation::*number;
  bool admins_only;
  std::string_view rule;
  std::string_view words;
};
constexpr Quota kLiveTokens{&Expectation::min_live_tokens, false, "too_few_live_tokens", "live tokens"};
constexpr Quota kAdmins{&Expectation::min_admins, true, "too_few_admins", "administrators"};

Standing standing_of(const ProbeState& state, bool admins_only) {
  const Baseline& baseline = state.baseline;
  if (!baseline.run || baseline.suspicion) return Standing::kUnanswered;
  const auto* grant = std::get_if<xads::Granted>(&baseline.run->answer);
  const bool counts = grant != nullptr && (!admins_only || grant->permissions.has(xads::Permission::kAccountAdmin));
  return counts ? Standing::kCounts : Standing::kDoesNot;
}

/// The tokens that a quota is about, by their standing.
struct Tally {
  int counted = 0;
  int unanswered = 0;
  std::vector<std::string> others;  ///< names of those that do not count
  bool any() const { return counted + unanswered > 0 || !others.empty(); }
};

Tally tally_of(const std::string& account, const std::vector<Member>& members, const Pattern& match, bool admins_only) {
  Tally tally;
  for (const Member& member : members) {
    if (!fits(match, *member.token, account)) continue;
    switch (standing_of(*member.state, admins_only)) {
      case Standing::kCounts:
        ++tally.counted;
        break;
      case Standing::kUnanswered:
        ++tally.unanswered;
        break;
      case Standing::kDoesNot:
        tally.others.push_back(member.token->name);
        break;
    }
  }
  return tally;
}

bool names_account(const Pattern& match, const std::string& account) {
  return std::find(match.accounts.begin(), match.accounts.end(), account) != match.accounts.end();
}

/// An expectation for all accounts of some tokens says nothing of accounts that none of them is asked about.
bool concerns(const Pattern& match, const std::string& account, const Tally& tally) {
  return tally.any() || names_account(match, account);
}

enum class Result { kKept, kUndecided, kBroken };

Result check_quota(const std::string& account, const std::vector<Member>& members, const Policy& policy,
                   const Quota& quota, Finding& finding) {
  const Expectation* expectation = expectation_for_account(policy, account, quota.number);
  if (expectation == nullptr) return Result::kKept;
  const Tally tally = tally_of(account, members, expectation->match, quota.admins_only);
  const int wanted = *(expectation->*quota.number);
  if (!concerns(expectation->match, account, tally) || tally.counted >= wanted) return Result::kKept;
  if (tally.counted + tally.unanswered >= wanted) return Result::kUndecided;
  finding.details.push_back(std::to_string(tally.counted) + " of " + std::to_string(wanted) + " " +
                            std::string(quota.words) + ", expected by " + expectation->name);
  if (finding.grounds.rule.empty()) {
    finding.grounds.rule = quota.rule;
    finding.affected = tally.others.size();
    finding.examples = {tally.others.begin(), tally.others.begin() + static_cast<std::ptrdiff_t>(
                                                                         std::min(tally.others.size(), kMostExamples))};
  }
  finding.severity = std::max(finding.severity.value_or(expectation->severity), expectation->severity);
  return Result::kBroken;
}

}  // namespace

bool Spoken::about(Cause difference) const {
  switch (difference) {
    case Cause::kRoleReduced:
    case Cause::kRoleEscalated:
    case Cause::kRoleChanged:
      return roles;
    case Cause::kComposerLost:
    case Cause::kComposerGained:
      return composer;
    default:
      return false;
  }
}

Spoken spoken_of(const Expectation& expectation, const Capabilities& capabilities, const audit::Token& token,
                 const xads::Granted& grant, bool violated) {
  if (!violated) {
    const bool kept = expectation.exactly && *expectation.exactly == grant.permissions;
    return {.roles = kept, .composer = kept};
  }
  const Breach breach = breach_of(expectation, capabilities, token.kind, grant);
  return {.roles = !breach.rights.base_roles().empty(), .composer = breach.rights.composer()};
}

void assess_redundancy(const std::string& account, const std::vector<Member>& members, const Policy& policy,
                       Assessment& assessment) {
  if (policy.expectations.empty()) return;
  Finding finding{.key = {Cause::kRedundancyLost, audit::TokenId{}, account}};
  const Result live = check_quota(account, members, policy, kLiveTokens, finding);
  const Result admins = check_quota(account, members, policy, kAdmins, finding);
  if (live == Result::kBroken || admins == Result::kBroken)
    assessment.findings.push_back(std::move(finding));
  else if (live == Result::kUndecided || admins == Result::kUndecided)
    assessment.undecided.push_back(finding.key);
}

}  // namespace verdict
