#include "service/vouchers.h"

#include <algorithm>

namespace service {

using audit::PairIndex;
using audit::TokenIndex;

namespace {

constexpr std::size_t kEnough = 5;       ///< candidates
constexpr std::size_t kTrail = 256;      ///< grants that are remembered of an app
constexpr std::size_t kLookedAt = 1000;  ///< places of the roster in one search, so that a large one costs no more

}  // namespace

void Vouchers::add(Trail& trail, const Grant& grant) {
  const auto second = [](const Grant& any) { return std::chrono::floor<std::chrono::seconds>(any.asked); };
  // Two tokens are enough for every second: one of them is not the suspect.
  int alike = 0;
  for (auto known = trail.rbegin(); known != trail.rend() && alike < 2; ++known, ++alike) {
    if (second(*known) != second(grant)) break;
    if (known->token == grant.token) return;
  }
  if (alike == 2) return;
  trail.push_back(grant);
  if (trail.size() > kTrail) trail.pop_front();
}

void Vouchers::granted(PairIndex pair, base::Instant asked) {
  const TokenIndex token{roster_.pair(pair).token};
  const Grant grant{pair, token, asked};
  if (control_ == token) add(control_trail_, grant);
  add(trails_[roster_.record(token).app], grant);
}

std::optional<Vouchers::Grant> Vouchers::find(const Trail& trail, TokenIndex suspect, base::Instant from,
                                              base::Instant to) {
  const auto fits = [&](const Grant& grant) {
    return grant.token != suspect && grant.asked >= from && grant.asked <= to;
  };
  const auto found = std::find_if(trail.rbegin(), trail.rend(), fits);
  return found == trail.rend() ? std::nullopt : std::optional(*found);
}

bool Vouchers::good(PairIndex pair) const { return roster_.granted(pair) && !roster_.suspected(pair); }

bool Vouchers::control_speaks_for(TokenIndex suspect) const {
  if (!control_ || *control_ == suspect) return false;
  // Under another app's keys, a grant says nothing of this one's.
  if (roster_.record(*control_).app != roster_.record(suspect).app) return false;
  const auto pairs = roster_.pairs_of(*control_);
  return std::any_of(pairs.begin(), pairs.end(), [this](PairIndex pair) { return good(pair); });
}

std::optional<Vouchers::Grant> Vouchers::voucher(TokenIndex suspect, base::Instant from, base::Instant to) const {
  if (control_speaks_for(suspect)) return find(control_trail_, suspect, from, to);
  const auto trail = trails_.find(roster_.record(suspect).app);
  return trail == trails_.end() ? std::nullopt : find(trail->second, suspect, from, to);
}

bool Vouchers::anybody(TokenIndex suspect) const {
  if (control_speaks_for(suspect)) return true;
  const auto trail = trails_.find(roster_.record(suspect).app);
  if (trail == trails_.end()) return anybody_before(suspect);
  return std::any_of(trail->second.begin(), trail->second.end(),
                     [&](const Grant& grant) { return grant.token != suspect && roster_.record(grant.token).alive; });
}

/// What the database says of the time before this process.
bool Vouchers::anybody_before(TokenIndex suspect) const {
  for (std::size_t place = 0; place < roster_.pair_places(); ++place) {
    const PairIndex index{static_cast<std::uint32_t>(place)};
    const Pair& pair = roster_.pair(index);
    const TokenIndex token{pair.token};
    if (pair.id.null() || pair.vanished || token == suspect) continue;
    if (roster_.record(token).app == roster_.record(suspect).app && roster_.record(token).alive &&
        roster_.granted(index))
      return true;
  }
  return false;
}

std::optional<bool> Vouchers::control_good() const {
  if (!control_) return std::nullopt;
  const auto pairs = roster_.pairs_of(*control_);
  if (pairs.empty()) return std::nullopt;
  return std::any_of(pairs.begin(), pairs.end(), [this](PairIndex pair) { return good(pair); });
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
