#pragma once

#include <string>
#include <vector>

#include "audit/bound.h"
#include "service/options.h"

namespace settings {

/// A token, and the ad accounts that it is to be asked about.
struct PlannedToken {
  audit::Token token;
  std::vector<std::string> accounts;
};

/// What is to be asked how often, in the form that the proof wants, with the names behind its indices.
struct Plan {
  std::vector<audit::PlannedPair> pairs;
  std::vector<std::string> tokens;    ///< names, by TokenIndex
  std::vector<std::string> accounts;  ///< ids, by AccountIndex

  const std::string& token_of(const audit::PlannedPair& pair) const { return tokens[at(pair.token)]; }
  const std::string& account_of(const audit::PlannedPair& pair) const { return accounts[at(pair.account)]; }
};

/// Pure. An account that several tokens reach has one index; a token that is given twice has two.
Plan plan_of(const std::vector<PlannedToken>& tokens, const service::AuditOptions& options);

/// "ad account 18ce54d4x5t", "token brand-a"
std::string owner_text(const Plan& plan, const audit::BucketId& bucket);
/// "by ad account", "by token"
std::string_view to_text(audit::Counting counting);
/// What would make an overfull bucket fit, with numbers: "a share of 15%, or intervals 1.5 times as long".
std::string remedy_text(const audit::BucketLoad& load);

}  // namespace settings
