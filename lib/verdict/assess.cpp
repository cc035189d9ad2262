#include "verdict/assess.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verdict/assess_policy.h"
#include "verdict/roles.h"

namespace verdict {
namespace {

constexpr std::array kAboutPermissions{Cause::kRoleReduced,  Cause::kRoleEscalated,  Cause::kRoleChanged,
                                       Cause::kComposerLost, Cause::kComposerGained, Cause::kPermissionUnknown};

std::optional<Cause> token_cause(xads::Denial denial) {
  switch (denial) {
    case xads::Denial::kTokenInvalid:
      return Cause::kTokenRevoked;
    case xads::Denial::kUserSuspended:
      return Cause::kTokenUserSuspended;
    case xads::Denial::kUserLocked:
      return Cause::kTokenUserLocked;
    case xads::Denial::kReauthorizationRequired:
      return Cause::kTokenReauthorizationRequired;
    case xads::Denial::kUnauthenticated:
    case xads::Denial::kAccountNotFound:
    case xads::Denial::kAppRejected:
    case xads::Denial::kVersionRetired:
    case xads::Denial::kClockSkewed:
    case xads::Denial::kRequestRefused:
    case xads::Denial::kUnknown:
      return std::nullopt;
  }
  return std::nullopt;
}

const xads::Granted* granted(const Conclusive& answer) { return std::get_if<xads::Granted>(&answer); }
bool not_found(const Conclusive& answer) {
  const auto* denied = std::get_if<xads::Denied>(&answer);
  return denied != nullptr && denied->denial == xads::Denial::kAccountNotFound;
}

/// The newest that is known, confirmed or not: neighbours judge each other by it.
const Conclusive* latest(const Baseline& baseline) {
  if (baseline.suspicion) return &baseline.suspicion->answer;
  return baseline.run ? &baseline.run->answer : nullptr;
}

Finding finding_of(IncidentKey key, const Baseline& baseline) {
  Finding finding{.key = std::move(key), .last_good_at = baseline.last_good_at};
  if (baseline.run) {
    finding.evidence = baseline.run->evidence;
    finding.confirmations = static_cast<int>(std::min<std::uint64_t>(baseline.run->count, 1000));
  }
  return finding;
}

bool is_other_user(const audit::Token& token, const xads::Granted& grant) {
  return !token.user_id.empty() && grant.user_id != token.user_id;
}

std::optional<Cause> token_cause(const audit::Token& token, const Conclusive& answer) {
  if (const auto* grant = granted(answer)) {
    return is_other_user(token, *grant) ? std::optional(Cause::kTokenIdentityMismatch) : std::nullopt;
  }
  return token_cause(std::get<xads::Denied>(answer).denial);
}

std::string_view rule_of(Cause difference) {
  switch (difference) {
    case Cause::kComposerLost:
    case Cause::kComposerGained:
      return "composer_differs";
    case Cause::kPermissionUnknown:
      return "permission_not_known";
    default:
      return "role_differs";
  }
}

/// Adds what of `expectation`, which may be none, the pair breaks, and says of which rights nothing is to be said
/// beside it.
Spoken assess_expectation(const Member& member, const Expectation* expectation, const Capabilities& capabilities,
                          Assessment& assessment) {
  if (expectation == nullptr) return {};
  const audit::Probe& probe = member.state->probe;
  const Baseline& baseline = member.state->baseline;
  const auto* grant = baseline.run ? granted(baseline.run->answer) : nullptr;
  if (grant == nullptr || is_other_user(*member.token, *grant)) {
    assessment.undecided.push_back({Cause::kPolicyViolated, probe.token, probe.account});
    return {};
  }
  auto violation = violation_of(*expectation, capabilities, *member.token, *member.state);
  const Spoken spoken = spoken_of(*expectation, capabilities, *member.token, *grant, violation.has_value());
  if (violation) assessment.findings.push_back(std::move(*violation));
  return spoken;
}

void assess_permissions(const Member& member, Spoken spoken, Assessment& assessment) {
  const audit::Probe& probe = member.state->probe;
  const Baseline& baseline = member.state->baseline;
  const auto* grant = baseline.run ? granted(baseline.run->answer) : nullptr;
  const bool comparable = grant != nullptr && baseline.normal && grant->user_id == baseline.normal->user_id;
  if (!comparable) {
    for (const Cause cause : kAboutPermissions) assessment.undecided.push_back({cause, probe.token, probe.account});
    return;
  }
  for (const Cause cause : differences(baseline.normal->permissions, grant->permissions)) {
    if (spoken.about(cause)) continue;
    Finding finding = finding_of({cause, probe.token, probe.account}, baseline);
    finding.grounds.rule = rule_of(cause);
    finding.before = baseline.normal->permissions.texts();
    finding.after = grant->permissions.texts();
    assessment.findings.push_back(std::move(finding));
  }
}

/// What the tokens of one ad account say about it together.
struct Sight {
  int seen = 0;                                     ///< tokens that are granted
  int missing = 0;                                  ///< tokens that were told "not found"
  base::Instant seen_since = base::Instant::max();  ///< steady, the earliest of the grants that hold
};

Sight sight_of(const std::vector<Member>& members) {
  Sight sight;
  for (const Member& member : members) {
    const Conclusive* answer = latest(member.state->baseline);
    if (answer == nullptr) continue;
    if (granted(*answer) != nullptr) {
      ++sight.seen;
      sight.seen_since = std::min(sight.seen_since, member.answer_began);
    }
    if (not_found(*answer)) ++sight.missing;
  }
  return sight;
}

struct Reason {
  Cause cause;
  std::string_view rule;
};

Reason reason_of_not_found(const Member& member, const Sight& sight) {
  const bool seen_before = member.state->baseline.normal.has_value();
  if (!seen_before) return {Cause::kAccountUnavailable, "never_seen"};
  if (sight.seen > 0) return {Cause::kAccessRemoved, "not_found_beside_live_neighbour"};
  if (sight.missing > 1) return {Cause::kAccountUnavailable, "not_found_for_all"};
  if (member.token_granted_elsewhere) return {Cause::kAccessRemoved, "not_found_but_granted_elsewhere"};
  return {Cause::kAccountUnavailable, "not_found_by_the_only_witness"};
}

void assess_access(const Member& member, const Sight& sight, Assessment& assessment) {
  const audit::Probe& probe = member.state->probe;
  const Baseline& baseline = member.state->baseline;
  if (!baseline.run || !not_found(baseline.run->answer)) {
    // Only a grant says that access is back. A token that died meanwhile says nothing of it.
    if (baseline.run && granted(baseline.run->answer) != nullptr) return;
    assessment.undecided.push_back({Cause::kAccessRemoved, probe.token, probe.account});
    assessment.undecided.push_back({Cause::kAccountUnavailable, probe.token, probe.account});
    return;
  }
  if (baseline.accepted && !baseline.normal) return;  // the operator has accepted that there is no access
  // Lost access stays what it is, even when the account goes away for everybody later.
  assessment.undecided.push_back({Cause::kAccessRemoved, probe.token, probe.account});
  if (member.access_removed_open) return;
  // The account has come back since this token was last told "not found": the token has yet to be asked.
  if (sight.seen > 0 && member.last_answer < sight.seen_since) return;
  const auto [cause, rule] = reason_of_not_found(member, sight);
  // Or it has been, and said something else that waits for its confirmation.
  if (cause == Cause::kAccessRemoved && baseline.suspicion) return;
  IncidentKey key{cause, probe.token, probe.account};
  // The account's own incident names no token; one token that never saw an account that others see has its own.
  if (cause == Cause::kAccountUnavailable && sight.seen == 0) key.token = audit::TokenId{};
  const auto same_key = [&](const Finding& finding) { return finding.key == key; };
  if (std::none_of(assessment.findings.begin(), assessment.findings.end(), same_key)) {
    Finding finding = finding_of(key, baseline);
    finding.grounds.rule = rule;
    if (cause == Cause::kAccessRemoved) finding.before = baseline.normal->permissions.texts();
    assessment.findings.push_back(std::move(finding));
  }
}

}  // namespace

Assessment assess_token(const audit::Token& token, const std::vector<const ProbeState*>& probes) {
  Assessment assessment;
  for (const ProbeState* state : probes) {
    if (!state->baseline.run) continue;
    const auto cause = token_cause(token, state->baseline.run->answer);
    if (!cause) continue;
    const IncidentKey key{*cause, token.id, ""};
    const auto same_key = [&](const Finding& finding) { return finding.key == key; };
    if (std::any_of(assessment.findings.begin(), assessment.findings.end(), same_key)) continue;
    Finding finding = finding_of(key, state->baseline);
    // How a revocation became certain is known to the judge alone, and told by its rule.
    if (*cause != Cause::kTokenRevoked)
      finding.grounds.rule = *cause == Cause::kTokenIdentityMismatch ? "user_differs" : "code_says_so";
    assessment.findings.push_back(std::move(finding));
  }
  return assessment;
}

Assessment assess_account(const std::string& account, const std::vector<Member>& members, const Policy& policy) {
  Assessment assessment;
  const Sight sight = sight_of(members);
  for (const Member& member : members) {
    assess_access(member, sight, assessment);
    const Expectation* expectation = expectation_for(policy, *member.token, account);
    assess_permissions(member, assess_expectation(member, expectation, *policy.capabilities, assessment), assessment);
  }
  assess_redundancy(account, members, policy, assessment);
  if (sight.seen == 0 && !members.empty())
    assessment.undecided.push_back({Cause::kAccountUnavailable, audit::TokenId{}, account});
  return assessment;
}

}  // namespace verdict
