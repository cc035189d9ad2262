#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verdict/baseline.h"
#include "verdict/capabilities.h"
#include "verdict/incident.h"

namespace verdict {

/// Which pairs an expectation is about. Empty lists fit everything; all that is given must fit. Names and the values of
/// labels are patterns: see base::matches_glob().
struct Pattern {
  std::vector<std::string> accounts;
  std::vector<std::string> tokens;
  std::vector<std::string> apps;
  std::optional<audit::TokenKind> kind;
  audit::Labels labels;
  bool operator==(const Pattern&) const = default;
};
bool fits(const Pattern& pattern, const audit::Token& token, std::string_view account);

/// What the operator expects of a pair, and of an ad account as a whole.
struct Expectation {
  std::string name;  ///< for people: "expect[2]"
  Pattern match;
  /// Of `at_least`, a role that X describes as the wider one holds the narrower: ACCOUNT_ADMIN holds AD_MANAGER, both
  /// hold CREATIVE_MANAGER and CAMPAIGN_ANALYST.
  std::optional<xads::Permissions> at_least, exactly, forbid;
  std::vector<std::string> needs;  ///< names of capabilities; one of which nobody knows is taken for given
  std::optional<std::string> user_id;
  std::optional<int> min_live_tokens;  ///< granted pairs on the account that fit `match`
  std::optional<int> min_admins;       ///< those with ACCOUNT_ADMIN
  Severity severity = Severity::kWarning;
  bool operator==(const Expectation&) const = default;

  bool about_pairs() const { return at_least || exactly || forbid || !needs.empty() || user_id; }
  bool about_accounts() const { return min_live_tokens || min_admins; }
};

/// What is held against observations. Outlives the engine.
struct Policy {
  std::vector<Expectation> expectations;
  const Capabilities* capabilities = &Capabilities::built_in();
};

/// Of the expectations about pairs that fit, the most specific: a whole account before a whole token, those before
/// patterns, patterns before labels, kind and app; of equal ones the first. nullptr: nothing is expected.
const Expectation* expectation_for(const Policy& policy, const audit::Token& token, std::string_view account);

/// Every expectation that fits, about pairs or not, the most specific first. For people who ask which one decides.
std::vector<const Expectation*> expectations_for(const Policy& policy, const audit::Token& token,
                                                 std::string_view account);
/// Of the expectations about accounts that state `number` (a member such as &Expectation::min_admins) and whose
/// accounts fit, the most specific; nullptr: none.
const Expectation* expectation_for_account(const Policy& policy, std::string_view account,
                                           std::optional<int> Expectation::*number);
/// "at least AD_MANAGER; forbidden ACCOUNT_ADMIN; needs conversions; user 77"
std::string to_text(const Expectation& expectation);

/// Why an expectation is broken, and by which rights.
struct Breach {
  std::vector<std::string> details;  ///< sentences: "lacks AD_MANAGER"; empty: nothing is broken
  xads::Permissions rights;          ///< those that are missing or too many
};
/// Whether a grant holds what is expected of the pair, without regard to what the operator accepted. Pure.
Breach breach_of(const Expectation& expectation, const Capabilities& capabilities, audit::TokenKind kind,
                 const xads::Granted& grant);
/// Whether the present grant holds what is expected, and the normal one, which nobody accepted, did not: what was wrong
/// from the beginning is repaired, and the present is how things should be. Pure.
bool repairs(const Expectation& expectation, const Capabilities& capabilities, audit::TokenKind kind,
             const Baseline& baseline);
/// Whether the permissions hold this one, by themselves or by a wider role.
bool holds(const xads::Permissions& permissions, xads::Permission permission);

/// What of the expectation the present grant of a pair breaks; nothing when it breaks nothing, is not granted, or was
/// accepted by the operator. Pure.
std::optional<Finding> violation_of(const Expectation& expectation, const Capabilities& capabilities,
                                    const audit::Token& token, const ProbeState& state);

}  // namespace verdict
