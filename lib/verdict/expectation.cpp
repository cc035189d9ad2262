#include "verdict/expectation.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "verdict/roles.h"

namespace verdict {
namespace {

using xads::Permission;
using xads::Permissions;

constexpr std::string_view kTooMany = ": more rights than expected";

bool is_pattern(const std::string& text) { return text.find_first_of("*?") != std::string::npos; }

bool any_fits(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() || base::matches_any_glob(patterns, text);
}

bool any_whole(const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return !is_pattern(name); });
}
/// A lone `*` says no more than nothing.
bool any_narrow(const std::vector<std::string>& names) {
  return !names.empty() && std::find(names.begin(), names.end(), "*") == names.end();
}

/// Compared from the left: what names the pair, then what describes it.
using Specificity = std::array<std::size_t, 7>;

/// `token`: its name, or nothing when an account is asked for as a whole.
Specificity specificity_of(const Pattern& pattern, std::optional<std::string_view> token, std::string_view account) {
  const auto names = [](const std::vector<std::string>& all, std::string_view name) {
    return std::find(all.begin(), all.end(), name) != all.end();
  };
  const bool whole_token = token ? names(pattern.tokens, *token) : any_whole(pattern.tokens);
  return {names(pattern.accounts, account) ? 1U : 0U, whole_token ? 1U : 0U, any_narrow(pattern.accounts) ? 1U : 0U,
          any_narrow(pattern.tokens) ? 1U : 0U,       pattern.labels.size(), pattern.kind ? 1U : 0U,
          any_narrow(pattern.apps) ? 1U : 0U};
}

/// The first of the most specific among those that `candidate` lets in.
template <class Candidate>
const Expectation* most_specific(const Policy& policy, std::optional<std::string_view> token, std::string_view account,
                                 Candidate candidate) {
  const Expectation* best = nullptr;
  Specificity of_best{};
  for (const Expectation& expectation : policy.expectations) {
    if (!candidate(expectation)) continue;
    const Specificity specificity = specificity_of(expectation.match, token, account);
    if (best != nullptr && specificity <= of_best) continue;
    best = &expectation;
    of_best = specificity;
  }
  return best;
}

Permissions missing_from(const Permissions& wanted, const Permissions& present) {
  Permissions missing;
  for (const std::string& text : wanted.texts()) {
    const auto known = xads::permission_from_text(text);
    const auto& unknown = present.unknown();
    const bool there = known ? present.has(*known) : std::binary_search(unknown.begin(), unknown.end(), text);
    if (!there) missing.add(text);
  }
  return missing;
}

void add_all(Permissions& to, const Permissions& from) {
  for (const std::string& text : from.texts()) to.add(text);
}

void check_at_least(const Permissions& wanted, const Permissions& present, Breach& breach) {
  Permissions missing;
  for (const std::string& text : missing_from(wanted, present).texts()) {
    const auto known = xads::permission_from_text(text);
    if (!known || !holds(present, *known)) missing.add(text);
  }
  if (missing.empty()) return;
  breach.details.push_back("lacks " + missing.text());
  add_all(breach.rights, missing);
}

void check_exactly(const Permissions& wanted, const Permissions& present, Breach& breach) {
  const Permissions missing = missing_from(wanted, present), extra = missing_from(present, wanted);
  if (!missing.empty()) breach.details.push_back("lacks " + missing.text());
  if (!extra.empty()) {
    // Another role in place of the expected one gives more rights only when it reaches further.
    const auto role = role_difference(wanted, present);
    const bool instead = extra.unknown().empty() && !extra.composer() && role && *role != Cause::kRoleEscalated;
    breach.details.push_back("has " + extra.text() +
                             (instead ? " instead" : ", which is not expected" + std::string(kTooMany)));
  }
  add_all(breach.rights, missing);
  add_all(breach.rights, extra);
}

void check_forbid(const Permissions& forbidden, const Permissions& present, Breach& breach) {
  const Permissions held = missing_from(forbidden, missing_from(forbidden, present));
  if (held.empty()) return;
  breach.details.push_back("has " + held.text() + ", which is forbidden" + std::string(kTooMany));
  add_all(breach.rights, held);
}

void check_needs(const std::vector<std::string>& needs, const Capabilities& capabilities, audit::TokenKind kind,
                 const Permissions& present, Breach& breach) {
  for (const std::string& need : needs) {
    const CapabilityName* name = capabilities.find(need);
    if (name == nullptr || capabilities.may(need, kind, present).ability != Ability::kNo) continue;
    const Permissions givers = capabilities.givers(need, kind);
    breach.details.push_back("cannot " + name->deed + ": " +
                             (givers.empty() ? std::string("a token of this kind never can")
                                             : "that takes " + base::join(givers.texts(), " or ")));
    add_all(breach.rights, givers);
  }
}

}  // namespace

bool fits(const Pattern& pattern, const audit::Token& token, std::string_view account) {
  return any_fits(pattern.accounts, account) && any_fits(pattern.tokens, token.name) &&
         any_fits(pattern.apps, token.app) && (!pattern.kind || *pattern.kind == token.kind) &&
         audit::labels_fit(pattern.labels, token.labels);
}

