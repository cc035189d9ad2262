#pragma once

#include <string>
#include <vector>

#include "verdict/assess.h"

namespace verdict {

/// The rights of a pair about which its expectation has spoken: a broken one tells of them itself, and an `exactly`
/// that is kept makes them what they should be.
struct Spoken {
  bool roles = false;
  bool composer = false;

  bool about(Cause difference) const;
};
Spoken spoken_of(const Expectation& expectation, const Capabilities& capabilities, const audit::Token& token,
                 const xads::Granted& grant, bool violated);

/// Whether an ad account has fewer live tokens or administrators than `policy` asks for. Counts pairs that are granted
/// and not under suspicion; undecided while those that have yet to answer could make up for the rest.
void assess_redundancy(const std::string& account, const std::vector<Member>& members, const Policy& policy,
                       Assessment& assessment);

}  // namespace verdict
