#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verdict/baseline.h"
#include "verdict/capabilities.h"

namespace verdict {

/// A pair as it is held to be; both outlive the call.
struct KnownPair {
  const audit::Token* token;
  const ProbeState* state;
};

/// What might go: one token, all tokens of an app, or an ad account.
struct Target {
  enum class Kind { kToken, kApp, kAccount };
  Kind kind = Kind::kToken;
  std::string name;  ///< of the token or app, or the account's id
};
std::string_view to_text(Target::Kind kind);  ///< "token"

/// An ad account that would lose something.
struct AccountLoss {
  std::string account;
  std::vector<std::string> tokens;  ///< live ones that would go, by name
  std::uint64_t live_tokens_left = 0;
  bool live_token = false;   ///< it would lose its last live token
  bool admin = false;        ///< its last live one with ACCOUNT_ADMIN
  bool conversions = false;  ///< its last live one that may upload conversions
  bool operator==(const AccountLoss&) const = default;
};
/// What would stop, and on how many ad accounts no other live token of ours could do it.
struct Stop {
  std::string capability;
  std::string words;
  Certainty certainty = Certainty::kUnknown;  ///< the least sure of those that it is made of
  std::uint64_t accounts = 0;                 ///< on which a token that goes can do it
  std::uint64_t without_other = 0;            ///< of those: nobody else can
  bool operator==(const Stop&) const = default;
};
struct BlastRadius {
  std::vector<std::string> tokens;    ///< live ones that would go, or lose an account; by name
  std::vector<AccountLoss> accounts;  ///< by id
  std::map<std::string, std::map<std::string, std::uint64_t>> labels;  ///< of those tokens: label, value, how many
  std::vector<Stop> stops;                                             ///< in the order of Capabilities::names()
};

/// What the going of `target` would take along, by what is known now: pairs that are granted. Pure; linear in the pairs
/// of the accounts that are hit, but for the sorting.
BlastRadius blast_radius_of(const std::vector<KnownPair>& pairs, const Target& target,
                            const Capabilities& capabilities = Capabilities::built_in());

}  // namespace verdict
