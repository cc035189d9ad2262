#include "service/vouchers.h"

#include <algorithm>

namespace service {

using audit::PairIndex;
using audit::TokenIndex;

namespace {

constexpr std::size_t kEnough = 5;       ///< candidates
constexpr std::size_t kLookedAt = 1000;  ///< places of the roster in one search, so that a large one costs no more

}  // namespace

void Vouchers::granted(PairIndex pair, base::Instant steady_now) {
  const TokenIndex token{roster_.pair(pair).token};
  if (control_ == token) control_granted_ = steady_now;
  auto& [first, second] = latest_[roster_.record(token).app];
  if (first.token != token) second = first;
  first = {pair, token, steady_now};
}

bool Vouchers::good(PairIndex pair) const { return roster_.granted(pair) && !roster_.suspected(pair); }

bool Vouchers::control_speaks_for(TokenIndex suspect) const {
  if (!control_ || *control_ == suspect) return false;
  const auto pairs = roster_.pairs_of(*control_);
  return std::any_of(pairs.begin(), pairs.end(), [this](PairIndex pair) { return good(pair); });
}

bool Vouchers::vouched(TokenIndex suspect, base::Instant began) const {
  if (control_speaks_for(suspect)) return control_granted_ >= began;
  const auto known = latest_.find(roster_.record(suspect).app);
  if (known == latest_.end()) return false;
  return std::any_of(known->second.begin(), known->second.end(),
                     [&](const Grant& grant) { return grant.token != suspect && grant.at >= began; });
}

std::vector<PairIndex> Vouchers::candidates(TokenIndex suspect) {
  std::vector<PairIndex> found;
  if (control_speaks_for(suspect)) {
    for (const PairIndex pair : roster_.pairs_of(*control_)) {
      if (found.size() < kEnough && good(pair)) found.push_back(pair);
    }
    return found;
  }
  const std::size_t places = roster_.pair_places();
  for (std::size_t looked = 0; looked < std::min(places, kLookedAt) && found.size() < kEnough; ++looked) {
    next_place_ = (next_place_ + 1) % places;
    const PairIndex pair{static_cast<std::uint32_t>(next_place_)};
    const Pair& candidate = roster_.pair(pair);
    if (candidate.id.null() || TokenIndex{candidate.token} == suspect) continue;
    const bool same_app = roster_.record(TokenIndex{candidate.token}).app == roster_.record(suspect).app;
    if (same_app && good(pair)) found.push_back(pair);
  }
  return found;
}

}  // namespace service
