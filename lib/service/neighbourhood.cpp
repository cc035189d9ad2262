// What the roster gives to the assessments.

#include <algorithm>

#include "service/roster.h"

namespace service {

using audit::AccountIndex;
using audit::PairIndex;
using audit::TokenIndex;

Roster::Neighbourhood Roster::neighbourhood_of(AccountIndex account) const {
  const auto pairs = pairs_of(account);
  Neighbourhood all;
  all.tokens.reserve(pairs.size());  // the members point into both lists
  all.states.reserve(pairs.size());
  for (const PairIndex index : pairs) {
    const Pair& pair = pairs_[at(index)];
    const TokenIndex token{pair.token};
    const Memory* beside = memory_if_any(index);
    const base::Instant began = beside == nullptr            ? base::Instant::min()
                                : beside->baseline.suspicion ? beside->suspicion_began
                                                             : beside->run_began;
    all.tokens.push_back(this->token(token));
    all.states.push_back(state(index));
    all.members.push_back({.token = &all.tokens.back(),
                           .state = &all.states.back(),
                           .token_granted_elsewhere = granted_elsewhere(token, account),
                           .answer_began = began,
                           .last_answer = pair.answered == base::Instant{} ? base::Instant::min() : pair.answered});
  }
  return all;
}

std::vector<verdict::ProbeState> Roster::states_about(TokenIndex token) const {
  std::vector<verdict::ProbeState> states;
  for (const PairIndex index : pairs_of(token)) {
    const Memory* beside = memory_if_any(index);
    if (beside == nullptr || !beside->baseline.run) continue;  // a plain answer says nothing against the token
    // One for each different answer is enough, however many accounts the token has.
    const auto& answer = beside->baseline.run->answer;
    const auto known = [&](const verdict::ProbeState& other) {
      const auto& said = other.baseline.run->answer;
      if (said.index() != answer.index()) return false;
      const auto* granted = std::get_if<xads::Granted>(&answer);
      return granted != nullptr ? granted->user_id == std::get<xads::Granted>(said).user_id : said == answer;
    };
    if (std::none_of(states.begin(), states.end(), known)) states.push_back(state(index));
  }
  return states;
}

bool Roster::granted_elsewhere(TokenIndex token, AccountIndex account) const {
  const auto pairs = pairs_of(token);
  return std::any_of(pairs.begin(), pairs.end(), [&](PairIndex pair) {
    return pairs_[at(pair)].account != static_cast<std::uint32_t>(account) && granted(pair) && !suspected(pair);
  });
}

}  // namespace service