const Expectation* expectation_for(const Policy& policy, const audit::Token& token, std::string_view account) {
  return most_specific(policy, token.name, account, [&](const Expectation& expectation) {
    return expectation.about_pairs() && fits(expectation.match, token, account);
  });
}

std::vector<const Expectation*> expectations_for(const Policy& policy, const audit::Token& token,
                                                 std::string_view account) {
  std::vector<const Expectation*> all;
  for (const Expectation& expectation : policy.expectations) {
    if (fits(expectation.match, token, account)) all.push_back(&expectation);
  }
  std::stable_sort(all.begin(), all.end(), [&](const Expectation* left, const Expectation* right) {
    return specificity_of(left->match, token.name, account) > specificity_of(right->match, token.name, account);
  });
  return all;
}

const Expectation* expectation_for_account(const Policy& policy, std::string_view account,
                                           std::optional<int> Expectation::*number) {
  return most_specific(policy, std::nullopt, account, [&](const Expectation& expectation) {
    return (expectation.*number).has_value() && any_fits(expectation.match.accounts, account);
  });
}

std::string to_text(const Expectation& expectation) {
  std::vector<std::string> parts;
  if (expectation.at_least) parts.push_back("at least " + expectation.at_least->text());
  if (expectation.exactly) parts.push_back("exactly " + expectation.exactly->text());
  if (expectation.forbid) parts.push_back("forbidden " + expectation.forbid->text());
  if (!expectation.needs.empty()) parts.push_back("needs " + base::join(expectation.needs, ", "));
  if (expectation.user_id) parts.push_back("user " + *expectation.user_id);
  if (expectation.min_live_tokens)
    parts.push_back(std::to_string(*expectation.min_live_tokens) + " or more live tokens");
  if (expectation.min_admins) parts.push_back(std::to_string(*expectation.min_admins) + " or more administrators");
  return base::join(parts, "; ");
}

bool holds(const Permissions& permissions, Permission permission) {
  if (permissions.has(permission)) return true;
  switch (permission) {
    case Permission::kAdManager:
      return permissions.has(Permission::kAccountAdmin);
    case Permission::kCreativeManager:
    case Permission::kCampaignAnalyst:
      return permissions.has(Permission::kAccountAdmin) || permissions.has(Permission::kAdManager);
    case Permission::kAccountAdmin:
    case Permission::kAnalyst:
    case Permission::kPartnerAudienceManager:
    case Permission::kTweetComposer:
      return false;
  }
  return false;
}

Breach breach_of(const Expectation& expectation, const Capabilities& capabilities, audit::TokenKind kind,
                 const xads::Granted& grant) {
  Breach breach;
  if (expectation.at_least) check_at_least(*expectation.at_least, grant.permissions, breach);
  if (expectation.exactly) check_exactly(*expectation.exactly, grant.permissions, breach);
  if (expectation.forbid) check_forbid(*expectation.forbid, grant.permissions, breach);
  check_needs(expectation.needs, capabilities, kind, grant.permissions, breach);
  if (expectation.user_id && grant.user_id != *expectation.user_id)
    breach.details.push_back("belongs to user " + grant.user_id + ", expected is " + *expectation.user_id);
  return breach;
}

bool repairs(const Expectation& expectation, const Capabilities& capabilities, audit::TokenKind kind,
             const Baseline& baseline) {
  const auto* grant = baseline.run ? std::get_if<xads::Granted>(&baseline.run->answer) : nullptr;
  if (grant == nullptr || !baseline.normal || baseline.accepted) return false;
  return breach_of(expectation, capabilities, kind, *grant).details.empty() &&
         !breach_of(expectation, capabilities, kind, *baseline.normal).details.empty();
}

std::optional<Finding> violation_of(const Expectation& expectation, const Capabilities& capabilities,
                                    const audit::Token& token, const ProbeState& state) {
  const Baseline& baseline = state.baseline;
  const auto* grant = baseline.run ? std::get_if<xads::Granted>(&baseline.run->answer) : nullptr;
  if (grant == nullptr || (baseline.accepted && baseline.normal == *grant)) return std::nullopt;
  Breach breach = breach_of(expectation, capabilities, token.kind, *grant);
  if (breach.details.empty()) return std::nullopt;
  Finding finding{.key = {Cause::kPolicyViolated, state.probe.token, state.probe.account},
                  .after = grant->permissions.texts(),
                  .last_good_at = baseline.last_good_at,
                  .evidence = baseline.run->evidence,
                  .confirmations = static_cast<int>(std::min<std::uint64_t>(baseline.run->count, 1000)),
                  .details = std::move(breach.details),
                  .severity = expectation.severity,
                  .grounds = {.rule = "expectation_broken"}};
  if (expectation.exactly)
    finding.before = expectation.exactly->texts();
  else if (expectation.at_least)
    finding.before = expectation.at_least->texts();
  finding.details.push_back("expected by " + expectation.name);
  return finding;
}

}  // namespace verdict
