#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verdict/baseline.h"
#include "verdict/capabilities.h"
#include "verdict/incident.h"

namespace verdict {

/// Which pairs an expectation is about. Empty lists fit everything; all that is given must fit. Names may hold `*` (any
/// characters) and `?` (one).
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
  std::optional<xads::Permissions> at_least, exactly, forbid;
  std::vector<std::string> needs;  ///< names of capabilities
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

/// What of the expectation the present grant of a pair breaks; nothing when it breaks nothing, is not granted, or was
/// accepted by the operator. Pure.
std::optional<Finding> violation_of(const Expectation& expectation, const Capabilities& capabilities,
                                    const audit::Token& token, const ProbeState& state);

}  // namespace verdict
